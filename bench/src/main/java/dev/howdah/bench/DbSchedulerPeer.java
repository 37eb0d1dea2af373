package dev.howdah.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.howdah.postgres.DatabaseSettings;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** db-scheduler with lock-and-fetch, 24 threads and immediate execution. */
final class DbSchedulerPeer implements QueuePeer {
    private static final int THREADS = 24;
    private static final String SCHEMA = """
        CREATE TABLE scheduled_tasks (
            task_name text NOT NULL, task_instance text NOT NULL, task_data bytea,
            execution_time timestamptz NOT NULL, picked boolean NOT NULL, picked_by text,
            last_success timestamptz, last_failure timestamptz, consecutive_failures int,
            last_heartbeat timestamptz, version bigint NOT NULL, priority smallint,
            PRIMARY KEY (task_name, task_instance));
        CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
        CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
        CREATE INDEX priority_execution_time_idx ON scheduled_tasks (priority DESC, execution_time ASC);
        """;

    private final HikariDataSource pool;
    private final AtomicLong ids = new AtomicLong();
    private volatile Runnable onRun = () -> {};
    private final OneTimeTask<String> task = Tasks.oneTime("work", String.class).execute((instance, context) -> onRun
            .run());
    private final SchedulerClient client;
    private Optional<Scheduler> scheduler = Optional.empty();

    DbSchedulerPeer(DatabaseSettings settings) {
        var config = new HikariConfig();
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.user());
        config.setPassword(settings.password());
        config.setSchema(settings.schema());
        config.setMaximumPoolSize(THREADS + 8);
        pool = new HikariDataSource(config);
        execute(SCHEMA);
        client = SchedulerClient.Builder.create(pool, task).build();
    }

    @Override
    public String name() {
        return "db-scheduler";
    }

    @Override
    public void enqueueOne(int number) {
        scheduler.map(s -> (SchedulerClient) s).orElse(client).scheduleIfNotExists(instance(number), Instant.now());
    }

    @Override
    public void enqueueMany(int count) {
        for (int from = 0; from < count; from += BATCH) {
            client.scheduleBatch(IntStream.range(from, Math.min(count, from + BATCH))
                    .<TaskInstance<?>>mapToObj(this::instance).toList(), Instant.now());
        }
    }

    @Override
    public void start(Runnable run) {
        onRun = run;
        var started = Scheduler.create(pool, task).threads(THREADS).pollUsingLockAndFetch(1.0, 4.0)
                .pollingInterval(Duration.ofMillis(100)).enableImmediateExecution().build();
        started.start();
        scheduler = Optional.of(started);
    }

    @Override
    public long unfinished() {
        try (var connection = pool.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FROM scheduled_tasks")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void stop() {
        scheduler.ifPresent(Scheduler::stop);
    }

    @Override
    public void close() {
        stop();
        pool.close();
    }

    private TaskInstance<String> instance(int number) {
        return task.instance(Long.toString(ids.incrementAndGet()), "{\"n\": " + number + "}");
    }

    private void execute(String sql) {
        try (var connection = pool.getConnection(); var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
