package dev.howdah.bench;

import dev.howdah.queue.CurrentTask;
import dev.howdah.queue.LogContext;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskMiddleware;
import dev.howdah.server.DatabaseMetrics;
import dev.howdah.server.TaskTimes;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/** What measuring costs the queue: drains with all instruments of the server against drains with none. */
final class MetricsRows {
    private static final String ROW = "drain with metrics";

    private final BenchDatabase database;
    private final BenchOptions options;

    MetricsRows(BenchDatabase database, BenchOptions options) {
        this.database = database;
        this.options = options;
    }

    List<Section> sections() {
        return List.of(Section.of(this::contest, ROW));
    }

    private Contest contest() {
        drain(List.of(), peer -> {}); // warm: whoever came first would pay for the compiler
        measured();
        return new Contest("tasks/s", false, ROW).in("operations")
                .ours(() -> new double[]{measured()})
                .against("without metrics", 0.97, () -> new double[]{drain(List.of(), peer -> {})});
    }

    private double measured() {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var times = new TaskTimes(QueueSettings.defaults().lease());
        times.bindTo(registry);
        try {
            return drain(List.of(new LogContext(), new CurrentTask(), times),
                    peer -> new DatabaseMetrics(peer.database()).bindTo(registry));
        } finally {
            registry.close();
        }
    }

    /** What is done to a peer before it drains. */
    private interface Preparation {
        void of(HowdahPeer peer);
    }

    private double drain(List<TaskMiddleware> middleware, Preparation preparation) {
        int count = options.size(300_000, 30_000);
        try (var peer = new HowdahPeer(database.fresh())) {
            peer.around(middleware);
            preparation.of(peer);
            peer.enqueueMany(count / 10);
            peer.drain(count / 10); // warm
            peer.enqueueMany(count);
            database.vacuum();
            return count / peer.drain(count);
        }
    }
}
