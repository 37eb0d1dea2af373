package dev.howdah.cache;

import dev.howdah.postgres.Database;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks over the tables of entries, a few pages at a time, and removes what nobody may be served any more: without an index on
 * the end of entries, pages are what can be looked through in bounded steps. Rows that a request has locked are left for
 * the next time, so that it waits for nobody. Has pages that have been emptied reused. Not thread-safe.
 */
final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

    static final String SWEEP = """
        WITH ended AS MATERIALIZED (
          SELECT ctid AS place
            FROM cache_entries AS entry
           WHERE ctid >= :from::tid AND ctid < :to::tid
             AND (stale_until <= now() OR NOT EXISTS (SELECT FROM caches WHERE id = cache))
           LIMIT :limit
             FOR UPDATE OF entry SKIP LOCKED),
        gone AS (
          DELETE FROM cache_entries
           WHERE ctid = ANY (ARRAY (SELECT place FROM ended))
          RETURNING cache)
        SELECT cache, count(*) AS count
          FROM gone
         GROUP BY cache
        """;

    static final String FORGET_LOADS = """
        DELETE FROM cache_loads
         WHERE ctid = ANY (ARRAY (SELECT ctid
                                    FROM cache_loads
                                   WHERE until < now() - interval '1 minute'
                                   LIMIT :limit
                                     FOR UPDATE SKIP LOCKED))
        """;

    /** Plans are made for the size that a table had when it was analyzed; one that has doubled since may be read as a whole. */
    static final String SIZES = """
        SELECT pg_relation_size(oid) / current_setting('block_size')::int AS pages,
               pg_relation_size(oid) / current_setting('block_size')::int > 2 * relpages + 32 AS has_grown
          FROM pg_class
         WHERE oid = 'cache_entries'::regclass
        """;

    /** What has gone from the caches of a table since they were created, and what they have. */
    static final String REMOVED = """
        SELECT COALESCE(sum(deletes + evictions + expirations), 0)::bigint AS removed,
               COALESCE(sum(entries), 0)::bigint AS entries
          FROM cache_statistics
          JOIN caches ON id = cache
         WHERE (durability = 'unlogged') = :unlogged
        """;

    /** What was updated leaves rows behind, too; PostgreSQL counts these with a delay. */
    static final String DEAD = """
        SELECT COALESCE(n_dead_tup > 500 AND n_dead_tup > n_live_tup * 0.1, false)
          FROM pg_stat_user_tables
         WHERE relid = 'cache_entries'::regclass
        """;

    /** The end of the file stays, since to cut it off locks the table; it is written to again. */
    private static final String VACUUM = "VACUUM (SKIP_LOCKED, TRUNCATE false) cache_entries";
    private static final String ANALYZE = "ANALYZE cache_entries";

    private static final List<Durability> TABLES = List.of(Durability.SYNC, Durability.UNLOGGED);
    private static final int PAGES_PER_STATEMENT = 512;
    private static final int ROWS_PER_STATEMENT = 2_000;
    /** A gigabyte; the next time goes on from there. */
    private static final int PAGES_PER_SWEEP = 1 << 17;
    /** Of the entries; fewer holes are filled by what is written next. */
    private static final double HOLES = 0.1;
    private static final int HOLES_MIN = 1_000;

    private final Database database;
    /** Where the next sweep of a table begins. */
    private final Map<Durability, Long> nextPages = new HashMap<>();
    /** What had been removed when a table was vacuumed last. */
    private final Map<Durability, Long> removedBefore = new HashMap<>();

    Sweeper(Database database) {
        this.database = database;
    }

    private record Size(long pages, boolean hasGrown) {}

    private Size size(Durability table) {
        return database.withHandle(handle -> handle.createQuery(EntrySql.in(table, SIZES))
                .map((row, context) -> new Size(row.getLong("pages"), row.getBoolean("has_grown"))).one());
    }

    void analyzeWhatHasGrown() {
        for (var table : TABLES) {
            if (size(table).hasGrown) {
                database.withHandle(handle -> handle.execute(EntrySql.in(table, ANALYZE)));
            }
        }
    }

    void sweep(CountStore counts) {
        for (var table : TABLES) {
            sweep(table).forEach(counts::addExpirations);
        }
        database.withHandle(handle -> handle.createUpdate(FORGET_LOADS).bind("limit", ROWS_PER_STATEMENT).execute());
    }

    /** How many were removed, by cache. */
    private Map<Integer, Long> sweep(Durability table) {
        var gone = new HashMap<Integer, Long>();
        long pages = size(table).pages;
        long from = nextPages.getOrDefault(table, 0L);
        from = from >= pages ? 0 : from;
        long end = Math.min(pages, from + PAGES_PER_SWEEP);
        while (from < end) {
            long to = Math.min(end, from + PAGES_PER_STATEMENT);
            long removedNow = sweep(table, from, to, gone);
            from = removedNow < ROWS_PER_STATEMENT ? to : from; // else there may be more of them
        }
        nextPages.put(table, from);
        return gone;
    }

    private long sweep(Durability table, long from, long to, Map<Integer, Long> gone) {
        return database.withHandle(handle -> handle.createQuery(EntrySql.in(table, SWEEP))
                .bind("from", "(" + from + ",0)").bind("to", "(" + to + ",0)").bind("limit", ROWS_PER_STATEMENT)
                .map((row, context) -> {
                    gone.merge(row.getInt("cache"), row.getLong("count"), Long::sum);
                    return row.getLong("count");
                }).list()).stream().mapToLong(count -> count).sum();
    }

    /** Autovacuum looks once a minute, and fills of a cache may be shorter than that. */
    void vacuumWhatHasHoles() {
        for (var table : TABLES) {
            var removal = database.withHandle(handle -> handle.createQuery(REMOVED)
                    .bind("unlogged", table == Durability.UNLOGGED)
                    .map((row, context) -> new Removal(row.getLong("removed"), row.getLong("entries"))).one());
            long since = removal.removed - removedBefore.getOrDefault(table, 0L);
            boolean hasHoles = since >= HOLES_MIN && since >= removal.entries * HOLES;
            if (hasHoles || hasDead(table)) {
                vacuum(table);
                removedBefore.put(table, removal.removed);
            }
        }
    }

    private record Removal(long removed, long entries) {}

    private boolean hasDead(Durability table) {
        return database.<Boolean>withHandle(handle -> handle.createQuery(EntrySql.in(table, DEAD))
                .mapTo(Boolean.class).findOne().orElse(false));
    }

    private void vacuum(Durability table) {
        database.useOwnConnection(connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute(EntrySql.in(table, VACUUM));
            } catch (SQLException e) {
                LOG.info("Removed entries keep their space for now; autovacuum will free it: {}", e.getMessage());
            }
        });
    }
}
