package dev.howdah.bench;

import dev.howdah.queue.CurrentTask;
import dev.howdah.queue.LogContext;
import dev.howdah.queue.QueueSettings;
import dev.howdah.server.DatabaseMetrics;
import dev.howdah.server.TaskTimes;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Arrays;
import java.util.List;

/**
 * What measuring costs the queue: drains with all instruments of the server against drains with none. Two drains of the same
 * kind differ by a sixth, so there are many short ones by turns, and the median of the turns' ratios counts.
 */
final class MetricsRows {
    private static final String ROW = "drain with metrics";

    private final BenchDatabase database;
    private final BenchDatabase aside;
    private final int count;
    private final int turns;

    private record Speeds(double measured, double plain) {}

    MetricsRows(BenchDatabase database, BenchOptions options) {
        this.database = database;
        this.aside = database.aside("plain");
        this.count = options.size(30_000, 10_000);
        this.turns = options.size(40, 10);
    }

    List<Section> sections() {
        return List.of(Section.of(this::contest, ROW));
    }

    private Contest contest() {
        var speeds = byTurns();
        return new Contest("tasks/s", false, ROW).in("operations").ours(() -> new double[]{speeds.measured})
                .against("without metrics", 0.97, () -> new double[]{speeds.plain});
    }

    private Speeds byTurns() {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var times = new TaskTimes(QueueSettings.defaults().lease());
        times.bindTo(registry);
        try (var measured = new HowdahPeer(database.fresh()); var plain = new HowdahPeer(aside.fresh())) {
            measured.around(List.of(new LogContext(), new CurrentTask(), times));
            new DatabaseMetrics(measured.database()).bindTo(registry);
            var speeds = new double[turns];
            var ratios = new double[turns];
            for (int i = -turns / 4; i < turns; i++) { // the first ones are to get warm
                double before = i % 2 == 0 ? drain(measured) : 0;
                double without = drain(plain);
                double with = i % 2 == 0 ? before : drain(measured);
                if (i >= 0) {
                    speeds[i] = without;
                    ratios[i] = with / without;
                }
            }
            return new Speeds(median(speeds) * median(ratios), median(speeds));
        } finally {
            registry.close();
            aside.drop();
        }
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 2];
    }

    private double drain(HowdahPeer peer) {
        peer.enqueueMany(count);
        database.vacuum();
        return count / peer.drain(count);
    }
}
