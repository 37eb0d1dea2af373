package dev.howdah.cache.jcache;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;

/**
 * Asks the loader of a cache.
 *
 * @param isReadThrough whether reads ask it, too, or only those who ask to load
 */
record Loading<K, V>(CacheLoader<K, V> loader, boolean isReadThrough) {
    /** What the loader has for a key. */
    Optional<V> load(K key) {
        return calling(() -> Optional.ofNullable(loader.load(key)));
    }

    /** What the loader has for keys; what is null is left out. */
    Map<K, V> loadAll(List<? extends K> keys) {
        return calling(() -> {
            var loaded = new HashMap<K, V>();
            loader.loadAll(keys).forEach((key, value) -> {
                if (value != null) {
                    loaded.put(key, value);
                }
            });
            return loaded;
        });
    }

    private static <T> T calling(Supplier<T> call) {
        try {
            return call.get();
        } catch (CacheLoaderException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new CacheLoaderException("the cache's loader failed: " + e, e);
        }
    }
}
