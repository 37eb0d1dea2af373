package dev.howdah.queue;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Throughput and latency by minute. Counted in memory, since a row that every completion updates would be the busiest of
 * the database, and written every few seconds as rows of their own; a process that is killed takes its last seconds along.
 * Thread-safe.
 */
public final class TaskRates {
    static final String STORE = """
        INSERT INTO task_rates (minute, queue, finished, failed, retried, wait_ms, run_ms, run_ms_max)
        SELECT date_trunc('minute', now()), queue, finished, failed, retried, wait_ms, run_ms, run_ms_max
          FROM unnest(:queues::text[], :finished::bigint[], :failed::bigint[], :retried::bigint[], :waits::bigint[],
                      :runs::bigint[], :longest::bigint[])
               AS given (queue, finished, failed, retried, wait_ms, run_ms, run_ms_max)
        """;

    static final String SERIES = """
        SELECT minute, sum(finished) AS finished, sum(failed) AS failed, sum(retried) AS retried,
               sum(wait_ms)::float8 / NULLIF(sum(finished), 0) AS wait_ms,
               sum(run_ms)::float8 / NULLIF(sum(finished), 0) AS run_ms, max(run_ms_max) AS run_ms_max
          FROM task_rates
         WHERE minute > now() - :minutes * interval '1 minute'
           AND (:queue::text IS NULL OR queue = :queue)
         GROUP BY minute
         ORDER BY minute
        """;

    /** One row for each minute and queue, of those that nobody adds to any more. */
    static final String FOLD = """
        WITH folded AS (
          DELETE FROM task_rates
           WHERE minute < date_trunc('minute', now()) - interval '1 minute'
             AND minute IN (SELECT minute
                              FROM task_rates
                             WHERE minute < date_trunc('minute', now()) - interval '1 minute'
                             GROUP BY minute, queue
                            HAVING count(*) > 1)
          RETURNING minute, queue, finished, failed, retried, wait_ms, run_ms, run_ms_max)
        INSERT INTO task_rates (minute, queue, finished, failed, retried, wait_ms, run_ms, run_ms_max)
        SELECT minute, queue, sum(finished), sum(failed), sum(retried), sum(wait_ms), sum(run_ms), max(run_ms_max)
          FROM folded
         GROUP BY minute, queue
        """;

    static final String FORGET = """
        DELETE FROM task_rates
         WHERE minute < now() - :ageMillis * interval '1 ms'
        """;

    private static final int MINUTES_MAX = 7 * 24 * 60;

    private final Database database;
    private final Map<String, Rate> counted = new HashMap<>();

    public TaskRates(Database database) {
        this.database = database;
    }

    /**
     * What happened in a queue for a time.
     *
     * @param failed for good
     * @param retried attempts after which the task went on
     * @param waitMillis of those that finished, from when they could run to their start, in total
     * @param runMillis of their last attempts, in total
     */
    record Rate(long finished, long failed, long retried, long waitMillis, long runMillis, long runMillisMax) {
        static final Rate FAILED = new Rate(0, 1, 0, 0, 0, 0);
        static final Rate RETRIED = new Rate(0, 0, 1, 0, 0, 0);

        Rate plus(Rate other) {
            return new Rate(finished + other.finished, failed + other.failed, retried + other.retried,
                    waitMillis + other.waitMillis, runMillis + other.runMillis,
                    Math.max(runMillisMax, other.runMillisMax));
        }
    }

    /**
     * A minute.
     *
     * @param waited of those that finished, from when they could run to their start, on average
     * @param ran of their last attempts, on average
     */
    public record Minute(Instant at, long finished, long failed, long retried, Optional<Duration> waited,
            Optional<Duration> ran, Duration runMax) {}

    /**
     * The last minutes in which something ended, oldest first.
     *
     * @param minutes how far back, 1 to 10,080
     * @param queue absent means all together
     */
    public List<Minute> last(int minutes, Optional<String> queue) {
        if (minutes < 1 || minutes > MINUTES_MAX) {
            throw new dev.howdah.postgres.InvalidInputException("task-rates-invalid", "minutes", minutes
                    + " is out of range", "use 1 to " + MINUTES_MAX);
        }
        store();
        return database.read(handle -> handle.createQuery(SERIES)
                .bind("minutes", minutes)
                .bind("queue", queue.orElse(null))
                .map((row, context) -> new Minute(row.getObject("minute", OffsetDateTime.class).toInstant(),
                        row.getLong("finished"), row.getLong("failed"), row.getLong("retried"),
                        Optional.ofNullable(row.getObject("wait_ms", Double.class)).map(TaskRates::millis),
                        Optional.ofNullable(row.getObject("run_ms", Double.class)).map(TaskRates::millis),
                        Duration.ofMillis(row.getLong("run_ms_max"))))
                .list());
    }

    synchronized void add(String queue, Rate rate) {
        counted.merge(queue, rate, Rate::plus);
    }

    /** Writes what was counted. */
    void store() {
        var rates = take();
        if (rates.isEmpty()) {
            return;
        }
        try {
            database.withHandle(handle -> handle.createUpdate(STORE)
                    .bind("queues", rates.keySet().toArray(String[]::new))
                    .bind("finished", rates.values().stream().map(Rate::finished).toArray(Long[]::new))
                    .bind("failed", rates.values().stream().map(Rate::failed).toArray(Long[]::new))
                    .bind("retried", rates.values().stream().map(Rate::retried).toArray(Long[]::new))
                    .bind("waits", rates.values().stream().map(Rate::waitMillis).toArray(Long[]::new))
                    .bind("runs", rates.values().stream().map(Rate::runMillis).toArray(Long[]::new))
                    .bind("longest", rates.values().stream().map(Rate::runMillisMax).toArray(Long[]::new))
                    .execute());
        } catch (RuntimeException e) {
            rates.forEach(this::add);
            throw e;
        }
    }

    void tidy(Duration keep) {
        database.useTransaction(tx -> {
            tx.handle().createUpdate(FOLD).execute();
            tx.handle().createUpdate(FORGET).bind("ageMillis", keep.toMillis()).execute();
        });
    }

    private synchronized Map<String, Rate> take() {
        var rates = new LinkedHashMap<>(counted);
        counted.clear();
        return rates;
    }

    private static Duration millis(double value) {
        return Duration.ofNanos((long) (Math.max(value, 0) * 1e6));
    }
}
