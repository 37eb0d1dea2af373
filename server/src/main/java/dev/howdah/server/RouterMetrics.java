package dev.howdah.server;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.ReplicaStatus;
import dev.howdah.postgres.RouterStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Where this process's reads went, and how the replicas are that it knows. */
final class RouterMetrics implements MeterBinder {
    private static final Map<String, ToDoubleFunction<RouterStatistics>> DECISIONS = Map.of("primary",
            RouterStatistics::primary, "replica", RouterStatistics::replica, "waited", RouterStatistics::waited,
            "fallback", RouterStatistics::fallback, "diverted", RouterStatistics::diverted, "shed",
            RouterStatistics::shed, "repeated", RouterStatistics::repeated);

    private final Database database;

    /** Of this database, once it is bound. */
    RouterMetrics(Database database) {
        this.database = database;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        DECISIONS.forEach((decision, reads) -> FunctionCounter
                .builder("howdah.db.reads", database, d -> reads.applyAsDouble(d.routing())).tag("decision", decision)
                .description(description("howdah.db.reads")).register(registry));
        FunctionTimer.builder("howdah.db.replica.wait", database, d -> d.routing().waits(),
                d -> d.routing().waitTime().toNanos(), TimeUnit.NANOSECONDS)
                .description(description("howdah.db.replica.wait")).register(registry);
        database.replicas().forEach(replica -> bind(registry, replica.name()));
    }

    private void bind(MeterRegistry registry, String replica) {
        gauge(registry, "howdah.db.replica.ready", replica, RouterMetrics::ready);
        gauge(registry, "howdah.db.replica.lag.seconds", replica, status -> status.lag()
                .map(lag -> lag.toNanos() / 1e9).orElse(Double.NaN));
        counter(registry, "howdah.db.replica.reads", replica, ReplicaStatus::reads);
        counter(registry, "howdah.db.replica.failures", replica, ReplicaStatus::failures);
    }

    /** All hosts may be named as replicas: that one of them is the primary needs nobody. */
    private static double ready(ReplicaStatus status) {
        return status.state() == ReplicaStatus.State.PRIMARY ? Double.NaN : status.isReady() ? 1 : 0;
    }

    private void gauge(MeterRegistry registry, String name, String replica, ToDoubleFunction<ReplicaStatus> value) {
        Gauge.builder(name, () -> value.applyAsDouble(status(replica))).tag("replica", replica)
                .description(description(name)).register(registry);
    }

    private void counter(MeterRegistry registry, String name, String replica, ToDoubleFunction<ReplicaStatus> value) {
        FunctionCounter.builder(name, database, d -> value.applyAsDouble(status(replica))).tag("replica", replica)
                .description(description(name)).register(registry);
    }

    /** Replicas are named when the process starts, and stay. */
    private ReplicaStatus status(String replica) {
        return database.replicas().stream().filter(status -> status.name().equals(replica)).findFirst().orElseThrow();
    }

    private static String description(String metric) {
        return MetricCatalog.description(metric);
    }
}
