package dev.howdah.cache;

/**
 * A value with its version.
 *
 * @param version differs for each write, also after a deletion; has no order. Fits into a double
 */
public record CacheEntry(CacheValue value, long version) {}
