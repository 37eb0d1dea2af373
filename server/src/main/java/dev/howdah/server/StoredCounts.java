package dev.howdah.server;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseActivity;
import dev.howdah.postgres.Migrator;
import dev.howdah.queue.TaskState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the database tells for {@code /metrics}: counts over rows of all modules, here in one place because only the metrics
 * want them, each by an index that leaves out what has ended, or as the server's own estimate.
 */
final class StoredCounts {
    static final String EXECUTIONS = """
        SELECT status AS label, count(*) AS number
          FROM workflow_executions
         WHERE completed_at IS NULL
         GROUP BY status
        """;

    static final String AGENT_TASKS = """
        SELECT state AS label, count(*) AS number
          FROM agent_tasks
         WHERE ended_at IS NULL
         GROUP BY state
        """;

    static final String PUSH_DELIVERIES = """
        SELECT 'pending' AS label, count(*) AS number FROM push_deliveries WHERE state = 'pending'
         UNION ALL
        SELECT 'dead', count(*) FROM push_deliveries WHERE state = 'dead'
        """;

    static final String IMPORTS = """
        SELECT state AS label, count(*) AS number
          FROM imports
         GROUP BY state
        """;

    /** Up to a million: beyond that it matters little how many there are, and counting them would. */
    static final String SESSIONS = """
        SELECT 'active' AS label, count(*) AS number
          FROM (SELECT FROM sessions WHERE ended_at IS NULL AND expires_at > now() LIMIT 1000000) AS bounded
        """;

    static final String ESTIMATES = """
        SELECT 'entries' AS label, GREATEST(reltuples, 0)::bigint AS number
          FROM pg_class
         WHERE oid = 'search_entries'::regclass
         UNION ALL
        SELECT 'documents', COALESCE(sum(GREATEST(pg_class.reltuples, 0)), 0)::bigint
          FROM pg_partition_tree('documents') AS parts
          JOIN pg_class ON pg_class.oid = parts.relid
         WHERE parts.isleaf
        """;

    /** Each collection's first change that readers of the feed do not get yet, by the index that they read by. */
    static final String CHANGES_HELD = """
        SELECT COALESCE(extract(epoch FROM now() - min(held.at)), 0)
          FROM document_collections AS collections
         CROSS JOIN LATERAL (SELECT at
                               FROM document_changes
                              WHERE document_changes.collection = collections.number
                                AND tx >= pg_snapshot_xmin(pg_current_snapshot())
                              ORDER BY tx, seq
                              LIMIT 1) AS held
        """;

    static final String CACHES = """
        SELECT name, hits, misses, evictions, entries, bytes
          FROM caches
          JOIN cache_statistics ON cache_statistics.cache = caches.id
         ORDER BY bytes DESC, name
         LIMIT :limit
        """;

    static final String BACKUPS = """
        SELECT extract(epoch FROM now() - (SELECT max(ended_at) FROM backups WHERE state = 'finished')) AS backup_age,
               extract(epoch FROM now() - max(ended_at) FILTER (WHERE state = 'passed')) AS drill_age,
               COALESCE((array_agg(state ORDER BY id DESC))[1] = 'failed', false) AS drill_failed
          FROM drills
        """;

    private final Howdah howdah;
    private final Database database;

    StoredCounts(Howdah howdah) {
        this.howdah = howdah;
        this.database = howdah.database();
    }

    void addTo(MetricReadings readings) {
        readings.add("database", this::activity);
        readings.add("migrations", this::migrations);
        readings.add("queue", this::queue);
        if (!howdah.isQueueInRedis()) {
            readings.add("queues", this::queues);
        }
        readings.add("workflows", reading -> labelled(reading, EXECUTIONS, "howdah.workflow.executions", "status"));
        readings.add("agents", reading -> {
            labelled(reading, AGENT_TASKS, "howdah.agent.tasks", "state");
            labelled(reading, PUSH_DELIVERIES, "howdah.push.deliveries", "state");
        });
        readings.add("caches", this::caches);
        readings.add("data", this::data);
        readings.add("backups", this::backups);
    }

    private void activity(MetricReadings.Reading reading) {
        var activity = DatabaseActivity.of(database);
        activity.connectionsByState().forEach((state, connections) -> reading.gauge("howdah.db.connections",
                connections, "state", state));
        reading.gauge("howdah.db.connections.max", activity.connectionsMax())
                .gauge("howdah.db.transaction.oldest.seconds", seconds(activity.oldestTransaction()))
                .gauge("howdah.db.xmin.age", activity.oldestXmin())
                .gauge("howdah.db.transaction.age", activity.transactionAge())
                .gauge("howdah.db.size.bytes", activity.databaseBytes())
                .gauge("howdah.db.cache.hit.ratio", activity.cacheHitRatio())
                .gauge("howdah.db.replicas", activity.replicas())
                .gauge("howdah.db.replication.lag.seconds", seconds(activity.replicationLag()));
        activity.tables().forEach(table -> reading.gauge("howdah.db.table.rows.dead", table.deadRows(), "table",
                table.name()));
    }

    private void migrations(MetricReadings.Reading reading) {
        Migrator migrator = howdah.migrator();
        var status = migrator.status();
        reading.gauge("howdah.migrations.version", status.version()).gauge("howdah.migrations.pending",
                status.pending().size());
    }

    private void queue(MetricReadings.Reading reading) {
        var statistics = howdah.queue().statistics();
        for (var state : TaskState.values()) {
            reading.gauge("howdah.queue.depth", statistics.byState().getOrDefault(state, 0L), "state",
                    TaskViews.label(state));
        }
        reading.gauge("howdah.queue.oldest.wait.seconds", seconds(statistics.oldestWait().orElse(Duration.ZERO)));
        var storage = howdah.storage();
        reading.gauge("howdah.queue.rows.dead", storage.deadRows()).gauge("howdah.queue.snapshot.age.seconds",
                seconds(storage.oldestSnapshot()));
    }

    /** Those with the most tasks, if there are more than are shown. */
    private void queues(MetricReadings.Reading reading) {
        howdah.queues().list().stream()
                .sorted((a, b) -> Long.compare(b.queued() + b.started(), a.queued() + a.started()))
                .limit(MetricReadings.ROWS_MAX / 2).forEach(queue -> reading
                        .gauge("howdah.queue.tasks", queue.queued(), "queue", queue.name(), "state", "queued")
                        .gauge("howdah.queue.tasks", queue.started(), "queue", queue.name(), "state", "started")
                        .gauge("howdah.queue.oldest.ready.seconds",
                                seconds(queue.oldestWait().orElse(Duration.ZERO)), "queue", queue.name()));
    }

    private void caches(MetricReadings.Reading reading) {
        record Line(String name, long hits, long misses, long evictions, long entries, long bytes) {}
        var lines = database.withHandle(handle -> handle.createQuery(CACHES).bind("limit", MetricReadings.ROWS_MAX)
                .map((row, context) -> new Line(row.getString("name"), row.getLong("hits"), row.getLong("misses"),
                        row.getLong("evictions"), row.getLong("entries"), row.getLong("bytes")))
                .list());
        for (var cache : lines) {
            reading.counter("howdah.cache.hits", cache.hits, "cache", cache.name)
                    .counter("howdah.cache.misses", cache.misses, "cache", cache.name)
                    .counter("howdah.cache.evictions", cache.evictions, "cache", cache.name)
                    .gauge("howdah.cache.entries", cache.entries, "cache", cache.name)
                    .gauge("howdah.cache.bytes", cache.bytes, "cache", cache.name);
        }
    }

    private void data(MetricReadings.Reading reading) {
        labelled(reading, IMPORTS, "howdah.imports", "state");
        var estimates = read(ESTIMATES);
        reading.gauge("howdah.sessions.active", read(SESSIONS).getOrDefault("active", 0L))
                .gauge("howdah.knowledge.entries", estimates.getOrDefault("entries", 0L))
                .gauge("howdah.documents", estimates.getOrDefault("documents", 0L))
                .gauge("howdah.documents.changes.held.seconds", database.withHandle(handle -> handle
                        .createQuery(CHANGES_HELD).mapTo(Double.class).one()));
    }

    private void backups(MetricReadings.Reading reading) {
        database.withHandle(handle -> handle.createQuery(BACKUPS).map((row, context) -> reading
                .gauge("howdah.backup.age.seconds", age(row, "backup_age"))
                .gauge("howdah.backup.drill.age.seconds", age(row, "drill_age"))
                .gauge("howdah.backup.drill.failed", row.getBoolean("drill_failed") ? 1 : 0)).one());
    }

    private static double age(ResultSet row, String column) throws SQLException {
        double age = row.getDouble(column);
        return row.wasNull() ? Double.NaN : age;
    }

    private void labelled(MetricReadings.Reading reading, String sql, String metric, String label) {
        read(sql).forEach((value, number) -> reading.gauge(metric, number, label, value));
    }

    private Map<String, Long> read(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql)
                .map((row, context) -> Map.entry(Optional.ofNullable(row.getString("label")).orElse(""),
                        row.getLong("number")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
