package dev.howdah.cache;

import java.time.Instant;
import java.util.Optional;

/**
 * What all processes have counted of a cache since it was created, some seconds ago, and what is in it now.
 *
 * @param hits reads that found something; near and stale ones are among them
 * @param nearHits those that a process answered itself
 * @param staleHits those that were served after they had expired, while they were loaded anew
 * @param sets values that were stored
 * @param deletes entries that were deleted on demand
 * @param loads calls of loaders
 * @param evictions entries that went because of the bounds
 * @param expirations entries that were removed after they had expired
 * @param total entries, those that have expired and are still to be removed included
 * @param active live ones
 * @param expired the others
 * @param bytes of keys and values
 * @param tableBytes of the table that this and other caches of its durability are in, with its indexes
 * @param measuredAt when the bounds were looked at
 */
public record CacheStatistics(long hits, long nearHits, long staleHits, long misses, long sets, long deletes,
        long loads, long evictions, long expirations, long total, long active, long expired, double accessCountAverage,
        long accessCountMax, long bytes, long tableBytes, Optional<Instant> measuredAt) {
    /** Hits among reads, 0 to 1; 0 without any. */
    public double hitRate() {
        return hits + misses == 0 ? 0 : (double) hits / (hits + misses);
    }
}
