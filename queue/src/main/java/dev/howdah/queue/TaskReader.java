package dev.howdah.queue;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.QueueStatistics.Percentiles;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.StatementContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds and counts tasks, live and ended ones alike. */
final class TaskReader {
    private static final String COLUMNS = """
        id, type, queue, state, priority, payload, created_at, run_at, started_at, ended_at, worker, attempt,
               max_attempts, key, result, error, timeout_ms, progress, partition, waits_for
        """;

    static final String FIND = "SELECT " + COLUMNS + """
          FROM all_tasks
         WHERE id = ANY (:ids::uuid[])
        """;

    /** Ids are UUIDv7: their order is the order of creation. */
    static final String LIST = "SELECT " + COLUMNS + """
          FROM all_tasks
         WHERE id < COALESCE(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
           AND (cardinality(:states::text[]) = 0 OR state = ANY (:states::text[]))
           AND (:type::text IS NULL OR type = :type)
           AND (:queue::text IS NULL OR queue = :queue)
           AND (:partition::text IS NULL OR partition = :partition)
         ORDER BY id DESC
         LIMIT :limit
        """;

    /** The same by the index of those few that did not finish. */
    static final String LIST_UNFINISHED = "SELECT " + COLUMNS + """
          FROM all_tasks
         WHERE id < COALESCE(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
           AND state <> 'finished' AND state = ANY (:states::text[])
           AND (:type::text IS NULL OR type = :type)
           AND (:queue::text IS NULL OR queue = :queue)
           AND (:partition::text IS NULL OR partition = :partition)
         ORDER BY id DESC
         LIMIT :limit
        """;

    static final String ATTEMPTS = """
        SELECT attempt, outcome, worker, started_at, ended_at, NULL::jsonb AS result, error
          FROM task_attempts
         WHERE task_id = :id
         UNION ALL
        SELECT attempt, state, worker, started_at, ended_at, result,
               CASE WHEN state = 'cancelled' THEN COALESCE(error, 'cancelled by request') ELSE error END
          FROM task_history
         WHERE id = :id
         ORDER BY ended_at, attempt
        """;

    static final String LOG = """
        SELECT id, attempt, at, line
          FROM task_log
         WHERE task_id = :id AND id > :after
         ORDER BY id
         LIMIT :limit
        """;

    /** Exact up to the bound, behind it the planner's estimate: counting millions would take seconds. */
    static final String COUNT_BY_STATE = """
        SELECT state, count(*) AS tasks
          FROM (SELECT state FROM tasks LIMIT :bound) AS live
         GROUP BY state
         UNION ALL
        SELECT state, count(*)
          FROM (SELECT state FROM task_history WHERE state <> 'finished' LIMIT :bound) AS ended
         GROUP BY state
         UNION ALL
        SELECT 'finished', count(*)
          FROM (SELECT FROM task_history WHERE state = 'finished' LIMIT :bound) AS finished
        """;

    static final String ESTIMATE = """
        SELECT (SELECT GREATEST(sum(reltuples), 0)::bigint FROM pg_class WHERE oid = 'tasks'::regclass) AS live,
               (SELECT GREATEST(sum(GREATEST(reltuples, 0)), 0)::bigint
                  FROM pg_class
                  JOIN pg_inherits ON inhrelid = pg_class.oid
                 WHERE inhparent = 'task_history'::regclass) AS ended
        """;

    static final String COUNT_BY_TYPE = """
        SELECT type, count(*) AS tasks
          FROM (SELECT type
                  FROM all_tasks
                 WHERE id > :since::uuid
                 ORDER BY id DESC
                 LIMIT :bound) AS newest
         GROUP BY type
        """;

    static final String TIMES = """
        WITH newest AS MATERIALIZED (
          SELECT date_part('epoch', started_at - GREATEST(run_at, created_at)) * 1000 AS wait_ms,
                 date_part('epoch', ended_at - started_at) * 1000 AS run_ms
            FROM (SELECT created_at, run_at, started_at, ended_at, state
                    FROM task_history
                   ORDER BY id DESC
                   LIMIT 1000) AS ended
           WHERE state = 'finished')
        SELECT (SELECT avg(run_ms) FROM newest) AS average_ms,
               (SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY wait_ms) FROM newest) AS waits_ms,
               (SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY run_ms) FROM newest) AS runs_ms,
               (SELECT date_part('epoch', now() - min(head.since)) * 1000
                  FROM lanes
                 CROSS JOIN LATERAL (SELECT GREATEST(run_at, created_at) AS since
                                       FROM tasks
                                      WHERE queue = lanes.queue AND priority = lanes.priority AND ready
                                        AND state = 'queued'
                                      ORDER BY position
                                      LIMIT 1) AS head) AS oldest_wait_ms,
               (SELECT count(*)
                  FROM (SELECT
                          FROM task_history
                         WHERE state = 'finished' AND ended_at > now() - interval '1 minute'
                         LIMIT :bound) AS finished) AS finished_last_minute
        """;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LINES_MAX = 1000;
    private static final int COUNT_BOUND = 100_000;
    private static final Duration BY_TYPE = Duration.ofHours(24);

    private final Database database;
    private final PayloadCodec codec;

    TaskReader(Database database, PayloadCodec codec) {
        this.database = database;
        this.codec = codec;
    }

    List<Task> find(Collection<UUID> ids) {
        return database.read(handle -> handle.createQuery(FIND)
                .bind("ids", ids.toArray(UUID[]::new))
                .map(this::task)
                .list());
    }

    TaskPage list(TaskFilter filter) {
        boolean unfinished = !filter.states().isEmpty() && !filter.states().contains(TaskState.FINISHED);
        var tasks = database.read(handle -> handle.createQuery(unfinished ? LIST_UNFINISHED : LIST)
                .bind("before", filter.cursor().map(TaskReader::cursor).orElse(null))
                .bind("states", filter.states().stream().map(PostgresTaskQueue::label).toArray(String[]::new))
                .bind("type", filter.type().orElse(null))
                .bind("queue", filter.queue().orElse(null))
                .bind("partition", filter.partition().orElse(null))
                .bind("limit", filter.limit() + 1) // one more tells whether there is a next page
                .map(this::task)
                .list());
        if (tasks.size() <= filter.limit()) {
            return new TaskPage(tasks, Optional.empty());
        }
        var page = tasks.subList(0, filter.limit());
        return new TaskPage(page, Optional.of(page.getLast().id().toString()));
    }

    List<TaskAttempt> attempts(UUID id) {
        return database.read(handle -> handle.createQuery(ATTEMPTS).bind("id", id).map(this::attempt).list());
    }

    List<TaskReport.Line> log(UUID id, long after, int limit) {
        if (limit < 1 || limit > LINES_MAX) {
            throw new InvalidInputException("task-log-invalid", "limit", limit + " is out of range",
                    "use 1 to " + LINES_MAX);
        }
        return database.read(handle -> handle.createQuery(LOG).bind("id", id).bind("after", after)
                .bind("limit", limit).map((row, context) -> new TaskReport.Line(row.getLong("id"),
                        row.getInt("attempt"), instant(row, "at").orElseThrow(), row.getString("line")))
                .list());
    }

    QueueStatistics statistics() {
        return database.read(handle -> {
            var byState = new EnumMap<TaskState, Long>(TaskState.class);
            for (var state : TaskState.values()) {
                byState.put(state, 0L);
            }
            handle.createQuery(COUNT_BY_STATE).bind("bound", COUNT_BOUND).map((row, context) -> byState.merge(
                    TaskState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)), row.getLong("tasks"),
                    Long::sum)).list();
            handle.createQuery(ESTIMATE).map((row, context) -> {
                scaleUp(byState, TaskState.QUEUED, byState.getOrDefault(TaskState.STARTED, 0L), row.getLong("live"));
                scaleUp(byState, TaskState.FINISHED, byState.getOrDefault(TaskState.FAILED, 0L)
                        + byState.getOrDefault(TaskState.CANCELLED, 0L), row.getLong("ended"));
                return true;
            }).one();
            var byType = new HashMap<String, Long>();
            handle.createQuery(COUNT_BY_TYPE).bind("since", firstId(BY_TYPE)).bind("bound", COUNT_BOUND)
                    .map((row, context) -> {
                        byType.put(row.getString("type"), row.getLong("tasks"));
                        return true;
                    }).list();
            return handle.createQuery(TIMES).bind("bound", COUNT_BOUND).map((row, context) -> new QueueStatistics(
                    byState, byType, millis(row, "average_ms"), millis(row, "oldest_wait_ms"),
                    row.getLong("finished_last_minute"), percentiles(row, "waits_ms"), percentiles(row, "runs_ms")))
                    .one();
        });
    }

    /** The least UUIDv7 of a time ago. */
    private static UUID firstId(Duration ago) {
        return new UUID((System.currentTimeMillis() - ago.toMillis()) << 16, 0);
    }

    private static void scaleUp(EnumMap<TaskState, Long> byState, TaskState state, long others, long estimate) {
        byState.computeIfPresent(state, (key, counted) -> counted + others < COUNT_BOUND
                ? counted
                : Math.max(counted, estimate - others));
    }

    private static UUID cursor(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("task-filter-invalid", "cursor", "\"" + text + "\" is no cursor",
                    "use the value of \"next\" of the page before");
        }
    }

    private Task task(ResultSet row, StatementContext context) throws SQLException {
        return new Task(row.getObject("id", UUID.class), row.getString("type"), row.getString("queue"),
                TaskState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)), row.getInt("priority"),
                json(row.getString("payload")), instant(row, "created_at").orElseThrow(),
                instant(row, "run_at").orElseThrow(), instant(row, "started_at"), instant(row, "ended_at"),
                Optional.ofNullable(row.getString("worker")), row.getInt("attempt"), row.getInt("max_attempts"),
                Optional.ofNullable(row.getString("key")), Optional.ofNullable(row.getString("result")).map(this::json),
                Optional.ofNullable(row.getString("error")),
                Optional.ofNullable(row.getObject("timeout_ms", Long.class)).map(Duration::ofMillis),
                Optional.ofNullable(row.getString("progress")).map(JSON::readTree),
                Optional.ofNullable(row.getString("partition")), row.getInt("waits_for"));
    }

    private TaskAttempt attempt(ResultSet row, StatementContext context) throws SQLException {
        var startedAt = instant(row, "started_at");
        var endedAt = instant(row, "ended_at").orElseThrow();
        return new TaskAttempt(row.getInt("attempt"),
                TaskAttempt.Outcome.valueOf(row.getString("outcome").toUpperCase(Locale.ROOT)),
                Optional.ofNullable(row.getString("worker")), startedAt, endedAt,
                startedAt.map(start -> Duration.between(start, endedAt)),
                Optional.ofNullable(row.getString("result")).map(this::json),
                Optional.ofNullable(row.getString("error")));
    }

    private JsonNode json(String stored) {
        return JSON.readTree(codec.decode(stored));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static Optional<Duration> millis(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? Optional.empty() : Optional.of(millis(value));
    }

    private static Optional<Percentiles> percentiles(ResultSet row, String column) throws SQLException {
        var array = row.getArray(column);
        if (array == null) {
            return Optional.empty();
        }
        var values = (Double[]) array.getArray();
        return Optional.of(new Percentiles(millis(values[0]), millis(values[1]), millis(values[2])));
    }

    private static Duration millis(double value) {
        return Duration.ofNanos((long) (Math.max(value, 0) * 1e6));
    }
}
