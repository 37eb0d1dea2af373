package dev.howdah.cache;

import dev.howdah.postgres.Database;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Measures caches, and evicts what is too much, in batches that wait for nobody. */
final class Bounds {
    /** Entries are counted, their bytes estimated from some. */
    static final String MEASURE = """
        INSERT INTO cache_statistics AS sum (cache, entries, bytes, measured_at)
        SELECT caches.id, counted.entries, (counted.entries * COALESCE(sampled.bytes, 0))::bigint, now()
          FROM caches
         CROSS JOIN LATERAL (SELECT count(*) AS entries FROM cache_entries WHERE cache = caches.id) AS counted
         CROSS JOIN LATERAL (SELECT avg(seen.bytes) AS bytes
                               FROM (SELECT octet_length(key) + octet_length(value) + :overhead AS bytes
                                       FROM cache_entries
                                      WHERE cache = caches.id
                                      LIMIT :sample) AS seen) AS sampled
         WHERE (durability = 'unlogged') = :unlogged
         ORDER BY caches.id
            ON CONFLICT (cache) DO UPDATE
           SET entries = EXCLUDED.entries, bytes = EXCLUDED.bytes, measured_at = EXCLUDED.measured_at
        """;

    static final String EXCESS = """
        SELECT cache, eviction, durability, entries,
               LEAST(entries, GREATEST(entries - floor(entries_max * :keep),
                                       ceil((bytes - bytes_max * :keep) * entries / GREATEST(bytes, 1)::float8)))::bigint
                 AS excess
          FROM caches
          JOIN cache_statistics ON cache = id
         WHERE eviction <> 'none' AND (entries > entries_max OR bytes > bytes_max)
         ORDER BY cache
        """;

    /** The rest is as large as what went. */
    static final String SUBTRACT = """
        UPDATE cache_statistics
           SET entries = GREATEST(entries - :gone, 0),
               bytes = (bytes * (GREATEST(entries - :gone, 0) / GREATEST(entries, 1)::float8))::bigint
         WHERE cache = :cache
        """;

    /** Of a sample, those that were not used for the longest time, or that were there first. */
    static final String EVICT = """
        WITH sampled AS MATERIALIZED (
          SELECT ctid AS place
            FROM cache_entries TABLESAMPLE SYSTEM (:percent)
           WHERE cache = :cache
           ORDER BY CASE WHEN :fifo THEN created_at ELSE GREATEST(accessed_at, written_at) END
           LIMIT :limit),
        held AS MATERIALIZED (
          SELECT ctid AS place
            FROM cache_entries AS entry
           WHERE ctid = ANY (ARRAY (SELECT place FROM sampled))
             FOR UPDATE OF entry SKIP LOCKED)
        DELETE FROM cache_entries
         WHERE ctid = ANY (ARRAY (SELECT place FROM held))
        """;

    /** What an entry takes beside its key and value: the row's head, its other columns, its place in the index. */
    private static final int OVERHEAD = 140;
    private static final int SAMPLE = 1_000;
    private static final int BATCH = 4_000;
    /** Entries that are looked at for each that goes. */
    private static final int CANDIDATES = 5;
    private static final int CANDIDATES_MIN = 2_000;
    private static final double ROOM = 0.02;

    private final Database database;
    private final CountStore counts;

    Bounds(Database database, CountStore counts) {
        this.database = database;
        this.counts = counts;
    }

    private record Excess(int cache, Eviction eviction, Durability durability, long entries, long excess) {}

    /** Has every cache keep its bounds. */
    void enforce() {
        enforce(1);
    }

    /**
     * The same where much is written: what has too much loses a little more, which is room until the next look.
     *
     * @return the caches that had too much
     */
    Set<Integer> makeRoom() {
        return enforce(1 - ROOM);
    }

    private Set<Integer> enforce(double keep) {
        measure();
        var tooLarge = database.withHandle(handle -> handle.createQuery(EXCESS).bind("keep", keep)
                .map((row, context) -> new Excess(row.getInt("cache"),
                        Eviction.valueOf(row.getString("eviction").toUpperCase(Locale.ROOT)),
                        Durability.valueOf(row.getString("durability").toUpperCase(Locale.ROOT)),
                        row.getLong("entries"), row.getLong("excess")))
                .list());
        tooLarge.forEach(this::evict);
        return tooLarge.stream().map(Excess::cache).collect(Collectors.toSet());
    }

    private void measure() {
        for (var unlogged : List.of(false, true)) {
            var sql = EntrySql.in(unlogged ? Durability.UNLOGGED : Durability.SYNC, MEASURE);
            database.withHandle(handle -> handle.createUpdate(sql).bind("overhead", OVERHEAD).bind("sample", SAMPLE)
                    .bind("unlogged", unlogged).execute());
        }
    }

    private void evict(Excess cache) {
        long left = cache.excess;
        long gone = 0;
        boolean goesOn = true;
        while (left > 0 && goesOn) {
            long limit = Math.min(left, BATCH);
            int evicted = evict(cache, limit, percent(cache, limit));
            if (evicted == 0) {
                evicted = evict(cache, limit, 100); // a small sample may have none
            }
            gone += evicted;
            left -= evicted;
            goesOn = evicted > 0; // all that are left are in use
        }
        counts.addEvictions(cache.cache, gone);
        subtract(cache, gone);
    }

    private void subtract(Excess cache, long gone) {
        database.withHandle(handle -> handle.createUpdate(SUBTRACT).bind("cache", cache.cache).bind("gone", gone)
                .execute());
    }

    private static double percent(Excess cache, long limit) {
        return Math.min(100, 100.0 * Math.max(limit * CANDIDATES, CANDIDATES_MIN) / Math.max(cache.entries, 1));
    }

    private int evict(Excess cache, long limit, double percent) {
        return database.withHandle(handle -> handle.createUpdate(EntrySql.in(cache.durability, EVICT))
                .bind("percent", percent).bind("cache", cache.cache).bind("fifo", cache.eviction == Eviction.FIFO)
                .bind("limit", limit).execute());
    }
}
