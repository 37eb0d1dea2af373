package dev.howdah.agent.triage;

import java.util.Optional;
import java.util.function.Function;

/** Decides what a change means. Implementations: built-in rules, a language model. Thread-safe. */
public interface TriageModel {
    /** A short name that is stored with the result. */
    String name();

    /**
     * Decides.
     *
     * @throws dev.howdah.postgres.UnavailableException if the model cannot be reached or its answer is not valid; the
     *         task is tried again
     */
    TriageResult decide(TriageRequest request);

    /** Answers any prompt, for work other than triage; absent if there is no language model behind it. */
    default Optional<Function<String, String>> chat() {
        return Optional.empty();
    }
}
