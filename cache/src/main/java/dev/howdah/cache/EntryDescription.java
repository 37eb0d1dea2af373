package dev.howdah.cache;

import java.time.Instant;
import java.util.Set;

/**
 * An entry without its value.
 *
 * @param bytes of the value
 * @param ttl what is left, {@link Ttl#NEVER} or {@link Ttl.After}
 * @param createdAt since when the key has been there
 * @param writtenAt when the value was stored
 * @param accessedAt when it was read, as of some seconds ago
 * @param accessCount how often, as of some seconds ago; the busiest 10,000 keys of a process and moment are counted
 */
public record EntryDescription(CacheKey key, CacheValue.Kind kind, int bytes, long version, Ttl ttl, Instant createdAt,
        Instant writtenAt, Instant accessedAt, long accessCount, Set<String> tags) {}
