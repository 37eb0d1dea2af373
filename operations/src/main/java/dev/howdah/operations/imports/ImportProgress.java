package dev.howdah.operations.imports;

/** Hears how an import goes on. Called by one thread, after every batch. */
@FunctionalInterface
public interface ImportProgress {
    /** Nobody listens. */
    ImportProgress NONE = _ -> {};

    /** Is told how far it is. */
    void step(Step step);

    /**
     * How far an import is.
     *
     * @param phase {@code read}, {@code indexes} or {@code compare}
     * @param part the database, collection or file
     * @param done of {@code total}: keys, documents or bytes since the process began with it
     * @param total 0 if it is not known
     * @param report the counts so far
     */
    record Step(String phase, String part, long done, long total, ImportReport report) {}
}
