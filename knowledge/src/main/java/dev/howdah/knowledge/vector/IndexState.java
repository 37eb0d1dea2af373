package dev.howdah.knowledge.vector;

import java.util.List;

/**
 * How far the index of a collection is.
 *
 * @param kind what is searched now: {@code hnsw}, {@code ivfflat}, {@code exact}, {@code weaviate}
 * @param ready whether searches use it
 * @param progress of a build that is under way or was interrupted, from 0 to 1; 1 when there is none
 * @param bytes what it takes in memory or on disk; 0 if unknown
 * @param warnings what should be looked at, each with its remedy
 */
public record IndexState(String kind, boolean ready, double progress, long bytes, List<String> warnings) {
    public IndexState {
        warnings = List.copyOf(warnings);
    }
}
