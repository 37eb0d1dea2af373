package dev.howdah.cache;

/** A value to be stored under a key. */
public record EntryWrite(CacheKey key, CacheValue value, EntryOptions options) {}
