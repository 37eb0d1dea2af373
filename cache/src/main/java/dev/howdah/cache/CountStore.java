package dev.howdah.cache;

import dev.howdah.postgres.Database;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Adds what a process has counted to what all have. Thread-safe. */
final class CountStore {
    static final String ADD = """
        INSERT INTO cache_statistics AS sum (cache, hits, near_hits, stale_hits, misses, sets, deletes, loads, evictions,
                                             expirations)
        SELECT cache, hits, near_hits, stale_hits, misses, sets, deletes, loads, evictions, expirations
          FROM unnest(:caches::int[], :hits::bigint[], :nearHits::bigint[], :staleHits::bigint[], :misses::bigint[],
                      :sets::bigint[], :deletes::bigint[], :loads::bigint[], :evictions::bigint[], :expirations::bigint[])
               AS given (cache, hits, near_hits, stale_hits, misses, sets, deletes, loads, evictions, expirations)
         WHERE EXISTS (SELECT FROM caches WHERE id = cache)
         ORDER BY cache
            ON CONFLICT (cache) DO UPDATE
           SET hits = sum.hits + EXCLUDED.hits, near_hits = sum.near_hits + EXCLUDED.near_hits,
               stale_hits = sum.stale_hits + EXCLUDED.stale_hits, misses = sum.misses + EXCLUDED.misses,
               sets = sum.sets + EXCLUDED.sets, deletes = sum.deletes + EXCLUDED.deletes,
               loads = sum.loads + EXCLUDED.loads, evictions = sum.evictions + EXCLUDED.evictions,
               expirations = sum.expirations + EXCLUDED.expirations
        """;

    private static final int ACCESSES_PER_STATEMENT = 1_000;
    private static final List<String> COLUMNS = List.of("hits", "nearHits", "staleHits", "misses", "sets", "deletes",
            "loads", "evictions", "expirations");
    private static final int EVICTIONS = COLUMNS.indexOf("evictions");
    private static final int EXPIRATIONS = COLUMNS.indexOf("expirations");

    private final Database database;
    private final EntryStore store;

    CountStore(Database database, EntryStore store) {
        this.database = database;
        this.store = store;
    }

    private record Taken(int cache, List<Long> counts) {}

    /** Takes the counts of the caches, and stores them. */
    void store(Collection<Cache> caches) {
        var taken = new ArrayList<Taken>();
        for (var cache : caches) {
            var state = cache.state();
            if (!state.isDropped()) {
                var definition = state.definition();
                storeAccesses(definition, state.counters.takeAccesses());
                taken.add(new Taken(definition.id(), state.counters.take()));
            }
        }
        add(taken.stream().filter(one -> one.counts.stream().anyMatch(count -> count != 0)).toList());
    }

    void addEvictions(int cache, long count) {
        add(cache, EVICTIONS, count);
    }

    void addExpirations(int cache, long count) {
        add(cache, EXPIRATIONS, count);
    }

    private void add(int cache, int column, long count) {
        var counts = new ArrayList<>(Collections.nCopies(COLUMNS.size(), 0L));
        counts.set(column, count);
        add(List.of(new Taken(cache, counts)));
    }

    private void add(List<Taken> taken) {
        if (!taken.isEmpty()) {
            database.withHandle(handle -> {
                var update = handle.createUpdate(ADD).bind("caches",
                        taken.stream().map(Taken::cache).toArray(Integer[]::new));
                for (int i = 0; i < COLUMNS.size(); i++) {
                    int column = i;
                    update.bind(COLUMNS.get(i), taken.stream().map(one -> one.counts.get(column)).toArray(Long[]::new));
                }
                return update.execute();
            });
        }
    }

    private void storeAccesses(Definition cache, Map<CacheKey, Long> accesses) {
        var entries = accesses.entrySet().stream().sorted(Map.Entry.comparingByKey(Comparator.naturalOrder())).toList();
        for (int from = 0; from < entries.size(); from += ACCESSES_PER_STATEMENT) {
            var batch = entries.subList(from, Math.min(from + ACCESSES_PER_STATEMENT, entries.size()));
            database.withHandle(handle -> store.countAccesses(handle.getConnection(), cache, batch));
        }
    }
}
