package dev.howdah.cache;

import dev.howdah.cache.EntryStore.Found;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads entries: the near copy first, then those that many threads ask for by one statement. Thread-safe. */
final class Reader {
    private final CacheState state;
    private final Groups<CacheKey, Optional<Found>> groups = new Groups<>(this::readGroup);

    Reader(CacheState state) {
        this.state = state;
    }

    /** The near copy, counted as a hit. */
    Optional<CacheValue> near(CacheKey key) {
        var copy = state.near.get(key);
        if (copy.isPresent()) {
            state.counters.nearHits.increment();
            state.counters.hit(key);
        }
        return copy;
    }

    /** What the database has, expired ones that may be served stale included. Nothing is counted. */
    Optional<Found> find(CacheKey key) {
        var mark = state.near.mark(key);
        var found = groups.call(List.of(key)).getFirst();
        found.ifPresent(given -> state.near.put(key, given, mark));
        return found;
    }

    private List<Optional<Found>> readGroup(List<CacheKey> keys) {
        var found = state.database.withHandle(handle -> state.store.get(handle.getConnection(), state.definition(),
                keys));
        var answers = new ArrayList<Optional<Found>>(keys.size());
        for (var key : keys) {
            answers.add(Optional.ofNullable(found.get(key)));
        }
        return answers;
    }

    /** The live values of the keys; counted. */
    Map<CacheKey, CacheValue> getMany(Collection<CacheKey> keys) {
        var values = new HashMap<CacheKey, CacheValue>();
        var marks = new HashMap<CacheKey, NearCache.Mark>();
        for (var key : keys) {
            near(key).ifPresentOrElse(value -> values.put(key, value), () -> marks.put(key, state.near.mark(key)));
        }
        if (!marks.isEmpty()) {
            var found = state.database.withHandle(handle -> state.store.get(handle.getConnection(),
                    state.definition(), marks.keySet()));
            found.forEach((key, given) -> {
                var mark = marks.get(key);
                if (mark != null) {
                    state.near.put(key, given, mark);
                }
            });
            var live = live(found);
            live.keySet().forEach(state.counters::hit);
            state.counters.misses.add(marks.size() - live.size());
            values.putAll(live);
        }
        return values;
    }

    /** Without what has expired, and without what is remembered to be absent. */
    static Map<CacheKey, CacheValue> live(Map<CacheKey, Found> found) {
        var values = new HashMap<CacheKey, CacheValue>();
        found.forEach((key, given) -> {
            var value = given.value();
            if (given.live() && value != null) {
                values.put(key, value);
            }
        });
        return values;
    }
}
