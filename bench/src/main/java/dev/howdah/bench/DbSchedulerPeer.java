package dev.howdah.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import dev.howdah.postgres.DatabaseSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** db-scheduler with lock-and-fetch, 24 threads and immediate execution. */
final class DbSchedulerPeer extends JavaPeer {
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
    private static final String UNFINISHED = """
        SELECT EXISTS (SELECT FROM scheduled_tasks)
        """;

    private final HikariDataSource pool;
    private final AtomicLong ids = new AtomicLong();
    private volatile IntConsumer onRun = number -> {};
    private final OneTimeTask<String> task = Tasks.oneTime("work", String.class).execute((instance, context) -> onRun
            .accept(JsonMapper.shared().readTree(instance.getData()).get("n").intValue()));
    private final SchedulerClient client;
    private Optional<Scheduler> scheduler = Optional.empty();

    DbSchedulerPeer(DatabaseSettings settings) {
        pool = PlainSql.pool(settings, THREADS + 8);
        PlainSql.execute(pool, SCHEMA);
        client = SchedulerClient.Builder.create(pool, task).build();
    }

    @Override
    public String name() {
        return "db-scheduler";
    }

    @Override
    void enqueueOne(int number) {
        scheduler.map(s -> (SchedulerClient) s).orElse(client).scheduleIfNotExists(instance(number), Instant.now());
    }

    @Override
    void enqueueBatch(int from, int to) {
        client.scheduleBatch(IntStream.range(from, to).<TaskInstance<?>>mapToObj(this::instance).toList(),
                Instant.now());
    }

    @Override
    void start(IntConsumer newOnRun) {
        onRun = newOnRun;
        var started = Scheduler.create(pool, task).threads(THREADS).pollUsingLockAndFetch(1.0, 4.0)
                .pollingInterval(Duration.ofMillis(100)).enableImmediateExecution().build();
        started.start();
        scheduler = Optional.of(started);
    }

    @Override
    boolean isUnfinished() {
        return PlainSql.isTrue(pool, UNFINISHED);
    }

    @Override
    void stop() {
        scheduler.ifPresent(Scheduler::stop);
        scheduler = Optional.empty();
    }

    @Override
    public void close() {
        stop();
        pool.close();
    }

    private TaskInstance<String> instance(int number) {
        return task.instance(Long.toString(ids.incrementAndGet()), "{\"n\": " + number + "}");
    }
}
