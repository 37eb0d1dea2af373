package dev.howdah.server;

import dev.howdah.postgres.UnavailableException;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metrics that are read from the database: all of them at most once in {@link #AGE_MAX}, on a thread of their own, however
 * often and by how many they are scraped. A scrape waits for a reading under way, but not longer than {@link #WAIT_MAX}; it then
 * shows what was read before. A source that cannot be read loses its gauges until it can, and {@code howdah_metrics_up} says
 * which; counters stay. Thread-safe.
 */
final class MetricReadings {
    /** How old numbers may be before a scrape has them read again. */
    static final Duration AGE_MAX = Duration.ofSeconds(5);
    /** How long a scrape waits for them. */
    static final Duration WAIT_MAX = Duration.ofSeconds(1);
    /** Rows of one metric, so that names of queues and caches cannot flood whoever keeps the metrics. */
    static final int ROWS_MAX = 50;

    private static final Logger LOG = LoggerFactory.getLogger(MetricReadings.class);

    private final MeterRegistry registry;
    private final List<Source> sources = new ArrayList<>();
    private final Map<String, Double> counters = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Round> round = new AtomicReference<>();

    /** One reading of all sources. */
    private static final class Round {
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile long endedAt;

        boolean isFresh() {
            return done.getCount() > 0 || System.nanoTime() - endedAt < AGE_MAX.toNanos();
        }
    }

    /** What a source told this time. */
    final class Reading {
        private final Map<String, List<MultiGauge.Row<?>>> rows = new LinkedHashMap<>();

        /** A value that goes up and down; rows beyond {@link MetricReadings#ROWS_MAX} are left out. */
        Reading gauge(String name, Number value, String... tags) {
            var same = rows.computeIfAbsent(name, key -> new ArrayList<>());
            if (same.size() < ROWS_MAX) {
                same.add(MultiGauge.Row.of(Tags.of(tags), value));
            }
            return this;
        }

        /** A value that only goes up, as the database has counted it. */
        Reading counter(String name, long value, String... tags) {
            var key = name + Tags.of(tags);
            var isNew = counters.put(key, (double) value) == null;
            if (isNew) {
                FunctionCounter.builder(name, counters, all -> all.getOrDefault(key, 0.0)).tags(tags)
                        .description(description(name)).register(registry);
            }
            return this;
        }
    }

    /** Where numbers come from. */
    private final class Source {
        private final String name;
        private final Consumer<Reading> read;
        private final Map<String, MultiGauge> gauges = new LinkedHashMap<>();
        private volatile boolean isUp;

        Source(String name, Consumer<Reading> read) {
            this.name = name;
            this.read = read;
            Gauge.builder("howdah.metrics.up", () -> isUp ? 1 : 0).tag("source", name)
                    .description("Whether the source of metrics could be read").register(registry);
        }

        /** Whether the next source is worth a try. */
        boolean refresh() {
            var reading = new Reading();
            try {
                read.accept(reading);
                show(reading.rows);
                isUp = true;
                return true;
            } catch (RuntimeException e) {
                LOG.debug("The metrics of {} cannot be read", name, e);
                lose();
                return !(e instanceof UnavailableException);
            }
        }

        void lose() {
            show(Map.of());
            isUp = false;
        }

        private void show(Map<String, List<MultiGauge.Row<?>>> rows) {
            rows.keySet().forEach(metric -> gauges.computeIfAbsent(metric, MetricReadings.this::gauge));
            gauges.forEach((metric, gauge) -> gauge.register(rows.getOrDefault(metric, List.of()), true));
        }
    }

    MetricReadings(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Adds a source; all are added before the first {@link #refresh}. */
    void add(String name, Consumer<Reading> read) {
        sources.add(new Source(name, read));
    }

    /** Has everything read that is too old, and waits a little for it. */
    void refresh() {
        var last = round.get();
        if (last == null || !last.isFresh()) {
            var next = new Round();
            if (round.compareAndSet(last, next)) {
                Thread.ofVirtual().name("howdah-metrics").start(() -> read(next));
            }
        }
        var current = round.get();
        try {
            if (current != null && !current.done.await(WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("The metrics are shown as they were read before");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever scrapes has gone
        }
    }

    private void read(Round current) {
        boolean isReachable = true;
        try {
            for (var source : sources) {
                if (isReachable) {
                    isReachable = source.refresh();
                } else {
                    source.lose();
                }
            }
        } finally {
            current.endedAt = System.nanoTime();
            current.done.countDown();
        }
    }

    private MultiGauge gauge(String metric) {
        return MultiGauge.builder(metric).description(description(metric)).register(registry);
    }

    private static String description(String metric) {
        return MetricCatalog.description(metric);
    }
}
