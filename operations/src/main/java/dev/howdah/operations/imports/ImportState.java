package dev.howdah.operations.imports;

import java.util.Locale;

/** How an import stands. */
public enum ImportState {
    /** A process works on it, or was killed while it did. */
    RUNNING,
    /** It ended with an error and goes on where it was when it is run again. */
    STOPPED,
    /** Everything is there, counted and compared. */
    FINISHED,
    /** Everything was read, but what is there differs from what was read; the report names examples. */
    DIFFERENT,
    /** It was begun anew instead of being gone on with. */
    ABANDONED;

    /** The name in SQL, JSON and on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ImportState of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
