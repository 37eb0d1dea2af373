package dev.howdah.queue;

import dev.howdah.postgres.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The processes that run tasks, and what they run: those of {@link Worker}, which say every few seconds that they are there,
 * and those of which only claims are known, such as workers over HTTP or SQL. Thread-safe.
 */
public final class Workers {
    static final String SEEN = """
        INSERT INTO workers (id, types, concurrency)
        VALUES (:id, :types, :concurrency)
            ON CONFLICT (id) DO UPDATE
           SET types = EXCLUDED.types, concurrency = EXCLUDED.concurrency, seen_at = now()
        """;

    static final String LEFT = """
        DELETE FROM workers
         WHERE id = :id
        """;

    static final String FORGET = """
        DELETE FROM workers
         WHERE seen_at < now() - :ageMillis * interval '1 ms'
        """;

    /** Of each worker the tasks that have run longest. */
    static final String LIST = """
        WITH running AS MATERIALIZED (
          SELECT claims.worker, tasks.id, tasks.type, tasks.queue, tasks.attempt, tasks.started_at, tasks.progress,
                 count(*) OVER (PARTITION BY claims.worker) AS tasks,
                 row_number() OVER (PARTITION BY claims.worker ORDER BY tasks.started_at, tasks.id) AS place
            FROM tasks
            JOIN claims ON claims.id = tasks.claim_id
           WHERE tasks.id = ANY (ARRAY (SELECT unnest(claims.tasks) FROM claims)))
        SELECT COALESCE(workers.id, running.worker) AS worker, workers.types, workers.concurrency,
               workers.started_at AS worker_started_at, workers.seen_at, COALESCE(running.tasks, 0) AS tasks,
               running.id, running.type, running.queue, running.attempt, running.started_at, running.progress
          FROM workers
          FULL JOIN running ON running.worker = workers.id
         WHERE COALESCE(running.place, 1) <= :most
         ORDER BY worker, running.place
        """;

    /** A worker that was not heard of for so long has been killed. */
    static final Duration FORGET_AFTER = Duration.ofHours(1);

    /** Of each lane the task that waits at its head, if it has for a while and none of our workers takes its type. */
    static final String UNSERVED = """
        SELECT lanes.queue, head.type, date_part('epoch', now() - min(head.since)) * 1000 AS wait_ms
          FROM lanes
         CROSS JOIN LATERAL (SELECT type, GREATEST(run_at, created_at) AS since
                               FROM tasks
                              WHERE queue = lanes.queue AND priority = lanes.priority AND ready AND state = 'queued'
                              ORDER BY position
                              LIMIT 1) AS head
         WHERE head.since < now() - :waitMillis * interval '1 ms'
           AND NOT EXISTS (SELECT
                             FROM workers
                            WHERE head.type = ANY (workers.types)
                              AND workers.seen_at > now() - :silentMillis * interval '1 ms')
         GROUP BY lanes.queue, head.type
         ORDER BY lanes.queue, head.type
        """;

    private static final Duration UNSERVED_AFTER = Duration.ofMinutes(1);
    private static final Duration SILENT_AFTER = Duration.ofSeconds(45);
    private static final int TASKS_MAX = 20;

    private final Database database;

    public Workers(Database database) {
        this.database = database;
    }

    /**
     * A task in a worker's hands.
     *
     * @param progress what its handler told last: {@code {"percent", "message"}}
     */
    public record RunningTask(UUID id, String type, String queue, int attempt, Instant startedAt,
            Optional<JsonNode> progress) {}

    /**
     * A worker.
     *
     * @param info absent if only its claims are known
     * @param seenAt when it was last heard of
     * @param running how many tasks it has
     * @param tasks those that have run longest, 20 at most
     */
    public record WorkerView(String id, Optional<WorkerInfo> info, Optional<Instant> startedAt,
            Optional<Instant> seenAt, long running, List<RunningTask> tasks) {}

    /** All of them, by name. */
    public List<WorkerView> list() {
        var views = new LinkedHashMap<String, WorkerView>();
        database.read(handle -> handle.createQuery(LIST).bind("most", TASKS_MAX).map((row, context) -> {
            var view = views.computeIfAbsent(row.getString("worker"), id -> worker(id, row));
            if (row.getObject("id", UUID.class) != null) {
                view.tasks.add(task(row));
            }
            return view.id;
        }).list());
        return List.copyOf(views.values());
    }

    /**
     * A type of task that waits in a queue though no worker is known to have a handler for it.
     *
     * @param waited how long the first of them has
     */
    public record Unserved(String queue, String type, Duration waited) {}

    /**
     * Types that wait for more than a minute at the head of a queue while no {@link Worker} takes them. Workers over HTTP or
     * SQL are not known to take a type before they claim one.
     */
    public List<Unserved> unserved() {
        return database.read(handle -> handle.createQuery(UNSERVED)
                .bind("waitMillis", UNSERVED_AFTER.toMillis())
                .bind("silentMillis", SILENT_AFTER.toMillis())
                .map((row, context) -> new Unserved(row.getString("queue"), row.getString("type"),
                        Duration.ofMillis((long) row.getDouble("wait_ms"))))
                .list());
    }

    void seen(WorkerInfo worker) {
        database.withHandle(handle -> handle.createUpdate(SEEN)
                .bind("id", worker.id())
                .bind("types", worker.types().toArray(String[]::new))
                .bind("concurrency", worker.concurrency())
                .execute());
    }

    void left(String id) {
        database.withHandle(handle -> handle.createUpdate(LEFT).bind("id", id).execute());
    }

    void forgetLongGone() {
        database.withHandle(handle -> handle.createUpdate(FORGET).bind("ageMillis", FORGET_AFTER.toMillis()).execute());
    }

    private static WorkerView worker(String id, ResultSet row) {
        try {
            var types = row.getArray("types");
            return new WorkerView(id, types == null
                    ? Optional.empty()
                    : Optional.of(new WorkerInfo(id, Set.of((String[]) types.getArray()), row.getInt("concurrency"))),
                    time(row, "worker_started_at"), time(row, "seen_at"), row.getLong("tasks"), new ArrayList<>());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RunningTask task(ResultSet row) throws SQLException {
        return new RunningTask(row.getObject("id", UUID.class), row.getString("type"), row.getString("queue"),
                row.getInt("attempt"), time(row, "started_at").orElseThrow(),
                Optional.ofNullable(row.getString("progress")).map(JsonMapper.shared()::readTree));
    }

    private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        @Nullable
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return Optional.ofNullable(time).map(OffsetDateTime::toInstant);
    }
}
