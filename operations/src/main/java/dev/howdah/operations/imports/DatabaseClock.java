package dev.howdah.operations.imports;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.time.Instant;

/**
 * The database's time without asking it each time: asked once, then measured by this machine's monotonic clock, which
 * nobody sets. A source that says how long a key still lives is thereby translated into the time by which the database judges.
 */
final class DatabaseClock {
    static final String NOW = """
        SELECT clock_timestamp()
        """;

    private final Instant base;
    private final long start;

    private DatabaseClock(Instant base, long start) {
        this.base = base;
        this.start = start;
    }

    static DatabaseClock of(Database database) {
        long start = System.nanoTime();
        var now = database.withHandle(handle -> handle.createQuery(NOW).mapTo(Instant.class).one());
        return new DatabaseClock(now, start);
    }

    /** At most by the way of the question later than the database's time is. */
    Instant now() {
        return base.plus(Duration.ofNanos(System.nanoTime() - start));
    }
}
