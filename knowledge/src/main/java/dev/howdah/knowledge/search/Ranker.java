package dev.howdah.knowledge.search;

import java.util.Locale;

/** Who has an opinion on the order of hits. */
public enum Ranker {
    /** BM25; its score is BM25's. */
    TEXT,
    /** Vectors; its score is the similarity by the collection's metric. */
    SEMANTIC,
    /** Trigrams of titles; its score is a similarity from 0 to 1. */
    SPELLING;

    /** The name in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
