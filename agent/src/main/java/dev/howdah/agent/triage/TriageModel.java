package dev.howdah.agent.triage;

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
}
