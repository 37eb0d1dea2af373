package dev.howdah.server;

import dev.howdah.workflow.WorkflowCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /metrics} tells beside the JVM and HTTP. What this process counts itself is there at once: statements, pool,
 * worker, streams. What stands in the database is read by {@link MetricReadings}; whoever scrapes calls {@link #refresh}
 * first.
 */
final class HowdahMetrics implements MeterBinder {
    private final Howdah howdah;
    private @Nullable MetricReadings readings;

    HowdahMetrics(Howdah howdah) {
        this.howdah = howdah;
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        new DatabaseMetrics(howdah.database()).bindTo(registry);
        new RouterMetrics(howdah.database()).bindTo(registry);
        bindSearch(registry);
        bindWorker(registry);
        howdah.taskTimes().bindTo(registry);
        var stored = new MetricReadings(registry);
        new StoredCounts(howdah).addTo(stored);
        readings = stored;
    }

    /** Has what stands in the database read anew, if it is some seconds old. */
    void refresh() {
        MetricReadings stored;
        synchronized (this) {
            stored = readings;
        }
        if (stored != null) {
            stored.refresh();
        }
    }

    private void bindWorker(MeterRegistry registry) {
        gauge(registry, "howdah.mcp.requests.active", McpStream::underWay);
        gauge(registry, "howdah.worker.active", () -> howdah.workerHealth().map(h -> h.active()).orElse(0));
        gauge(registry, "howdah.worker.capacity", () -> howdah.workerHealth().map(h -> h.capacity()).orElse(0));
        FunctionCounter.builder("howdah.queue.leases.expired", howdah, h -> h.recoveredTasks())
                .description(description("howdah.queue.leases.expired")).register(registry);
        if (!howdah.isQueueInRedis()) {
            gauge(registry, "howdah.agent.streams", () -> howdah.agentTasks().openStreams());
            var counts = howdah.workflows().counts();
            for (var event : WorkflowCounts.EVENTS) {
                FunctionCounter.builder("howdah.workflow.events", counts, c -> c.of(event))
                        .description(description("howdah.workflow.events")).tag("event", event).register(registry);
            }
        }
    }

    private void bindSearch(MeterRegistry registry) {
        howdah.search().listen((answer, time) -> Timer.builder("howdah.knowledge.search")
                .description(description("howdah.knowledge.search")).tag("mode", TaskViews.label(answer.used()))
                .tag("outcome", answer.hits().isEmpty() ? "nothing" : "found")
                .serviceLevelObjectives(Buckets.STATEMENTS).register(registry).record(time));
    }

    private static void gauge(MeterRegistry registry, String name, Supplier<Number> value) {
        Gauge.builder(name, value).description(description(name)).register(registry);
    }

    private static String description(String metric) {
        return MetricCatalog.description(metric);
    }
}
