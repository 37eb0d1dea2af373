package dev.howdah.operations.doctor;

import java.util.List;

/** Dead rows, what keeps them, what is left of them, and the planner's statistics. */
final class VacuumChecks {
    static final String SNAPSHOTS = """
        SELECT object, holder, transactions, held_seconds, application, fix
          FROM (SELECT 'process ' || pid AS object, 'session' AS holder, age(backend_xmin)::bigint AS transactions,
                       extract(epoch FROM now() - COALESCE(xact_start, query_start))::bigint AS held_seconds,
                       application_name AS application, format('SELECT pg_terminate_backend(%s);', pid) AS fix
                  FROM pg_stat_activity
                 WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()
                   AND backend_type NOT IN ('walsender', 'autovacuum worker')
                   AND (datname = current_database() OR datname IS NULL)
                 UNION ALL
                SELECT 'prepared transaction ' || gid, 'prepared transaction', age(transaction)::bigint,
                       extract(epoch FROM now() - prepared)::bigint, owner::text,
                       format('ROLLBACK PREPARED %L; -- or COMMIT PREPARED', gid)
                  FROM pg_prepared_xacts
                 WHERE database = current_database()
                 UNION ALL
                SELECT 'replication slot ' || slot_name, 'slot', GREATEST(age(xmin), age(catalog_xmin))::bigint, NULL,
                       plugin::text, format('SELECT pg_drop_replication_slot(%L); -- if its reader is gone', slot_name)
                  FROM pg_replication_slots
                 WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL
                 UNION ALL
                SELECT 'standby ' || application_name, 'feedback of a standby', age(backend_xmin)::bigint, NULL,
                       client_addr::text, 'ALTER SYSTEM SET hot_standby_feedback = off; -- on the standby, or end its query'
                  FROM pg_stat_activity
                 WHERE backend_xmin IS NOT NULL AND backend_type = 'walsender') AS holders
         WHERE COALESCE(held_seconds >= :ageSeconds, transactions >= :transactionsMin)
         ORDER BY transactions DESC
         LIMIT :findingsMax
        """;
    static final String DEAD_ROWS = """
        SELECT relid::regclass::text AS object, n_dead_tup AS dead_rows, n_live_tup AS live_rows,
               pg_table_size(relid) AS table_bytes, last_autovacuum::text AS autovacuum_at,
               format('VACUUM (ANALYZE) %s;', relid::regclass) AS fix
          FROM pg_stat_user_tables
         WHERE schemaname = current_schema() AND n_dead_tup >= :rowsMin AND n_dead_tup > n_live_tup * :ratio
         ORDER BY n_dead_tup DESC
         LIMIT :findingsMax
        """;
    /** By the average width of the columns, as the statistics have it. A row has a header of 24 bytes and a pointer of 4. */
    static final String TABLE_BLOAT = """
        WITH widths AS MATERIALIZED (
          SELECT tablename, sum((1 - null_frac) * avg_width) AS width, count(*) AS columns
            FROM pg_stats
           WHERE schemaname = current_schema() AND NOT inherited
           GROUP BY tablename),
        sized AS (
          SELECT c.oid, c.relpages * b.size AS table_bytes,
                 ceil(c.reltuples * (28 + 8 * ceil(w.width / 8)) / ((b.size - 24) * f.fill / 100)) * b.size AS needed_bytes
            FROM widths w
            JOIN pg_class c ON c.relname = w.tablename AND c.relnamespace = current_schema()::regnamespace
           CROSS JOIN (SELECT current_setting('block_size')::bigint AS size) AS b
           CROSS JOIN LATERAL (SELECT COALESCE(max(option_value::int), 100) AS fill
                                 FROM pg_options_to_table(c.reloptions)
                                WHERE option_name = 'fillfactor') AS f
           WHERE c.relkind IN ('r', 'm') AND c.reltuples >= 0
             AND w.columns = (SELECT count(*)
                                FROM pg_attribute a
                               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
        SELECT oid::regclass::text AS object, table_bytes, (table_bytes - needed_bytes)::bigint AS wasted_bytes,
               (table_bytes - needed_bytes) / table_bytes AS wasted_ratio,
               format('VACUUM (FULL, ANALYZE) %s; -- nobody reads or writes it meanwhile', oid::regclass) AS fix
          FROM sized
         WHERE table_bytes - needed_bytes >= :wastedMin AND table_bytes - needed_bytes > table_bytes * :ratio
         ORDER BY table_bytes - needed_bytes DESC
         LIMIT :findingsMax
        """;
    /** The same of B-trees: an entry has 8 bytes and a pointer of 4; a tenth of each page is left free. */
    static final String INDEX_BLOAT = """
        WITH widths AS MATERIALIZED (
          SELECT c.oid, c.relpages, c.reltuples, sum((1 - s.null_frac) * s.avg_width) AS width
            FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree'
            JOIN pg_class t ON t.oid = i.indrelid
           CROSS JOIN LATERAL unnest(i.indkey::int2[]) AS k(attnum)
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
            JOIN pg_stats s ON s.schemaname = current_schema() AND s.tablename = t.relname AND s.attname = a.attname
                 AND NOT s.inherited
           WHERE t.relnamespace = current_schema()::regnamespace AND i.indisvalid AND i.indexprs IS NULL
             AND c.reltuples >= 0
           GROUP BY c.oid, c.relpages, c.reltuples, i.indnatts
          HAVING count(*) = i.indnatts),
        sized AS (
          SELECT w.oid, w.relpages * b.size AS index_bytes,
                 ceil(w.reltuples * (12 + 8 * ceil(w.width / 8)) / ((b.size - 40) * 0.9)) * b.size AS needed_bytes
            FROM widths w
           CROSS JOIN (SELECT current_setting('block_size')::bigint AS size) AS b)
        SELECT oid::regclass::text AS object, index_bytes, (index_bytes - needed_bytes)::bigint AS wasted_bytes,
               (index_bytes - needed_bytes) / index_bytes AS wasted_ratio,
               format('REINDEX INDEX CONCURRENTLY %s;', oid::regclass) AS fix
          FROM sized
         WHERE index_bytes - needed_bytes >= :wastedMin AND index_bytes - needed_bytes > index_bytes * :ratio
         ORDER BY index_bytes - needed_bytes DESC
         LIMIT :findingsMax
        """;
    static final String AUTOVACUUM = """
        SELECT name AS object, setting,
               format('ALTER SYSTEM SET %I = on; SELECT pg_reload_conf();', name) AS fix
          FROM pg_settings
         WHERE name IN ('autovacuum', 'track_counts') AND setting = 'off'
         LIMIT :findingsMax
        """;
    static final String AUTOVACUUM_TABLES = """
        SELECT c.oid::regclass::text AS object, pg_table_size(c.oid) AS table_bytes,
               format('ALTER TABLE %s RESET (autovacuum_enabled);', c.oid::regclass) AS fix
          FROM pg_class c
         CROSS JOIN LATERAL pg_options_to_table(c.reloptions) AS o
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'm')
           AND o.option_name = 'autovacuum_enabled' AND NOT o.option_value::boolean
         ORDER BY pg_table_size(c.oid) DESC
         LIMIT :findingsMax
        """;
    static final String STATISTICS = """
        SELECT relid::regclass::text AS object, n_live_tup AS live_rows, pg_relation_size(relid) AS table_bytes,
               format('ANALYZE %s;', relid::regclass) AS fix
          FROM pg_stat_user_tables t
         WHERE schemaname = current_schema() AND last_analyze IS NULL AND last_autoanalyze IS NULL
           AND pg_relation_size(relid) >= :bytesMin
           AND NOT EXISTS (SELECT
                             FROM pg_stats s
                            WHERE s.schemaname = t.schemaname AND s.tablename = t.relname)
         ORDER BY pg_relation_size(relid) DESC
         LIMIT :findingsMax
        """;
    static final String WRAPAROUND = """
        SELECT 'database ' || datname AS object, age(datfrozenxid)::bigint AS transactions,
               mxid_age(datminmxid)::bigint AS multixacts,
               'VACUUM (FREEZE, VERBOSE); -- in database ' || quote_ident(datname) AS fix
          FROM pg_database
         ORDER BY age(datfrozenxid) DESC
         LIMIT :findingsMax
        """;

    private static final double DEAD_RATIO = 0.5;
    private static final double BLOAT_RATIO = 0.5;
    private static final long UNANALYZED_BYTES = 1L << 20;
    /** Of 2^31, at which the server stops writing. */
    private static final double WRAPAROUND_DEGRADED = 1e9;
    private static final double WRAPAROUND_DOWN = 2e9;

    private VacuumChecks() {}

    static List<Check> of(Catalog catalog) {
        var limits = catalog.limits();
        return List.of(
                catalog.check(new Topic("snapshots", Area.VACUUM, "nothing keeps dead rows for long",
                        "Rows that an old transaction, slot or standby might still see cannot be removed; a busy queue "
                                + "slows down behind them.",
                        "end what holds the snapshot"), SNAPSHOTS)
                        .with("ageSeconds", limits.snapshotAge().toSeconds())
                        .with("transactionsMin", limits.snapshotTransactions()).fixedBy(Fix.Kind.REVIEW).seeingOthers(),
                catalog.check(new Topic("dead-rows", Area.VACUUM, "dead rows are removed",
                        "Every read of the table passes them.", "vacuum the table; let autovacuum run more often"),
                        DEAD_ROWS).with("rowsMin", limits.tableRows()).with("ratio", DEAD_RATIO),
                catalog.check(new Topic("table-bloat", Area.VACUUM, "tables are as large as their rows",
                        "Space that dead rows left is read, cached and backed up (estimated from statistics).",
                        "rewrite the table when nobody needs it"), TABLE_BLOAT)
                        .with("wastedMin", limits.wastedBytes()).with("ratio", BLOAT_RATIO).fixedBy(Fix.Kind.REVIEW),
                catalog.check(new Topic("index-bloat", Area.VACUUM, "indexes are as large as their entries",
                        "Half empty pages are read and cached like full ones (B-trees, estimated from statistics).",
                        "rebuild the index without blocking"), INDEX_BLOAT)
                        .with("wastedMin", limits.wastedBytes()).with("ratio", BLOAT_RATIO),
                catalog.check(new Topic("autovacuum", Area.VACUUM, "autovacuum is on",
                        "Without it tables grow, plans go wrong, and in the end the server stops writing.",
                        "switch it on"), AUTOVACUUM),
                catalog.check(new Topic("autovacuum-tables", Area.VACUUM, "autovacuum is on for every table",
                        "A table that is left out grows.", "switch it on for the table"), AUTOVACUUM_TABLES),
                catalog.check(new Topic("statistics", Area.VACUUM, "tables were analyzed",
                        "Without statistics the planner guesses.", "analyze the table"), STATISTICS)
                        .with("bytesMin", UNANALYZED_BYTES),
                catalog.check(new Topic("wraparound", Area.VACUUM, "transaction ids are far from their end",
                        "At two thousand million unfrozen transactions the server stops writing.",
                        "freeze the database's rows, and find out what keeps autovacuum from doing it"), WRAPAROUND)
                        .judging(VacuumChecks::wraparound));
    }

    static CheckStatus wraparound(Facts facts) {
        double age = Math.max(facts.number("transactions"), facts.number("multixacts"));
        return age >= WRAPAROUND_DOWN
                ? CheckStatus.DOWN
                : age >= WRAPAROUND_DEGRADED ? CheckStatus.DEGRADED : CheckStatus.OK;
    }
}
