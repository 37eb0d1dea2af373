package dev.howdah.agent.triage;

import dev.howdah.agent.model.LanguageModel;
import java.util.Optional;

/** Decides what a change means. Implementations: built-in rules, a language model. Thread-safe. */
public interface TriageModel {
    /** A short name that is stored with the result. */
    String name();

    /**
     * Decides.
     *
     * @throws dev.howdah.postgres.HowdahException if the model cannot be reached or refuses, or its answer is not valid; the
     *         task is tried again
     */
    TriageResult decide(TriageRequest request);

    /** A language model where there is one, else the built-in rules. */
    static TriageModel of(Optional<LanguageModel> model) {
        return model.<TriageModel>map(LanguageTriageModel::new).orElseGet(BuiltInTriageModel::new);
    }
}
