package dev.howdah.testing;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * The time that the database of a test tells, which a test can move forward: timers, delays, leases, time-outs and everything
 * else that is decided by the database's clock then comes to pass at once. It goes on like any clock meanwhile. What a process
 * measures by itself is not moved: the time limit of a handler, near copies of a cache, the time stamp in an id. Thread-safe.
 *
 * <p>How: the schema has functions {@code now} and {@code clock_timestamp} of its own, which come before those of the server.
 */
public final class TestClock {
    static final String INSTALL = """
        CREATE TABLE test_clock (shift interval NOT NULL);
        INSERT INTO test_clock VALUES ('0');
        CREATE FUNCTION now() RETURNS timestamptz LANGUAGE sql STABLE
          RETURN pg_catalog.now() + (SELECT shift FROM test_clock);
        CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
          RETURN pg_catalog.clock_timestamp() + (SELECT shift FROM test_clock)
        """;
    static final String NOW = "SELECT now()";
    static final String ADVANCE = """
        UPDATE test_clock
           SET shift = shift + :micros * interval '1 microsecond'
        """;
    /** What workers and schedulers listen to: they look at the time anew. */
    private static final String[] TOPICS = {"tasks", "schedules"};

    private final Database database;

    TestClock(Database database) {
        this.database = database;
    }

    void install() {
        database.withHandle(handle -> handle.execute(INSTALL));
    }

    /** What the database tells now. */
    public Instant now() {
        return database.withHandle(handle -> handle.createQuery(NOW).mapTo(OffsetDateTime.class).one().toInstant());
    }

    /**
     * Lets time pass.
     *
     * @throws InvalidInputException if it is negative: a clock that goes back would break what was promised by it
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new InvalidInputException("test-clock-invalid", "time", time + " is negative",
                    "a clock only goes forward");
        }
        database.withHandle(handle -> handle.createUpdate(ADVANCE).bind("micros", time.toNanos() / 1000).execute());
        for (var topic : TOPICS) {
            database.notifications().wake(topic);
        }
    }

    /** The same until a moment that has not come yet. */
    public void advanceTo(Instant moment) {
        advance(Duration.between(now(), moment));
    }
}
