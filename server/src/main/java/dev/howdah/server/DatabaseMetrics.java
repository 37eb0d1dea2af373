package dev.howdah.server;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.PoolMetrics;
import dev.howdah.postgres.StatementType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** What this process's statements take, and what its connections go through. */
public final class DatabaseMetrics implements MeterBinder {
    private static final Map<String, Duration> WINDOWS = Map.of("1m", Duration.ofMinutes(1), "5m",
            Duration.ofMinutes(5), "15m", Duration.ofMinutes(15));

    private final Database database;

    /** Of this database, once it is bound. */
    public DatabaseMetrics(Database database) {
        this.database = database;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bindStatements(registry);
        bindPool(registry);
    }

    private void bindStatements(MeterRegistry registry) {
        var metrics = database.metrics();
        var timers = new EnumMap<StatementType, Timer>(StatementType.class);
        for (var type : StatementType.values()) {
            timers.put(type, Timer.builder("howdah.db.statement").description(description("howdah.db.statement"))
                    .tag("type", TaskViews.label(type)).serviceLevelObjectives(Buckets.STATEMENTS).register(registry));
            FunctionCounter.builder("howdah.db.statement.errors", metrics, m -> m.of(type).errors())
                    .description(description("howdah.db.statement.errors")).tag("type", TaskViews.label(type))
                    .register(registry);
        }
        var slow = counter(registry, "howdah.db.slow.statements");
        var warning = database.settings().slowQuery().warning();
        metrics.listen((statement, duration, rows, failed) -> {
            var timer = timers.get(statement.type());
            if (timer != null) {
                timer.record(duration);
            }
            if (duration.compareTo(warning) >= 0) {
                slow.increment();
            }
        });
        WINDOWS.forEach((name, length) -> {
            Gauge.builder("howdah.db.statement.rate", () -> (double) metrics.last(length).statements()
                    / length.toSeconds())
                    .description(description("howdah.db.statement.rate")).tag("window", name).register(registry);
            Gauge.builder("howdah.db.statement.error.ratio", () -> metrics.last(length).errorRate())
                    .description(description("howdah.db.statement.error.ratio")).tag("window", name).register(registry);
        });
    }

    private void bindPool(MeterRegistry registry) {
        gauge(registry, "howdah.db.pool.active", () -> database.poolUse().active());
        gauge(registry, "howdah.db.pool.idle", () -> database.poolUse().idle());
        gauge(registry, "howdah.db.pool.waiting", () -> database.poolUse().waiting());
        gauge(registry, "howdah.db.pool.max", () -> database.poolUse().max());
        gauge(registry, "howdah.db.pool.min", () -> database.settings().poolMinIdle());
        var acquire = timer(registry, "howdah.db.pool.acquire");
        var usage = timer(registry, "howdah.db.pool.usage");
        var creation = timer(registry, "howdah.db.pool.creation");
        var timeouts = counter(registry, "howdah.db.pool.timeouts");
        database.poolMetrics().listen(new PoolMetrics.Listener() {
            @Override
            public void acquired(Duration wait) {
                acquire.record(wait);
            }

            @Override
            public void used(Duration use) {
                usage.record(use);
            }

            @Override
            public void created(Duration time) {
                creation.record(time);
            }

            @Override
            public void timedOut() {
                timeouts.increment();
            }
        });
    }

    private static void gauge(MeterRegistry registry, String name, Supplier<Number> value) {
        Gauge.builder(name, value).description(description(name)).register(registry);
    }

    private static Timer timer(MeterRegistry registry, String name) {
        return Timer.builder(name).description(description(name)).serviceLevelObjectives(Buckets.STATEMENTS)
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name) {
        return Counter.builder(name).description(description(name)).register(registry);
    }

    private static String description(String metric) {
        return MetricCatalog.description(metric);
    }
}
