package dev.howdah.server;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.StatementType;
import dev.howdah.queue.TaskState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code /metrics} tells beside the JVM and HTTP: statements, pool, queue, worker. Statistics of the queue are read
 * at most every few seconds, so that scraping often costs the database nothing.
 */
final class HowdahMetrics implements MeterBinder {
    private static final Logger LOG = LoggerFactory.getLogger(HowdahMetrics.class);
    private static final Duration STATISTICS_AGE_MAX = Duration.ofSeconds(5);

    private final Howdah howdah;
    private QueueSnapshot snapshot = QueueSnapshot.NONE;

    HowdahMetrics(Howdah howdah) {
        this.howdah = howdah;
    }

    /** Numbers of the queue, and when they were read. */
    private record QueueSnapshot(long readAt, java.util.Map<TaskState, Long> byState, double oldestWaitSeconds,
            double deadRows, double snapshotSeconds) {
        static final QueueSnapshot NONE = unknown(Long.MIN_VALUE);

        static QueueSnapshot unknown(long readAt) {
            return new QueueSnapshot(readAt, java.util.Map.of(), Double.NaN, Double.NaN, Double.NaN);
        }

        boolean isFresh() {
            return readAt != Long.MIN_VALUE && System.nanoTime() - readAt < STATISTICS_AGE_MAX.toNanos();
        }
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bindDatabase(registry, howdah.database());
        howdah.taskTimes().bindTo(registry);
        Gauge.builder("howdah.queue.rows.dead", () -> snapshot().deadRows())
                .description("Rows of live tasks that wait to be removed").register(registry);
        Gauge.builder("howdah.queue.snapshot.age", () -> snapshot().snapshotSeconds()).baseUnit("seconds")
                .description("How long the oldest transaction keeps dead rows from being removed").register(registry);
        for (var state : TaskState.values()) {
            Gauge.builder("howdah.queue.depth", () -> snapshot().byState().getOrDefault(state, 0L).doubleValue())
                    .description("Tasks by state").tag("state", TaskViews.label(state)).register(registry);
        }
        Gauge.builder("howdah.queue.oldest.wait", () -> snapshot().oldestWaitSeconds()).baseUnit("seconds")
                .description("How long the oldest task that may run has been waiting").register(registry);
        Gauge.builder("howdah.mcp.requests.active", McpStream::underWay)
                .description("Requests of MCP under way, those who listen among them").register(registry);
        Gauge.builder("howdah.worker.active", () -> howdah.workerHealth().map(h -> h.active()).orElse(0))
                .description("Tasks that this process runs").register(registry);
        Gauge.builder("howdah.worker.capacity", () -> howdah.workerHealth().map(h -> h.capacity()).orElse(0))
                .description("Tasks that this process may run at once").register(registry);
    }

    private static void bindDatabase(MeterRegistry registry, Database database) {
        var metrics = database.metrics();
        for (var type : StatementType.values()) {
            FunctionTimer.builder("howdah.db.statement", metrics, m -> m.of(type).statements(),
                    m -> m.of(type).time().toNanos(), TimeUnit.NANOSECONDS)
                    .description("Statements and their time").tag("type", TaskViews.label(type)).register(registry);
            FunctionCounter.builder("howdah.db.statement.errors", metrics, m -> m.of(type).errors())
                    .description("Statements that failed").tag("type", TaskViews.label(type)).register(registry);
        }
        Gauge.builder("howdah.db.pool.active", () -> database.poolUse().active()).register(registry);
        Gauge.builder("howdah.db.pool.idle", () -> database.poolUse().idle()).register(registry);
        Gauge.builder("howdah.db.pool.waiting", () -> database.poolUse().waiting()).register(registry);
        Gauge.builder("howdah.db.pool.max", () -> database.poolUse().max()).register(registry);
    }

    private synchronized QueueSnapshot snapshot() {
        if (!snapshot.isFresh()) {
            snapshot = read();
        }
        return snapshot;
    }

    private QueueSnapshot read() {
        try {
            var statistics = howdah.queue().statistics();
            var storage = howdah.storage();
            return new QueueSnapshot(System.nanoTime(), statistics.byState(),
                    statistics.oldestWait().map(wait -> wait.toNanos() / 1e9).orElse(0.0), storage.deadRows(),
                    storage.oldestSnapshot().toMillis() / 1e3);
        } catch (RuntimeException e) {
            LOG.debug("No statistics of the queue for the metrics", e);
            return QueueSnapshot.unknown(System.nanoTime());
        }
    }
}
