package dev.howdah.cache;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What this process has counted since it was stored last. Thread-safe. */
final class Counters {
    /** Keys whose accesses are counted between two times of storing; further ones are not. */
    private static final int KEYS_MAX = 10_000;

    final LongAdder hits = new LongAdder();
    final LongAdder nearHits = new LongAdder();
    final LongAdder staleHits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder sets = new LongAdder();
    final LongAdder deletes = new LongAdder();
    final LongAdder loads = new LongAdder();
    final LongAdder evictions = new LongAdder();
    final LongAdder expirations = new LongAdder();
    private final ConcurrentHashMap<CacheKey, LongAdder> accesses = new ConcurrentHashMap<>();

    /** In the order of the columns of {@code cache_statistics}. */
    List<Long> take() {
        return List.of(hits.sumThenReset(), nearHits.sumThenReset(), staleHits.sumThenReset(),
                misses.sumThenReset(), sets.sumThenReset(), deletes.sumThenReset(), loads.sumThenReset(),
                evictions.sumThenReset(), expirations.sumThenReset());
    }

    void hit(CacheKey key) {
        hits.increment();
        var count = accesses.get(key);
        if (count == null && accesses.mappingCount() < KEYS_MAX) {
            count = accesses.computeIfAbsent(key, absent -> new LongAdder());
        }
        if (count != null) {
            count.increment();
        }
    }

    /** Accesses by key since the last time. */
    Map<CacheKey, Long> takeAccesses() {
        var taken = new HashMap<CacheKey, Long>();
        for (var key : accesses.keySet()) {
            var count = accesses.remove(key);
            if (count != null) {
                taken.put(key, count.sum());
            }
        }
        return taken;
    }
}
