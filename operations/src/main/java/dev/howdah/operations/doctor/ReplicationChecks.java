package dev.howdah.operations.doctor;

import java.util.List;

/** Standbys, slots, the archive of the log. */
final class ReplicationChecks {
    static final String REPLICAS = """
        SELECT 'this server' AS object, 'a standby, which refuses writes' AS state, NULL::float8 AS lag_seconds,
               NULL::bigint AS lag_bytes, 'name the primary in POSTGRES_HOST or HOWDAH_DATABASE_URL' AS fix
         WHERE pg_is_in_recovery()
         UNION ALL
        SELECT COALESCE(NULLIF(application_name, ''), 'standby') || COALESCE(' at ' || host(client_addr), ''), state,
               COALESCE(extract(epoch FROM replay_lag), 0)::float8,
               pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
                               replay_lsn)::bigint,
               'look at its disk and network; on it: SELECT pg_wal_replay_resume()'
          FROM pg_stat_replication
         LIMIT :findingsMax
        """;
    static final String SLOTS = """
        SELECT slot_name::text AS object, slot_type AS kind, wal_status,
               pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
                               restart_lsn)::bigint AS kept_bytes,
               format('SELECT pg_drop_replication_slot(%L); -- if its reader is gone', slot_name) AS fix
          FROM pg_replication_slots
         WHERE NOT active
         ORDER BY restart_lsn
         LIMIT :findingsMax
        """;
    static final String ARCHIVER = """
        SELECT 'archiver' AS object, archived_count AS archived, failed_count AS failures, last_failed_wal,
               extract(epoch FROM now() - last_archived_time)::bigint AS archived_before_seconds,
               COALESCE(last_failed_time > last_archived_time OR (last_archived_time IS NULL AND failed_count > 0),
                        false) AS failing,
               'run archive_command by hand for ' || last_failed_wal || ', and see the server''s log' AS fix
          FROM pg_stat_archiver
         WHERE current_setting('archive_mode') <> 'off'
         LIMIT :findingsMax
        """;
    static final String ARCHIVE_BACKLOG = """
        SELECT 'archive' AS object, count(*) AS files,
               count(*) * pg_size_bytes(current_setting('wal_segment_size')) AS waiting_bytes,
               'make archive_command faster, or correct it; the disk fills up meanwhile' AS fix
          FROM pg_ls_archive_statusdir()
         WHERE name LIKE '%.ready'
         LIMIT :findingsMax
        """;

    private static final double LAG_SECONDS = 30;
    private static final double LAG_BYTES = 1L << 30;
    private static final int BACKLOG_FILES = 64;

    private ReplicationChecks() {}

    static List<Check> of(Catalog catalog) {
        return List.of(
                catalog.check(new Topic("replicas", Area.REPLICATION, "standbys follow closely",
                        "Reads from a standby that lags are old, and what it has not got is lost with the primary.",
                        "look at the standby's disk and network"), REPLICAS)
                        .fixedBy(Fix.Kind.COMMAND).judging(ReplicationChecks::replica).seeingOthers(),
                catalog.check(new Topic("slots", Area.REPLICATION, "every replication slot has a reader",
                        "One that nobody reads keeps the log until the disk is full.",
                        "start its reader, or drop the slot"), SLOTS).fixedBy(Fix.Kind.REVIEW),
                catalog.check(new Topic("archiver", Area.REPLICATION, "the log is archived",
                        "What is not archived cannot be restored to a point in time, and fills the disk.",
                        "correct archive_command"), ARCHIVER).fixedBy(Fix.Kind.COMMAND)
                        .judging(facts -> facts.flag("failing") ? CheckStatus.DEGRADED : CheckStatus.OK),
                catalog.check(new Topic("archive-backlog", Area.REPLICATION, "the archive keeps up",
                        "Files that wait for the archiver stay on the server's disk.",
                        "make archive_command faster"), ARCHIVE_BACKLOG).fixedBy(Fix.Kind.COMMAND)
                        .judging(facts -> facts.number("files") > BACKLOG_FILES
                                ? CheckStatus.DEGRADED
                                : CheckStatus.OK));
    }

    static CheckStatus replica(Facts facts) {
        if (facts.text("state").startsWith("a standby")) {
            return CheckStatus.DOWN;
        }
        return facts.number("lag_seconds") > LAG_SECONDS || facts.number("lag_bytes") > LAG_BYTES
                ? CheckStatus.DEGRADED
                : CheckStatus.OK;
    }
}
