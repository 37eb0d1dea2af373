package dev.howdah.operations.inspection;

/** Statements on the server's catalogue. */
final class InspectionSql {
    static final String SIZES = """
        SELECT c.oid::regclass::text AS name, i.inhparent::regclass::text AS parent,
               COALESCE(s.n_live_tup, 0) AS live_rows, COALESCE(s.n_dead_tup, 0) AS dead_rows,
               pg_table_size(c.oid) - t.bytes AS table_bytes, pg_indexes_size(c.oid) AS index_bytes, t.bytes AS toast_bytes,
               GREATEST(s.last_vacuum, s.last_autovacuum) AS vacuumed_at,
               GREATEST(s.last_analyze, s.last_autoanalyze) AS analyzed_at
          FROM pg_class c
          LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
          LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
         CROSS JOIN LATERAL (SELECT CASE c.reltoastrelid WHEN 0 THEN 0
                                    ELSE pg_total_relation_size(c.reltoastrelid) END AS bytes) AS t
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'm')
         ORDER BY pg_total_relation_size(c.oid) DESC, c.oid
         LIMIT :limit
        """;
    static final String SESSIONS = """
        SELECT a.pid, COALESCE(a.usename::text, '') AS role, COALESCE(a.application_name, '') AS application,
               host(a.client_addr) AS client, COALESCE(a.state, 'unknown') AS state,
               a.wait_event_type || ': ' || a.wait_event AS wait,
               (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::bigint AS transaction_ms,
               (extract(epoch FROM clock_timestamp() - a.query_start) * 1000)::bigint AS query_ms,
               COALESCE(a.query, '') AS query, pg_blocking_pids(a.pid) AS blocked_by
          FROM pg_stat_activity a
         WHERE a.datname = current_database() AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
         ORDER BY a.xact_start NULLS LAST, a.query_start, a.pid
         LIMIT :limit
        """;
    static final String LOCK_WAITS = """
        SELECT a.pid, COALESCE(a.usename::text, '') AS role, COALESCE(a.application_name, '') AS application,
               host(a.client_addr) AS client, COALESCE(a.state, 'unknown') AS state,
               a.wait_event_type || ': ' || a.wait_event AS wait,
               (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::bigint AS transaction_ms,
               (extract(epoch FROM clock_timestamp() - a.query_start) * 1000)::bigint AS query_ms,
               COALESCE(a.query, '') AS query, pg_blocking_pids(a.pid) AS blocked_by, l.mode,
               COALESCE(l.relation::regclass::text, l.locktype) AS object,
               (extract(epoch FROM clock_timestamp() - l.waitstart) * 1000)::bigint AS waited_ms
          FROM pg_locks l
          JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE NOT l.granted AND a.datname = current_database()
         ORDER BY l.waitstart, a.pid
         LIMIT :limit
        """;
    static final String SESSIONS_OF = """
        SELECT a.pid, COALESCE(a.usename::text, '') AS role, COALESCE(a.application_name, '') AS application,
               host(a.client_addr) AS client, COALESCE(a.state, 'unknown') AS state,
               a.wait_event_type || ': ' || a.wait_event AS wait,
               (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::bigint AS transaction_ms,
               (extract(epoch FROM clock_timestamp() - a.query_start) * 1000)::bigint AS query_ms,
               COALESCE(a.query, '') AS query, '{}'::int[] AS blocked_by
          FROM pg_stat_activity a
         WHERE a.pid = ANY (:pids)
         ORDER BY a.xact_start NULLS LAST, a.pid
        """;
    static final String INDEXES = """
        SELECT i.indexrelid::regclass::text AS name, i.indrelid::regclass::text AS table_name,
               pg_get_indexdef(i.indexrelid) AS definition, pg_relation_size(i.indexrelid) AS bytes,
               COALESCE(s.idx_scan, 0) AS scans, COALESCE(s.idx_tup_read, 0) AS rows_read, i.indisunique, i.indisvalid
          FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid
          LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'i'
         ORDER BY pg_relation_size(i.indexrelid) DESC, i.indexrelid
         LIMIT :limit
        """;
    /** Named one by one: others may hold commands with passwords in them. */
    static final String SETTINGS = """
        SELECT name, current_setting(name) AS value, COALESCE(boot_val, '') AS default_value, source, category, short_desc,
               pending_restart
          FROM pg_settings
         WHERE name IN ('autovacuum', 'autovacuum_max_workers', 'autovacuum_naptime', 'autovacuum_vacuum_cost_delay',
               'autovacuum_vacuum_cost_limit', 'autovacuum_vacuum_scale_factor', 'archive_mode', 'checkpoint_timeout',
               'commit_delay', 'data_checksums', 'deadlock_timeout', 'default_transaction_isolation',
               'effective_cache_size', 'effective_io_concurrency', 'fsync', 'full_page_writes', 'hot_standby',
               'hot_standby_feedback', 'huge_pages', 'idle_in_transaction_session_timeout', 'jit', 'lock_timeout',
               'log_min_duration_statement', 'log_timezone', 'maintenance_work_mem', 'max_connections',
               'max_parallel_workers', 'max_parallel_workers_per_gather', 'max_prepared_transactions',
               'max_replication_slots', 'max_slot_wal_keep_size', 'max_wal_senders', 'max_wal_size',
               'max_worker_processes', 'min_wal_size', 'password_encryption', 'random_page_cost', 'server_version',
               'shared_buffers', 'shared_preload_libraries', 'ssl', 'statement_timeout', 'superuser_reserved_connections',
               'synchronous_commit', 'synchronous_standby_names', 'temp_buffers', 'temp_file_limit', 'TimeZone',
               'track_io_timing', 'wal_buffers', 'wal_compression', 'wal_keep_size', 'wal_level', 'work_mem')
         ORDER BY category, name
        """;
    static final String CANCEL = """
        SELECT pg_cancel_backend(pid)
          FROM pg_stat_activity
         WHERE pid = :pid AND datname = current_database() AND backend_type = 'client backend'
           AND pid <> pg_backend_pid()
        """;
    static final String TERMINATE = """
        SELECT pg_terminate_backend(pid)
          FROM pg_stat_activity
         WHERE pid = :pid AND datname = current_database() AND backend_type = 'client backend'
           AND pid <> pg_backend_pid()
        """;
    static final String TABLE_ROWS = """
        SELECT relname AS name, GREATEST(reltuples, 0)::bigint AS live_rows
          FROM pg_class
         WHERE oid = ANY (SELECT to_regclass(quote_ident(name))
                            FROM unnest(:names::text[]) AS name)
        """;

    private InspectionSql() {}
}
