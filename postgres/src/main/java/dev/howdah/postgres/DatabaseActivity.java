package dev.howdah.postgres;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What goes on in the whole database, whoever does it, as the server's statistics tell: cheap to read every few seconds.
 *
 * @param connectionsByState how many there are: {@code active}, {@code idle}, {@code idle in transaction}, …
 * @param connectionsMax the most that the server takes
 * @param oldestTransaction how long the oldest open transaction has been keeping dead rows from being removed
 * @param oldestXmin transactions that have begun since the oldest one that something still has to see: a session, a prepared
 *        transaction, a replication slot or a replica
 * @param transactionAge the oldest row's age in transactions; autovacuum becomes urgent at 200 million, the server stops
 *        before 2 billion
 * @param databaseBytes of the whole database
 * @param cacheHitRatio of blocks that were read from the server's own memory, 0 to 1, since its statistics begin; 1 before
 * @param replicas that stream from this server now
 * @param replicationLag of the one that is furthest behind in showing what was committed; zero without any
 * @param tables of this schema with the most dead rows, up to {@value #TABLES_MAX}
 */
public record DatabaseActivity(Map<String, Long> connectionsByState, int connectionsMax, Duration oldestTransaction,
        long oldestXmin, long transactionAge, long databaseBytes, double cacheHitRatio, int replicas,
        Duration replicationLag, List<Table> tables) {
    /** Tables that are told of. */
    public static final int TABLES_MAX = 10;

    static final String CONNECTIONS = """
        SELECT COALESCE(state, 'unknown') AS state, count(*) AS connections
          FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND datname = current_database()
         GROUP BY 1
        """;

    static final String DATABASE = """
        SELECT current_setting('max_connections')::int AS connections_max,
               COALESCE((SELECT date_part('epoch', max(now() - xact_start)) * 1000
                           FROM pg_stat_activity
                          WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()), 0)::bigint AS oldest_ms,
               GREATEST((SELECT max(age(backend_xmin)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()),
                        (SELECT max(age(transaction)) FROM pg_prepared_xacts),
                        (SELECT max(GREATEST(age(xmin), age(catalog_xmin))) FROM pg_replication_slots),
                        (SELECT max(age(backend_xmin)) FROM pg_stat_replication), 0)::bigint AS oldest_xmin,
               age(datfrozenxid)::bigint AS transaction_age,
               pg_database_size(pg_database.oid) AS database_bytes,
               (SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming')::int AS replicas,
               COALESCE((SELECT date_part('epoch', max(replay_lag)) * 1000 FROM pg_stat_replication), 0)::bigint
                 AS replication_lag_ms,
               COALESCE(blks_hit::float8 / NULLIF(blks_hit + blks_read, 0), 1) AS cache_hit_ratio
          FROM pg_database
          JOIN pg_stat_database ON pg_stat_database.datid = pg_database.oid
         WHERE pg_database.datname = current_database()
        """;

    static final String TABLES = """
        SELECT relname, n_live_tup, n_dead_tup, pg_table_size(relid) AS bytes
          FROM pg_stat_user_tables
         WHERE schemaname = current_schema()
         ORDER BY n_dead_tup DESC, relname
         LIMIT :limit
        """;

    /**
     * A table.
     *
     * @param liveRows estimated
     * @param deadRows not yet removed; estimated
     * @param bytes without indexes
     */
    public record Table(String name, long liveRows, long deadRows, long bytes) {}

    public DatabaseActivity {
        connectionsByState = Map.copyOf(connectionsByState);
        tables = List.copyOf(tables);
    }

    /**
     * How it is now.
     *
     * @throws UnavailableException if the database cannot be reached
     */
    public static DatabaseActivity of(Database database) {
        return database.withHandle(handle -> {
            var connections = new LinkedHashMap<String, Long>();
            handle.createQuery(CONNECTIONS).map((row, context) -> connections.put(row.getString("state"),
                    row.getLong("connections"))).list();
            var tables = handle.createQuery(TABLES).bind("limit", TABLES_MAX).map((row, context) -> new Table(
                    row.getString("relname"), row.getLong("n_live_tup"), row.getLong("n_dead_tup"),
                    row.getLong("bytes"))).list();
            return handle.createQuery(DATABASE).map((row, context) -> new DatabaseActivity(connections,
                    row.getInt("connections_max"), Duration.ofMillis(row.getLong("oldest_ms")),
                    row.getLong("oldest_xmin"), row.getLong("transaction_age"), row.getLong("database_bytes"),
                    row.getDouble("cache_hit_ratio"), row.getInt("replicas"),
                    Duration.ofMillis(row.getLong("replication_lag_ms")), tables)).one();
        });
    }
}
