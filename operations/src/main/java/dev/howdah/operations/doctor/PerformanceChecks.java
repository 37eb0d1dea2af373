package dev.howdah.operations.doctor;

import java.util.List;

/** Caches, slow statements, temporary files, deadlocks, checkpoints. */
final class PerformanceChecks {
    static final String TABLE_CACHE = """
        SELECT 'tables' AS object, COALESCE(sum(heap_blks_hit), 0)::bigint AS hits,
               COALESCE(sum(heap_blks_read), 0)::bigint AS reads,
               COALESCE(sum(heap_blks_hit) / NULLIF(sum(heap_blks_hit + heap_blks_read), 0), 1)::float8 AS hit_ratio,
               format('ALTER SYSTEM SET shared_buffers = %L; -- a quarter of the memory is usual; then restart it',
                      pg_size_bytes(current_setting('shared_buffers')) * 2 / 1048576 || 'MB') AS fix
          FROM pg_statio_user_tables
         WHERE schemaname = current_schema()
         LIMIT :findingsMax
        """;
    static final String INDEX_CACHE = """
        SELECT 'indexes' AS object, COALESCE(sum(idx_blks_hit), 0)::bigint AS hits,
               COALESCE(sum(idx_blks_read), 0)::bigint AS reads,
               COALESCE(sum(idx_blks_hit) / NULLIF(sum(idx_blks_hit + idx_blks_read), 0), 1)::float8 AS hit_ratio,
               format('ALTER SYSTEM SET shared_buffers = %L; -- a quarter of the memory is usual; then restart it',
                      pg_size_bytes(current_setting('shared_buffers')) * 2 / 1048576 || 'MB') AS fix
          FROM pg_statio_user_indexes
         WHERE schemaname = current_schema()
         LIMIT :findingsMax
        """;
    static final String SLOW_STATEMENTS = """
        SELECT 'statement ' || queryid AS object, calls, mean_exec_time / 1000 AS mean_seconds,
               total_exec_time / 1000 AS total_seconds, left(query, 300) AS query
          FROM pg_stat_statements
         WHERE dbid = (SELECT oid
                         FROM pg_database
                        WHERE datname = current_database())
           AND calls >= :callsMin AND mean_exec_time >= :meanMillis
         ORDER BY total_exec_time DESC
         LIMIT :findingsMax
        """;
    static final String TEMPORARY_FILES = """
        SELECT 'temporary files' AS object, temp_files AS files, temp_bytes,
               (temp_bytes / GREATEST(1, extract(epoch FROM now() - COALESCE(stats_reset, pg_postmaster_start_time()))
                                         / 86400))::bigint AS per_day_bytes,
               format('ALTER ROLE %I SET work_mem = %L; -- each sort and hash of each session may take it', current_user,
                      pg_size_bytes(current_setting('work_mem')) * 4 / 1048576 || 'MB') AS fix
          FROM pg_stat_database
         WHERE datname = current_database()
         LIMIT :findingsMax
        """;
    static final String DEADLOCKS = """
        SELECT 'deadlocks' AS object, deadlocks AS count,
               (deadlocks / GREATEST(1, extract(epoch FROM now() - COALESCE(stats_reset, pg_postmaster_start_time()))
                                        / 86400))::float8 AS per_day,
               'the server''s log has both statements of each; let them lock rows in the same order' AS fix
          FROM pg_stat_database
         WHERE datname = current_database()
         LIMIT :findingsMax
        """;
    static final String CHECKPOINTS = """
        SELECT 'checkpoints' AS object, num_timed AS timed, num_requested AS requested,
               format('ALTER SYSTEM SET max_wal_size = %L; SELECT pg_reload_conf();',
                      pg_size_bytes(current_setting('max_wal_size')) * 2 / 1048576 || 'MB') AS fix
          FROM pg_stat_checkpointer
         LIMIT :findingsMax
        """;

    private static final double HIT_RATIO = 0.99;
    private static final int SLOW_MILLIS = 100;
    private static final int SLOW_CALLS = 10;
    private static final double TEMPORARY_BYTES_A_DAY = 1L << 30;
    private static final double DEADLOCKS_A_DAY = 10;
    private static final double CHECKPOINTS_MIN = 20;
    private static final double REQUESTED_RATIO = 0.5;

    private PerformanceChecks() {}

    static List<Check> of(Catalog catalog) {
        var reads = catalog.limits().blockReads();
        return List.of(
                catalog.check(new Topic("table-cache", Area.PERFORMANCE, "tables are read from memory",
                        "Less than 99 % found in shared_buffers means that what is used does not fit.",
                        "raise shared_buffers, or find what reads so much with: howdah explain"), TABLE_CACHE)
                        .fixedBy(Fix.Kind.REVIEW).judging(facts -> cache(facts, reads)),
                catalog.check(new Topic("index-cache", Area.PERFORMANCE, "indexes are read from memory",
                        "Indexes are what should stay in memory first.",
                        "raise shared_buffers, or drop indexes that nobody needs"), INDEX_CACHE)
                        .fixedBy(Fix.Kind.REVIEW).judging(facts -> cache(facts, reads)),
                slowStatements(catalog),
                catalog.check(new Topic("temporary-files", Area.PERFORMANCE, "sorts and hashes fit into memory",
                        "What does not fit into work_mem goes to disk and back.",
                        "raise work_mem for the role, or find the statement with: howdah explain --analyze"),
                        TEMPORARY_FILES)
                        .fixedBy(Fix.Kind.REVIEW).judging(PerformanceChecks::temporaryFiles),
                catalog.check(new Topic("deadlocks", Area.PERFORMANCE, "deadlocks are rare",
                        "Of two that wait for each other the server ends one, after a second.",
                        "let transactions lock rows in the same order"), DEADLOCKS)
                        .fixedBy(Fix.Kind.COMMAND).judging(PerformanceChecks::deadlocks),
                checkpoints(catalog));
    }

    private static Check slowStatements(Catalog catalog) {
        var topic = new Topic("slow-statements", Area.PERFORMANCE, "statements are fast",
                "By pg_stat_statements: on average a tenth of a second or more, the most costly first.",
                "let howdah explain say what the statement does");
        return catalog.check(topic, SLOW_STATEMENTS).with("callsMin", SLOW_CALLS).with("meanMillis", SLOW_MILLIS)
                .fixedBy(Fix.Kind.COMMAND)
                .otherwise(Check.of(topic,
                        () -> Outcome.ok("not counted; to have them counted, set shared_preload_libraries = "
                                + "'pg_stat_statements', restart, and run: CREATE EXTENSION pg_stat_statements;")));
    }

    /** Until PostgreSQL 16 the same numbers stand in another view. */
    private static Check checkpoints(Catalog catalog) {
        var topic = new Topic("checkpoints", Area.PERFORMANCE, "checkpoints come by the clock",
                "One that comes because max_wal_size is used up writes whole pages anew.", "raise max_wal_size");
        var before17 = CHECKPOINTS.replace("pg_stat_checkpointer", "pg_stat_bgwriter")
                .replace("num_timed", "checkpoints_timed").replace("num_requested", "checkpoints_req");
        return catalog.check(topic, CHECKPOINTS).judging(PerformanceChecks::checkpoints)
                .otherwise(catalog.check(topic, before17).judging(PerformanceChecks::checkpoints));
    }

    static CheckStatus cache(Facts facts, long readsMin) {
        return facts.number("hits") + facts.number("reads") >= readsMin && facts.number("hit_ratio") < HIT_RATIO
                ? CheckStatus.DEGRADED
                : CheckStatus.OK;
    }

    static CheckStatus temporaryFiles(Facts facts) {
        return facts.number("per_day_bytes") >= TEMPORARY_BYTES_A_DAY ? CheckStatus.DEGRADED : CheckStatus.OK;
    }

    static CheckStatus deadlocks(Facts facts) {
        return facts.number("per_day") >= DEADLOCKS_A_DAY ? CheckStatus.DEGRADED : CheckStatus.OK;
    }

    static CheckStatus checkpoints(Facts facts) {
        double requested = facts.number("requested");
        double all = requested + facts.number("timed");
        return all >= CHECKPOINTS_MIN && requested > all * REQUESTED_RATIO ? CheckStatus.DEGRADED : CheckStatus.OK;
    }
}
