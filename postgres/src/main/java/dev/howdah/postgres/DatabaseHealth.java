package dev.howdah.postgres;

import java.time.Duration;

/**
 * What a database answered when asked how it is.
 *
 * @param status {@code ok}; {@code degraded} when it answers but too many statements fail; {@code down}
 * @param version the server's version, empty when down
 * @param latency of the question; zero when down
 * @param error what is wrong and what to do, empty when ok
 */
public record DatabaseHealth(Status status, String version, Duration latency, String error) {
    /** In order of severity. */
    public enum Status {
        OK, DEGRADED, DOWN
    }

    static DatabaseHealth up(String version, Duration latency, boolean statementsHealthy) {
        return statementsHealthy
                ? new DatabaseHealth(Status.OK, version, latency, "")
                : new DatabaseHealth(Status.DEGRADED, version, latency,
                        "5 % or more of the statements of the last minutes failed; see the log");
    }

    static DatabaseHealth down(HowdahException e) {
        return new DatabaseHealth(Status.DOWN, "", Duration.ZERO, String.valueOf(e.getMessage()));
    }

    public boolean isUp() {
        return status != Status.DOWN;
    }
}
