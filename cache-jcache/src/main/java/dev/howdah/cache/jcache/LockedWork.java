package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.EntryOptions;
import dev.howdah.cache.EntryWrite;
import dev.howdah.cache.LockedEntries;
import dev.howdah.cache.Ttl;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * What one operation decides about entries that it has locked: gathered, and stored in sets at the end. For each key one
 * decision is taken. Used by one thread.
 */
final class LockedWork<K, V> {
    private final Parts<K, V> parts;
    private final LockedEntries entries;
    private final Map<CacheKey, Decision> decisions = new LinkedHashMap<>();
    private final List<Event<K, V>> events = new ArrayList<>();

    private sealed interface Decision {
        record Store(CacheValue value, Ttl ttl) implements Decision {}

        record Remove() implements Decision {}

        record Touch(Ttl ttl) implements Decision {}
    }

    LockedWork(Parts<K, V> parts, LockedEntries entries) {
        this.parts = parts;
        this.entries = entries;
    }

    /** The value that was found. */
    Optional<V> find(K key) {
        return Optional.ofNullable(entries.found().get(parts.codec().key(key)))
                .map(found -> parts.codec().value(found.value()));
    }

    /** Creates or updates an entry; false if it is over at once and was therefore not created. */
    boolean put(Encoded<K, V> entry) {
        var found = entries.found().get(entry.storedKey());
        if (found == null) {
            return create(entry);
        }
        var ttl = parts.expiry().update().orElse(found.ttl());
        decisions.put(entry.storedKey(), Expiry.isZero(ttl)
                ? new Decision.Remove()
                : new Decision.Store(entry.storedValue(), ttl));
        happened(EventType.UPDATED, entry.key(), entry.storedValue(), found.value());
        return true;
    }

    /** Creates an entry where none was found; false if it is over at once. */
    boolean create(Encoded<K, V> entry) {
        var ttl = parts.expiry().creation();
        if (Expiry.isZero(ttl)) {
            return false;
        }
        decisions.put(entry.storedKey(), new Decision.Store(entry.storedValue(), ttl));
        happened(EventType.CREATED, entry.key(), entry.storedValue(), null);
        return true;
    }

    /** Removes an entry; whether it was found. */
    boolean remove(K key) {
        var stored = parts.codec().key(key);
        var found = entries.found().get(stored);
        if (found != null) {
            decisions.put(stored, new Decision.Remove());
            happened(EventType.REMOVED, key, found.value(), found.value());
        }
        return found != null;
    }

    /** Notes that an entry was read. */
    void accessed(K key) {
        parts.expiry().access().ifPresent(ttl -> decisions.put(parts.codec().key(key), Expiry.isZero(ttl)
                ? new Decision.Remove()
                : new Decision.Touch(ttl)));
    }

    /** Listeners get objects of their own. */
    private void happened(EventType type, K key, CacheValue value, @Nullable CacheValue oldValue) {
        if (parts.listeners().want(type)) {
            events.add(new Event<>(parts.source(), type, key, parts.codec().value(value),
                    oldValue == null ? null : parts.codec().value(oldValue)));
        }
    }

    List<Event<K, V>> events() {
        return events;
    }

    /** Carries out what was decided. */
    void store() {
        var writes = new ArrayList<EntryWrite>();
        var removals = new ArrayList<CacheKey>();
        var touches = new HashMap<Ttl, List<CacheKey>>();
        decisions.forEach((key, decision) -> {
            switch (decision) {
                case Decision.Store(var value, var ttl) -> writes.add(new EntryWrite(key, value,
                        EntryOptions.DEFAULT.withTtl(ttl)));
                case Decision.Remove() -> removals.add(key);
                case Decision.Touch(var ttl) -> touches.computeIfAbsent(ttl, any -> new ArrayList<>()).add(key);
            }
        });
        entries.set(writes);
        entries.delete(removals);
        touches.forEach((ttl, keys) -> entries.expire(keys, ttl));
    }
}
