package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Ttl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads entries, and loads what is absent where the cache reads through. One of all processes loads a key while others that want
 * it wait, since it is locked. Thread-safe.
 */
record Reading<K, V>(Parts<K, V> parts) {
    Optional<V> get(K key) {
        long begin = System.nanoTime();
        var stored = parts.codec().key(key);
        var found = parts.store().get(stored).map(parts.codec()::value);
        if (found.isPresent()) {
            accessed(List.of(stored));
            parts.statistics().hits(1, System.nanoTime() - begin);
            return found;
        }
        var loaded = parts.loading().filter(Loading::isReadThrough).flatMap(loading -> load(key, loading));
        parts.statistics().misses(1, System.nanoTime() - begin);
        return loaded;
    }

    private Optional<V> load(K key, Loading<K, V> loading) {
        return parts.locked(List.of(key), work -> {
            var found = work.find(key);
            if (found.isPresent()) {
                return found; // another one was first
            }
            var loaded = loading.load(key);
            loaded.ifPresent(value -> work.create(parts.codec().entry(key, value)));
            return loaded;
        });
    }

    boolean contains(K key) {
        return parts.store().exists(parts.codec().key(key));
    }

    Map<K, V> getAll(Collection<? extends K> keys) {
        long begin = System.nanoTime();
        var byKey = new LinkedHashMap<CacheKey, K>();
        keys.forEach(key -> byKey.put(parts.codec().key(key), key));
        var values = new HashMap<K, V>();
        for (var batch : Encoded.batches(byKey.keySet())) {
            var found = parts.store().getMany(batch);
            accessed(found.keySet());
            found.forEach((key, value) -> values.put(byKey.get(key), parts.codec().value(value)));
        }
        parts.statistics().hits(values.size(), System.nanoTime() - begin);
        parts.statistics().misses(byKey.size() - values.size(), System.nanoTime() - begin);
        parts.loading().filter(Loading::isReadThrough).ifPresent(loading -> {
            var absent = new ArrayList<K>(byKey.values());
            absent.removeAll(values.keySet());
            Encoded.batches(absent).forEach(batch -> values.putAll(loadBatch(batch, loading, false)));
        });
        return values;
    }

    /** Loads keys; those that are there only if they are to be replaced. */
    void loadAll(Collection<? extends K> keys, boolean replace, Loading<K, V> loading) {
        for (var batch : Encoded.<K>batches(List.copyOf(keys))) {
            loadBatch(batch, loading, replace);
        }
    }

    /** What is there now. */
    private Map<K, V> loadBatch(List<K> keys, Loading<K, V> loading, boolean replace) {
        return parts.locked(keys, work -> {
            var values = new HashMap<K, V>();
            if (!replace) {
                keys.forEach(key -> work.find(key).ifPresent(value -> values.put(key, value)));
            }
            var absent = keys.stream().filter(key -> !values.containsKey(key)).toList();
            if (!absent.isEmpty()) {
                var loaded = loading.loadAll(absent);
                loaded.keySet().retainAll(absent);
                loaded.forEach((key, value) -> work.put(parts.codec().entry(key, value)));
                values.putAll(loaded);
            }
            return values;
        });
    }

    /** Gives entries the time to live that the policy says for each. */
    void accessed(Collection<CacheKey> keys) {
        var byTtl = new HashMap<Ttl, List<CacheKey>>();
        keys.forEach(key -> parts.expiry().access()
                .ifPresent(ttl -> byTtl.computeIfAbsent(ttl, any -> new ArrayList<>()).add(key)));
        byTtl.forEach((ttl, some) -> parts.store().expireMany(some, ttl));
    }

    /** Values of keys that are listed; those that are gone meanwhile are left out. */
    Map<CacheKey, CacheValue> values(List<CacheKey> keys) {
        return parts.store().getMany(keys);
    }
}
