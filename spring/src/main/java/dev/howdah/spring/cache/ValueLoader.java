package dev.howdah.spring.cache;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheLoader;
import dev.howdah.cache.CacheValue;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.cache.support.SimpleValueWrapper;

/** What Spring loads a value with. It keeps what it has loaded: who loads gets that itself, others what was stored. */
final class ValueLoader implements CacheLoader {
    private final Object key;
    private final Callable<?> callable;
    private final StoredValues values;
    private volatile @Nullable ValueWrapper loaded;

    ValueLoader(Object key, Callable<?> callable, StoredValues values) {
        this.key = key;
        this.callable = callable;
        this.values = values;
    }

    @Override
    public Optional<CacheValue> load(CacheKey stored) {
        var value = call();
        var written = values.write(value);
        loaded = new SimpleValueWrapper(value);
        return Optional.of(written);
    }

    private @Nullable Object call() {
        try {
            return callable.call();
        } catch (Exception e) { // whatever a method throws
            throw new ValueRetrievalException(key, callable, e);
        }
    }

    /** What it has loaded; empty if it was not asked. */
    Optional<ValueWrapper> loaded() {
        return Optional.ofNullable(loaded);
    }
}
