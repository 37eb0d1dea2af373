package dev.howdah.cache.jcache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.cache.Cache;
import javax.cache.event.EventType;
import javax.cache.expiry.EternalExpiryPolicy;

/**
 * What the operations of a cache share. Thread-safe.
 *
 * @param source the cache itself, for events
 * @param store where the entries are
 */
record Parts<K, V>(Cache<K, V> source, dev.howdah.cache.Cache store, Codec<K, V> codec, Expiry expiry,
        Listeners<K, V> listeners, Statistics statistics, Optional<Loading<K, V>> loading,
        Optional<Writing<K, V>> writing) {
    /**
     * Runs the work while the keys, of at most one batch, are locked for all processes; stores what it decided if it returns, and
     * tells the listeners when that is committed.
     */
    <T> T locked(Collection<? extends K> keys, Function<LockedWork<K, V>, T> work) {
        var events = new ArrayList<Event<K, V>>();
        T result = store.locked(keys.stream().map(codec::key).toList(), entries -> {
            var locked = new LockedWork<>(this, entries);
            T made = work.apply(locked);
            locked.store();
            events.addAll(locked.events());
            return made;
        });
        listeners.tell(events);
        return result;
    }

    /** Whether a change concerns nothing but the stored entry, so that it need not be known what was there. */
    boolean isPlain(EventType... types) {
        return writing.isEmpty() && expiry.policy() instanceof EternalExpiryPolicy
                && List.of(types).stream().noneMatch(listeners::want);
    }
}
