package dev.howdah.operations.services;

import java.time.Duration;

/**
 * How a service is.
 *
 * @param name of the service
 * @param state whether it can be used
 * @param isRequired whether Howdah cannot do without it
 * @param latency how long it took to answer; zero if it did not
 * @param version that it says it has; empty if none
 * @param detail what was found
 * @param remedy what to do; empty if it is ok
 */
public record ServiceStatus(String name, State state, boolean isRequired, Duration latency, String version,
        String detail, String remedy) {
    /** In order of severity. */
    public enum State {
        /** Can be used. */
        OK,
        /** Can be used, but something is missing or slow. */
        DEGRADED,
        /** Cannot be used. */
        DOWN
    }
}
