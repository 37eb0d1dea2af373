package dev.howdah.queue;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.util.Optional;

/**
 * What the live tasks take on disk, and what keeps dead rows from being removed: a transaction that stays open, whoever it
 * belongs to, or a replication slot that nobody reads.
 *
 * @param liveRows estimated by the server
 * @param deadRows left by claims and completions, not yet removed; estimated by the server
 * @param tableBytes of the live tasks
 * @param indexBytes of their indexes
 * @param historyBytes of ended tasks, with indexes
 * @param oldestSnapshot how long the oldest open transaction has been holding back the removal of dead rows
 * @param holder who holds it: process id, application and state; absent if nobody can be named
 */
public record QueueStorage(long liveRows, long deadRows, long tableBytes, long indexBytes, long historyBytes,
        Duration oldestSnapshot, Optional<String> holder) {
    static final String READ = """
        WITH oldest AS (
          SELECT pid, application_name, state, now() - COALESCE(xact_start, query_start) AS age
            FROM pg_stat_activity
           WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid() AND backend_type <> 'walsender'
             AND COALESCE(xact_start, query_start) IS NOT NULL
             AND (datname = current_database() OR datname IS NULL)
           ORDER BY age(backend_xmin) DESC
           LIMIT 1)
        SELECT COALESCE(n_live_tup, 0) AS live_rows, COALESCE(n_dead_tup, 0) AS dead_rows,
               pg_table_size('tasks') AS table_bytes, pg_indexes_size('tasks') AS index_bytes,
               (SELECT COALESCE(sum(pg_total_relation_size(relid)), 0)
                  FROM pg_partition_tree('task_history'))::bigint AS history_bytes,
               COALESCE((SELECT date_part('epoch', oldest.age) * 1000 FROM oldest), 0)::bigint AS oldest_ms,
               (SELECT 'process ' || pid || ' of ' || COALESCE(NULLIF(application_name, ''), 'an unnamed application')
                       || ', ' || COALESCE(state, 'state unknown')
                  FROM oldest) AS holder
          FROM pg_stat_user_tables
         WHERE relid = 'tasks'::regclass
        """;

    /** How it is now. */
    public static QueueStorage of(Database database) {
        return database.withHandle(handle -> handle.createQuery(READ)
                .map((row, context) -> new QueueStorage(row.getLong("live_rows"), row.getLong("dead_rows"),
                        row.getLong("table_bytes"), row.getLong("index_bytes"), row.getLong("history_bytes"),
                        Duration.ofMillis(row.getLong("oldest_ms")), Optional.ofNullable(row.getString("holder"))))
                .one());
    }
}
