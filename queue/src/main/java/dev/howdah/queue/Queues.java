package dev.howdah.queue;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** The queues by name: how they stand, pause and resume, limits. A queue exists from its first task on. Thread-safe. */
public final class Queues {
    static final String LIST = """
        SELECT name, paused_at, draining_at, concurrency, rate, burst, partition_concurrency, partition_rate, partition_burst,
               ageing_ms, sync_commit,
               (SELECT count(*)
                  FROM (SELECT FROM tasks WHERE queue = name AND state = 'queued' LIMIT 1000000) AS bounded) AS queued,
               (SELECT count(*)
                  FROM claims
                 CROSS JOIN LATERAL unnest(claims.tasks) AS held (id)
                  JOIN tasks ON tasks.id = held.id AND tasks.claim_id = claims.id AND tasks.queue = name) AS started,
               (SELECT date_part('epoch', now() - min(head.since)) * 1000
                  FROM lanes
                 CROSS JOIN LATERAL (SELECT GREATEST(run_at, created_at) AS since
                                       FROM tasks
                                      WHERE queue = name AND priority = lanes.priority AND ready AND state = 'queued'
                                      ORDER BY position
                                      LIMIT 1) AS head
                 WHERE lanes.queue = name) AS oldest_wait_ms
          FROM queues
         WHERE :name::text IS NULL OR name = :name
         ORDER BY name
        """;

    static final String PAUSE = """
        UPDATE queues
           SET paused_at = COALESCE(paused_at, now())
         WHERE name = :name
        """;

    static final String DRAIN = """
        UPDATE queues
           SET draining_at = COALESCE(draining_at, now())
         WHERE name = :name
        """;

    static final String RESUME = """
        UPDATE queues
           SET paused_at = NULL, draining_at = NULL
         WHERE name = :name
        """;

    /** A new rate begins with a full bucket. */
    static final String SET = """
        INSERT INTO queues (name, concurrency, rate, burst, tokens, partition_concurrency, partition_rate,
                            partition_burst, ageing_ms, sync_commit)
        VALUES (:name, :concurrency::int, :rate::float8, :burst::int, COALESCE(:burst::int, 0),
                :partitionConcurrency::int, :partitionRate::float8, :partitionBurst::int, :ageingMillis::bigint, :durable)
            ON CONFLICT (name) DO UPDATE
           SET concurrency = EXCLUDED.concurrency, rate = EXCLUDED.rate, burst = EXCLUDED.burst,
               tokens = EXCLUDED.tokens, refilled_at = now(), partition_concurrency = EXCLUDED.partition_concurrency,
               partition_rate = EXCLUDED.partition_rate, partition_burst = EXCLUDED.partition_burst,
               ageing_ms = EXCLUDED.ageing_ms, sync_commit = EXCLUDED.sync_commit
        """;

    /** The name under which what limits all queues together stands. */
    public static final String ALL = "*";

    private final Database database;

    public Queues(Database database) {
        this.database = database;
    }

    /**
     * A queue.
     *
     * @param pausedAt since when nothing is claimed from it
     * @param drainingAt since when it takes no new tasks
     * @param queued tasks that wait, due or not
     * @param started tasks that run
     * @param oldestWait how long the oldest one that may run has been waiting
     */
    public record Queue(String name, Optional<Instant> pausedAt, Optional<Instant> drainingAt,
            QueueOptions options, long queued, long started, Optional<Duration> oldestWait) {}

    /** All queues by name. */
    public List<Queue> list() {
        return database.read(handle -> select(handle, Optional.empty()));
    }

    /**
     * One queue.
     *
     * @throws NotFoundException if there is none of the name
     */
    public Queue get(String name) {
        return database.read(handle -> select(handle, Optional.of(name))).stream().findFirst()
                .orElseThrow(() -> unknown(name));
    }

    /** Claims nothing from it until it is resumed; what runs goes on. */
    public Queue pause(String name) {
        return update(PAUSE, name);
    }

    /** Lets tasks be claimed again, and wakes workers. */
    public Queue resume(String name) {
        var queue = update(RESUME, name);
        database.notifications().wake(QueueRules.TOPIC);
        database.notifications().wake(PostgresTaskQueue.TOPIC);
        return queue;
    }

    /** Takes no new tasks until it is resumed; what is in it runs. Every process knows within five seconds. */
    public Queue drain(String name) {
        var queue = update(DRAIN, name);
        database.notifications().wake(QueueRules.TOPIC);
        return queue;
    }

    /** Sets all options, also before the queue's first task; {@link QueueOptions#NONE} lifts them. */
    public Queue set(String name, QueueOptions options) {
        if (!name.equals(ALL)) {
            NewTask.checkQueue(name);
        } else if (!options.equals(QueueOptions.NONE.withLimits(options.limits()))) {
            throw new InvalidInputException("queue-options-invalid", "name", "all queues together can have limits only",
                    "set partition limits, ageing and durability for each queue");
        }
        database.withHandle(handle -> handle.createUpdate(SET)
                .bind("name", name)
                .bind("concurrency", options.limits().concurrency().orElse(null))
                .bind("rate", options.limits().rate().orElse(null))
                .bind("burst", options.limits().burst().orElse(null))
                .bind("partitionConcurrency", options.partitionLimits().concurrency().orElse(null))
                .bind("partitionRate", options.partitionLimits().rate().orElse(null))
                .bind("partitionBurst", options.partitionLimits().burst().orElse(null))
                .bind("ageingMillis", options.ageing().map(Duration::toMillis).orElse(null))
                .bind("durable", options.durable())
                .execute());
        database.notifications().wake(QueueRules.TOPIC);
        database.notifications().wake(PostgresTaskQueue.TOPIC);
        return get(name);
    }

    /** Sets the limits of the queue as a whole, and lifts all else. */
    public Queue limit(String name, QueueLimits limits) {
        return set(name, QueueOptions.NONE.withLimits(limits));
    }

    private Queue update(String sql, String name) {
        if (database.withHandle(handle -> handle.createUpdate(sql).bind("name", name).execute()) == 0) {
            throw unknown(name);
        }
        return get(name);
    }

    private static NotFoundException unknown(String name) {
        return new NotFoundException("queue-not-found", "there is no queue \"" + name + "\"",
                "a queue exists from its first task on; see: howdah queues list");
    }

    private static List<Queue> select(Handle handle, Optional<String> name) {
        return handle.createQuery(LIST).bind("name", name.orElse(null)).map(Queues::read).list();
    }

    private static Queue read(ResultSet row, StatementContext context) throws SQLException {
        double wait = row.getDouble("oldest_wait_ms");
        var oldestWait = row.wasNull() ? Optional.<Duration>empty() : Optional.of(Duration.ofMillis((long) wait));
        return new Queue(row.getString("name"), instant(row, "paused_at"), instant(row, "draining_at"),
                new QueueOptions(limits(row, ""), limits(row, "partition_"),
                        Optional.ofNullable(row.getObject("ageing_ms", Long.class)).map(Duration::ofMillis),
                        row.getBoolean("sync_commit")),
                row.getLong("queued"), row.getLong("started"), oldestWait);
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static QueueLimits limits(ResultSet row, String prefix) throws SQLException {
        return new QueueLimits(Optional.ofNullable(row.getObject(prefix + "concurrency", Integer.class)),
                Optional.ofNullable(row.getObject(prefix + "rate", Double.class)),
                Optional.ofNullable(row.getObject(prefix + "burst", Integer.class)));
    }
}
