package dev.howdah.server;

import java.time.Duration;
import java.util.stream.LongStream;

/** Bounds of histograms, few enough that a scrape stays small. */
final class Buckets {
    /** Of statements and of waits for a connection. */
    static final Duration[] STATEMENTS = millis(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000, 5000, 30_000);
    /** Of handlers. */
    static final Duration[] RUNS = millis(1, 5, 25, 100, 500, 1000, 5000, 30_000, 120_000, 600_000);
    /** Of tasks that wait. */
    static final Duration[] WAITS = millis(5, 25, 100, 500, 1000, 5000, 30_000, 120_000, 600_000, 3_600_000);

    private Buckets() {}

    private static Duration[] millis(long... values) {
        return LongStream.of(values).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
