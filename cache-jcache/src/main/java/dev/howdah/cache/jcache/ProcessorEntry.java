package dev.howdah.cache.jcache;

import java.util.Objects;
import java.util.Optional;
import javax.cache.processor.MutableEntry;
import org.jspecify.annotations.Nullable;

/** What an entry processor sees of an entry that is locked, and what it decides. Used by one thread, during the call. */
final class ProcessorEntry<K, V> implements MutableEntry<K, V> {
    private final K key;
    private final Optional<Loading<K, V>> loading;
    private @Nullable V value;
    private Outcome outcome = Outcome.NOTHING;

    /** What has become of the entry. */
    enum Outcome {
        NOTHING, READ, LOADED, CREATED, UPDATED, REMOVED
    }

    ProcessorEntry(K key, Optional<V> found, Optional<Loading<K, V>> loading) {
        this.key = key;
        this.value = found.orElse(null);
        this.loading = loading;
    }

    @Override
    public boolean exists() {
        return value != null;
    }

    @Override
    public void remove() {
        boolean wasMadeHere = outcome == Outcome.CREATED || outcome == Outcome.LOADED;
        outcome = wasMadeHere ? Outcome.NOTHING : Outcome.REMOVED;
        value = null;
    }

    @Override
    public K getKey() {
        return key;
    }

    @Override
    public @Nullable V getValue() {
        if (outcome == Outcome.NOTHING) {
            if (value != null) {
                outcome = Outcome.READ;
            } else {
                value = loading.flatMap(some -> some.load(key)).orElse(null);
                outcome = value == null ? Outcome.NOTHING : Outcome.LOADED;
            }
        }
        return value;
    }

    @Override
    public void setValue(V given) {
        boolean isNew = outcome == Outcome.CREATED || outcome == Outcome.LOADED
                || (outcome == Outcome.NOTHING && value == null);
        outcome = isNew ? Outcome.CREATED : Outcome.UPDATED;
        value = Objects.requireNonNull(given, "value");
    }

    Outcome outcome() {
        return outcome;
    }

    /** The value, where the outcome has one. */
    V value() {
        return Objects.requireNonNull(value);
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return Unwrapping.unwrap(this, type);
    }
}
