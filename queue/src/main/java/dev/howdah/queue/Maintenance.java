package dev.howdah.queue;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.TableStatistics;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the tables of the queue need now and then, done by one process at a time: the one that holds the lease. Every step
 * is harmless when two do it.
 */
final class Maintenance {
    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

    static final String TAKE_LEASE = """
        INSERT INTO leases (name, holder, until)
        VALUES ('queue-maintenance', :holder, now() + :leaseMillis * interval '1 ms')
            ON CONFLICT (name) DO UPDATE
           SET holder = EXCLUDED.holder, until = EXCLUDED.until
         WHERE leases.until < now() OR leases.holder = EXCLUDED.holder
        RETURNING name
        """;

    /** Tasks that have waited for a while in a queue with ageing, one priority at a time; not beyond the highest. */
    static final String AGE = """
        WITH waiting AS MATERIALIZED (
          SELECT tasks.id, LEAST(1000, tasks.priority + floor(date_part('epoch', now() - aged_at)
                                                              * 1000 / ageing_ms)::int) AS priority
            FROM queues
           CROSS JOIN LATERAL (SELECT id, priority, GREATEST(run_at, created_at) AS aged_at
                                 FROM tasks
                                WHERE queue = queues.name AND ready AND state = 'queued' AND priority < 1000
                                  AND run_at < now() - ageing_ms * interval '1 ms'
                                LIMIT :limit) AS tasks
           WHERE ageing_ms IS NOT NULL),
        lane AS (
          INSERT INTO lanes (queue, priority)
          SELECT DISTINCT tasks.queue, waiting.priority
            FROM waiting
            JOIN tasks ON tasks.id = waiting.id
              ON CONFLICT DO NOTHING)
        UPDATE tasks
           SET priority = waiting.priority, run_at = now(),
               position = GREATEST(tasks.position, (SELECT last_value FROM tasks_position_seq))
          FROM waiting
         WHERE tasks.id = waiting.id AND state = 'queued'
        """;

    static final String FORGET_RESULTS = """
        UPDATE task_history
           SET result = NULL
         WHERE id = ANY (ARRAY (SELECT id
                                  FROM task_history
                                 WHERE result_ttl_ms IS NOT NULL AND result IS NOT NULL
                                   AND ended_at < now() - result_ttl_ms * interval '1 ms'
                                 LIMIT :limit
                                   FOR UPDATE SKIP LOCKED))
        """;

    static final String FORGET_PERIODS = """
        DELETE FROM task_periods
         WHERE until < now()
        """;

    /** One that stands behind its queue begins there anyway. */
    static final String FORGET_PARTITIONS = """
        DELETE FROM partitions
         USING queues
         WHERE queues.name = partitions.queue
           AND partitions.position <= queues.position >> 20
           AND partitions.refilled_at < now() - interval '1 hour'
        """;

    static final String FORGET_LINES = """
        DELETE FROM task_log
         WHERE task_id < first_id_of((now() - :ageMillis * interval '1 ms')::date)
           AND NOT EXISTS (SELECT FROM tasks WHERE tasks.id = task_id)
           AND NOT EXISTS (SELECT FROM task_history WHERE task_history.id = task_id)
        """;

    /** A backstop: whatever took their claim away, these count as lost with the next look. */
    static final String CLAIM_ORPHANS = """
        INSERT INTO claims (id, worker, lease_until, tasks)
        SELECT claim_id, 'unknown', now() - interval '1 second', array_agg(id)
          FROM tasks
         WHERE state = 'started' AND NOT EXISTS (SELECT FROM claims WHERE claims.id = claim_id)
         GROUP BY claim_id
            ON CONFLICT DO NOTHING
        """;

    /** Autovacuum looks once a minute, and fewer than its workers' tables at a time; a busy queue does not wait for that. */
    static final String NEEDS_VACUUM = """
        SELECT n_dead_tup > :dead AND n_dead_tup > n_live_tup
               AND COALESCE(GREATEST(last_vacuum, last_autovacuum), '-infinity') < now() - interval '30 seconds'
          FROM pg_stat_user_tables
         WHERE relid = 'tasks'::regclass
        """;

    static final String VACUUM = "VACUUM (SKIP_LOCKED, ANALYZE) tasks, claims";

    static final String CREATE_PARTITIONS = "SELECT create_history_partitions()";
    static final String DROP_PARTITIONS = "SELECT drop_history_partitions(:ageMillis * interval '1 ms')";

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration HISTORY_INTERVAL = Duration.ofMinutes(10);
    private static final Duration FORGET_INTERVAL = Duration.ofMinutes(1);
    private static final long DEAD_ROWS = 100_000;
    private static final int BATCH = 1000;

    private final Database database;
    private final QueueSettings settings;
    private final TaskRates rates;
    private final Workers workers;
    private final TableStatistics statistics;
    private final AtomicBoolean vacuuming = new AtomicBoolean();
    private long forgottenAt = System.nanoTime();
    private long historyAt = System.nanoTime();

    Maintenance(Database database, QueueSettings settings, TaskRates rates, Workers workers) {
        this.database = database;
        this.settings = settings;
        this.rates = rates;
        this.workers = workers;
        this.statistics = new TableStatistics(database);
    }

    /** Writes what this process has counted, and does the rest if it holds the lease. */
    synchronized void runOnce(String holder) {
        rates.store();
        boolean leads = database.withHandle(handle -> handle.createQuery(TAKE_LEASE)
                .bind("holder", holder)
                .bind("leaseMillis", LEASE.toMillis())
                .mapTo(String.class).findOne()).isPresent();
        if (!leads) {
            return;
        }
        database.withHandle(handle -> handle.createUpdate(AGE).bind("limit", BATCH).execute());
        boolean needsVacuum = database.<Boolean>withHandle(handle -> handle.createQuery(NEEDS_VACUUM)
                .bind("dead", DEAD_ROWS).mapTo(Boolean.class).findOne().orElse(false));
        if (needsVacuum && vacuuming.compareAndSet(false, true)) {
            Thread.ofVirtual().name("howdah-vacuum").start(this::vacuum); // may take long; leases are looked at meanwhile
        }
        statistics.refresh();
        if (System.nanoTime() - forgottenAt >= 0) {
            forgottenAt = System.nanoTime() + FORGET_INTERVAL.toNanos();
            database.withHandle(handle -> handle.createUpdate(FORGET_RESULTS).bind("limit", BATCH).execute());
            database.withHandle(handle -> handle.createUpdate(FORGET_PERIODS).execute());
            database.withHandle(handle -> handle.createUpdate(FORGET_PARTITIONS).execute());
        }
        if (System.nanoTime() - historyAt >= 0) {
            tidyHistory();
            historyAt = System.nanoTime() + HISTORY_INTERVAL.toNanos();
        }
    }

    private void vacuum() {
        try {
            database.withHandle(handle -> handle.execute(VACUUM));
        } catch (RuntimeException e) {
            LOG.info("Dead rows were not removed; autovacuum will: {}", e.getMessage());
        } finally {
            vacuuming.set(false);
        }
    }

    private void tidyHistory() {
        database.withHandle(handle -> handle.createUpdate(CLAIM_ORPHANS).execute());
        database.inTransaction(tx -> tx.handle().createQuery(CREATE_PARTITIONS).mapTo(Integer.class).one());
        database.inTransaction(tx -> tx.handle().createQuery(DROP_PARTITIONS)
                .bind("ageMillis", settings.retention().toMillis()).mapTo(Integer.class).one());
        database.withHandle(handle -> handle.createUpdate(FORGET_LINES)
                .bind("ageMillis", settings.retention().toMillis()).execute());
        rates.tidy(settings.retention());
        workers.forgetLongGone();
    }
}
