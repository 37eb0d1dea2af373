package dev.howdah.knowledge.search;

import java.util.Locale;

/** By what is searched. */
public enum SearchMode {
    /** Words, by BM25. */
    TEXT,
    /** Meaning, by vectors. */
    SEMANTIC,
    /** Both, fused by ranks. */
    HYBRID;

    /** The name in JSON and URLs. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
