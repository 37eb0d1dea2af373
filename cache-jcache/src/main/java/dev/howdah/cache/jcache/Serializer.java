package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheValue;

/**
 * Makes of a key or a value what is stored, and of that a new object: what callers hold is never what is in the cache. Equal
 * keys must become equal bytes. All processes that use a cache must agree on it. Thread-safe.
 *
 * @param <T> the type of the keys or values
 */
public interface Serializer<T> {
    /**
     * What is stored.
     *
     * @throws javax.cache.CacheException if it cannot be stored, or could not be read again
     */
    CacheValue write(T value);

    /**
     * The object again.
     *
     * @param stored what {@link #write} has made; of a key, the bytes alone
     * @throws javax.cache.CacheException if it is something else
     */
    T read(CacheValue stored);

    /** JSON as Jackson writes it: for records and beans; what refers to itself, or to subtypes, does not come back. */
    static <T> Serializer<T> json(Class<T> type) {
        return new JsonSerializer<>(type);
    }

    /**
     * Plain text, which reads the same over HTTP and on the command line: for strings, whole and decimal numbers, booleans,
     * characters and UUIDs.
     *
     * @throws IllegalArgumentException for other types
     */
    static <T> Serializer<T> text(Class<T> type) {
        return TextSerializer.of(type)
                .orElseThrow(() -> new IllegalArgumentException(type.getName() + " has no form as plain text"));
    }

    /**
     * Java's serialisation, of the given types and of Java's own values and collections only.
     *
     * @param loader finds the classes
     * @param patterns what else may be read, as in {@link java.io.ObjectInputFilter.Config#createFilter}: {@code shop.Price},
     *        or {@code shop.**} for a package with those below it
     */
    static Serializer<Object> java(ClassLoader loader, String... patterns) {
        return new JavaSerializer(loader, java.util.List.of(patterns));
    }
}
