package dev.howdah.queue;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.StatementContext;
import tools.jackson.databind.json.JsonMapper;

/**
 * Schedules, and their firing. However many processes run {@link #runDue}, each firing enqueues one task: the task and
 * the schedule's next time commit together, under a lock of the schedule's row. Times are the database's. Thread-safe.
 */
public final class Schedules {
    /** What a wake-up for new schedules is called. */
    static final String TOPIC = "schedules";

    private static final String COLUMNS = """
        name, cron, every_ms, zone, catch_up, type, queue, priority, payload, max_attempts, timeout_ms, paused_at,
               next_run_at, last_run_at, last_task_id
        """;

    static final String LIST = "SELECT " + COLUMNS + """
          FROM schedules
         WHERE :name::text IS NULL OR name = :name
         ORDER BY name
        """;

    /** Waits for nobody: a schedule that another process fires now is not due for us. */
    static final String LOCK_DUE = "SELECT " + COLUMNS + """
               , now() AS db_now
          FROM schedules
         WHERE paused_at IS NULL AND next_run_at <= now()
         ORDER BY next_run_at
         LIMIT :limit
           FOR UPDATE SKIP LOCKED
        """;

    /** The time of the next firing moves only if the rhythm changed. */
    static final String PUT = """
        INSERT INTO schedules (name, cron, every_ms, zone, catch_up, type, queue, priority, payload, max_attempts,
               timeout_ms, next_run_at)
        VALUES (:name, :cron, :everyMillis, :zone, :catchUp, :type, :queue, :priority, :payload::jsonb, :maxAttempts,
               :timeoutMillis, :next)
            ON CONFLICT (name) DO UPDATE
           SET cron = EXCLUDED.cron, every_ms = EXCLUDED.every_ms, zone = EXCLUDED.zone,
               catch_up = EXCLUDED.catch_up, type = EXCLUDED.type, queue = EXCLUDED.queue,
               priority = EXCLUDED.priority, payload = EXCLUDED.payload, max_attempts = EXCLUDED.max_attempts,
               timeout_ms = EXCLUDED.timeout_ms,
               next_run_at = CASE WHEN (schedules.cron, schedules.every_ms, schedules.zone)
                                       IS NOT DISTINCT FROM (EXCLUDED.cron, EXCLUDED.every_ms, EXCLUDED.zone)
                                  THEN schedules.next_run_at ELSE EXCLUDED.next_run_at END
        """;

    static final String FIRED = """
        UPDATE schedules
           SET next_run_at = :next, last_run_at = COALESCE(:fired::timestamptz, last_run_at),
               last_task_id = COALESCE(:taskId::uuid, last_task_id)
         WHERE name = :name
        """;

    static final String PAUSE = """
        UPDATE schedules
           SET paused_at = COALESCE(paused_at, now())
         WHERE name = :name
        """;

    static final String RESUME = """
        UPDATE schedules
           SET paused_at = NULL
         WHERE name = :name
        """;

    static final String DELETE = """
        DELETE FROM schedules
         WHERE name = :name
        """;

    static final String UNTIL_NEXT = """
        SELECT extract(epoch FROM min(next_run_at) - now()) * 1000
          FROM schedules
         WHERE paused_at IS NULL
        """;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration LATE_MAX = Duration.ofMinutes(1);
    private static final int CATCH_UP_MAX = 1000;

    private final Database database;
    private final TaskQueue queue;

    public Schedules(Database database, TaskQueue queue) {
        this.database = database;
        this.queue = queue;
    }

    /**
     * A schedule as it stands.
     *
     * @param nextRunAt when it fires next, unless it is paused
     */
    public record Entry(Schedule schedule, Optional<Instant> pausedAt, Instant nextRunAt, Optional<Instant> lastRunAt,
            Optional<UUID> lastTaskId) {}

    /** Adds the schedule, or replaces the one of its name. */
    public Entry put(Schedule schedule) {
        database.useTransaction(tx -> {
            var now = tx.handle().createQuery("SELECT now()").mapTo(OffsetDateTime.class).one().toInstant();
            var task = schedule.task();
            tx.handle().createUpdate(PUT)
                    .bind("name", schedule.name())
                    .bind("cron", schedule.cron().orElse(null))
                    .bind("everyMillis", schedule.every().map(Duration::toMillis).orElse(null))
                    .bind("zone", schedule.zone().getId())
                    .bind("catchUp", label(schedule.catchUp()))
                    .bind("type", task.type())
                    .bind("queue", task.queue())
                    .bind("priority", task.priority())
                    .bind("payload", task.payload().toString())
                    .bind("maxAttempts", task.maxAttempts())
                    .bind("timeoutMillis", task.timeout().map(Duration::toMillis).orElse(null))
                    .bind("next", schedule.nextAfter(now).atOffset(ZoneOffset.UTC))
                    .execute();
            tx.afterCommit(() -> database.notifications().wake(TOPIC));
        });
        return get(schedule.name());
    }

    /** All schedules by name. */
    public List<Entry> list() {
        return select(Optional.empty());
    }

    /**
     * One schedule.
     *
     * @throws NotFoundException if there is none of the name
     */
    public Entry get(String name) {
        return select(Optional.of(name)).stream().findFirst().orElseThrow(() -> unknown(name));
    }

    /** Stops firing until it is resumed. */
    public Entry pause(String name) {
        update(PAUSE, name);
        return get(name);
    }

    /** Fires again; what was missed is treated as its catch-up says. */
    public Entry resume(String name) {
        update(RESUME, name);
        database.notifications().wake(TOPIC);
        return get(name);
    }

    /** Enqueues its task now, beside its rhythm. */
    public UUID trigger(String name) {
        return queue.enqueue(get(name).schedule().task());
    }

    /** Removes it; tasks that it enqueued stay. */
    public void delete(String name) {
        update(DELETE, name);
    }

    /**
     * Enqueues what is due.
     *
     * @param limit at most this many schedules
     * @return how many tasks were enqueued
     */
    public int runDue(int limit) {
        return database.inTransaction(tx -> {
            int enqueued = 0;
            var due = tx.handle().createQuery(LOCK_DUE).bind("limit", limit)
                    .map((row, context) -> new Due(read(row, context), time(row, "db_now").orElseThrow())).list();
            for (var one : due) {
                enqueued += fire(tx, one);
            }
            return enqueued;
        });
    }

    /** How long until something is due by the database's clock; negative if something is; absent if there is nothing. */
    Optional<Duration> untilNext() {
        return database.withHandle(handle -> handle.createQuery(UNTIL_NEXT).mapTo(Double.class).findOne())
                .map(millis -> Duration.ofMillis((long) Math.ceil(millis)));
    }

    private record Due(Entry entry, Instant now) {}

    private int fire(Transaction tx, Due due) {
        var schedule = due.entry.schedule();
        var missed = new ArrayList<Instant>();
        var next = due.entry.nextRunAt();
        while (!next.isAfter(due.now) && missed.size() < CATCH_UP_MAX) {
            missed.add(next);
            next = schedule.nextAfter(next);
        }
        if (schedule.catchUp() != Schedule.CatchUp.ALL && !next.isAfter(due.now)) {
            next = schedule.nextAfter(due.now); // far behind: the rest is not counted
        }
        var firings = switch (schedule.catchUp()) {
            case ALL -> missed;
            case ONE -> List.of(missed.getLast());
            case SKIP -> missed.stream().filter(time -> !time.isBefore(due.now.minus(LATE_MAX))).toList();
        };
        var ids = queue.enqueue(tx, firings.stream().map(time -> schedule.task()
                .withKey("schedule:" + schedule.name() + ":" + time)).toList());
        tx.handle().createUpdate(FIRED)
                .bind("name", schedule.name())
                .bind("next", next.atOffset(ZoneOffset.UTC))
                .bind("fired", firings.isEmpty() ? null : firings.getLast().atOffset(ZoneOffset.UTC))
                .bind("taskId", ids.isEmpty() ? null : ids.getLast())
                .execute();
        return ids.size();
    }

    private void update(String sql, String name) {
        if (database.withHandle(handle -> handle.createUpdate(sql).bind("name", name).execute()) == 0) {
            throw unknown(name);
        }
    }

    private List<Entry> select(Optional<String> name) {
        return database.read(handle -> handle.createQuery(LIST).bind("name", name.orElse(null))
                .map(Schedules::read).list());
    }

    private static NotFoundException unknown(String name) {
        return new NotFoundException("schedule-not-found", "there is no schedule \"" + name + "\"",
                "see: howdah schedules list");
    }

    private static Entry read(ResultSet row, StatementContext context) throws SQLException {
        var every = Optional.ofNullable(row.getObject("every_ms", Long.class)).map(Duration::ofMillis);
        var timeout = Optional.ofNullable(row.getObject("timeout_ms", Long.class)).map(Duration::ofMillis);
        var task = NewTask.of(row.getString("type"), JSON.readTree(row.getString("payload")))
                .withQueue(row.getString("queue")).withPriority(row.getInt("priority"))
                .withMaxAttempts(row.getInt("max_attempts"));
        return new Entry(new Schedule(row.getString("name"), Optional.ofNullable(row.getString("cron")), every,
                Cron.zone(row.getString("zone")),
                Schedule.CatchUp.valueOf(row.getString("catch_up").toUpperCase(Locale.ROOT)),
                timeout.map(task::withTimeout).orElse(task)), time(row, "paused_at"),
                time(row, "next_run_at").orElseThrow(), time(row, "last_run_at"),
                Optional.ofNullable(row.getObject("last_task_id", UUID.class)));
    }

    private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
