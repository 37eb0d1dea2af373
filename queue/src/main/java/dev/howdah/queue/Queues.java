package dev.howdah.queue;

import dev.howdah.postgres.Database;
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
        SELECT name, paused_at, concurrency, rate, burst,
               (SELECT count(*) FROM tasks WHERE queue = name AND state = 'queued') AS queued,
               (SELECT count(*) FROM tasks WHERE queue = name AND state = 'started') AS started,
               (SELECT extract(epoch FROM now() - min(run_at)) * 1000
                  FROM tasks
                 WHERE queue = name AND state = 'queued' AND run_at <= now()) AS oldest_wait_ms
          FROM queues
         WHERE :name::text IS NULL OR name = :name
         ORDER BY name
        """;

    static final String PAUSE = """
        UPDATE queues
           SET paused_at = COALESCE(paused_at, now())
         WHERE name = :name
        """;

    static final String RESUME = """
        UPDATE queues
           SET paused_at = NULL
         WHERE name = :name
        """;

    /** A new rate begins with a full bucket. */
    static final String LIMIT = """
        INSERT INTO queues (name, concurrency, rate, burst, tokens)
        VALUES (:name, :concurrency::int, :rate::float8, :burst::int, COALESCE(:burst::int, 0))
            ON CONFLICT (name) DO UPDATE
           SET concurrency = EXCLUDED.concurrency, rate = EXCLUDED.rate, burst = EXCLUDED.burst,
               tokens = EXCLUDED.tokens, refilled_at = now()
        """;

    private final Database database;

    public Queues(Database database) {
        this.database = database;
    }

    /**
     * A queue.
     *
     * @param pausedAt since when nothing is claimed from it
     * @param queued tasks that wait, due or not
     * @param started tasks that run
     * @param oldestWait how long the oldest one that may run has been waiting
     */
    public record Queue(String name, Optional<Instant> pausedAt, QueueLimits limits, long queued, long started,
            Optional<Duration> oldestWait) {}

    /** All queues by name. */
    public List<Queue> list() {
        return database.withHandle(handle -> select(handle, Optional.empty()));
    }

    /**
     * One queue.
     *
     * @throws NotFoundException if there is none of the name
     */
    public Queue get(String name) {
        return database.withHandle(handle -> select(handle, Optional.of(name))).stream().findFirst()
                .orElseThrow(() -> unknown(name));
    }

    /** Claims nothing from it until it is resumed; what runs goes on. */
    public Queue pause(String name) {
        return update(PAUSE, name);
    }

    /** Lets tasks be claimed again, and wakes workers. */
    public Queue resume(String name) {
        var queue = update(RESUME, name);
        database.notifications().wake(PostgresTaskQueue.TOPIC);
        return queue;
    }

    /** Sets all limits, also before the queue's first task; {@link QueueLimits#NONE} lifts them. */
    public Queue limit(String name, QueueLimits limits) {
        NewTask.checkQueue(name);
        database.withHandle(handle -> handle.createUpdate(LIMIT)
                .bind("name", name)
                .bind("concurrency", limits.concurrency().orElse(null))
                .bind("rate", limits.rate().orElse(null))
                .bind("burst", limits.burst().orElse(null))
                .execute());
        database.notifications().wake(PostgresTaskQueue.LIMITS_TOPIC);
        database.notifications().wake(PostgresTaskQueue.TOPIC);
        return get(name);
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
        return new Queue(row.getString("name"),
                Optional.ofNullable(row.getObject("paused_at", OffsetDateTime.class)).map(OffsetDateTime::toInstant),
                new QueueLimits(Optional.ofNullable(row.getObject("concurrency", Integer.class)),
                        Optional.ofNullable(row.getObject("rate", Double.class)),
                        Optional.ofNullable(row.getObject("burst", Integer.class))),
                row.getLong("queued"), row.getLong("started"), oldestWait);
    }
}
