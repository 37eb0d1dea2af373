package dev.howdah.cache;

/**
 * A live entry that is locked.
 *
 * @param ttl what was left of its life when it was locked, {@link Ttl#NEVER} or {@link Ttl.After}
 */
public record LockedEntry(CacheValue value, Ttl ttl) {}
