package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** An entry to be written, as the caller gave it and as it is stored. */
record Encoded<K, V>(K key, V value, CacheKey storedKey, CacheValue storedValue) {
    /** Keys of one transaction. */
    static final int BATCH = 1_000;

    /** In parts that one transaction can hold. */
    static <T> List<List<T>> batches(Collection<T> all) {
        var list = new ArrayList<>(all);
        var parts = new ArrayList<List<T>>();
        for (int from = 0; from < list.size(); from += BATCH) {
            parts.add(list.subList(from, Math.min(list.size(), from + BATCH)));
        }
        return parts;
    }
}
