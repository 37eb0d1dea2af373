package dev.howdah.cache;

import java.time.Instant;
import java.util.Optional;

/**
 * A cache.
 *
 * @param entries when they were measured, expired ones that are still to be removed included
 * @param bytes an estimate of the same time
 * @param measuredAt empty if they have not been measured yet
 */
public record CacheDescription(String name, CacheOptions options, Instant createdAt, long entries, long bytes,
        Optional<Instant> measuredAt) {}
