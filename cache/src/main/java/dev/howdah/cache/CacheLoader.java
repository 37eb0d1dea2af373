package dev.howdah.cache;

import java.util.Optional;

/** Finds what is not cached. */
@FunctionalInterface
public interface CacheLoader {
    /**
     * Called by one thread of one process at a time for a key, unless it takes longer than {@code howdah.cache.load-lease}.
     *
     * @return empty if there is nothing; that is remembered if the cache has a negative TTL. What it throws reaches those of this
     *         process who wait; others try for themselves
     */
    Optional<CacheValue> load(CacheKey key);
}
