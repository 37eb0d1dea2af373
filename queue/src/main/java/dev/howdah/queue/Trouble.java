package dev.howdah.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures in a row of one of a worker's loops, and how long to pause after them. Thread-safe. */
final class Trouble {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration PAUSE_FIRST = Duration.ofMillis(250);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(30);
    private static final int DOUBLINGS_MAX = 10;

    private final String what;
    private int failures;
    private Optional<Instant> since = Optional.empty();
    private Optional<String> lastError = Optional.empty();

    Trouble(String what) {
        this.what = what;
    }

    /** Notes a failure and answers how long to pause: doubling from a quarter of a second to 30 s, with jitter. */
    synchronized Duration failed(RuntimeException e) {
        if (since.isEmpty()) {
            since = Optional.of(Instant.now());
            LOG.warn("{} fails, trying again until it works: {}", what, e.getMessage());
        }
        lastError = Optional.of(String.valueOf(e.getMessage()));
        var pause = PAUSE_FIRST.multipliedBy(1L << Math.min(failures, DOUBLINGS_MAX));
        failures++;
        var capped = pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX;
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(capped.toMillis() / 2, capped.toMillis() + 1));
    }

    synchronized void succeeded() {
        if (since.isPresent()) {
            LOG.info("{} works again", what);
            failures = 0;
            since = Optional.empty();
            lastError = Optional.empty();
        }
    }

    synchronized Optional<Instant> since() {
        return since;
    }

    synchronized Optional<String> lastError() {
        return lastError;
    }
}
