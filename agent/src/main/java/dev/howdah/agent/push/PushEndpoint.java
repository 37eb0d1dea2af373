package dev.howdah.agent.push;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How a place is that events are posted to.
 *
 * @param endpoint scheme, host and port
 * @param failures one after the other, of whatever tasks
 * @param openedAt since when it is left alone
 * @param nextProbe when one delivery tries it again
 * @param lastError why it failed last; kept when it is well again
 * @param pending deliveries of those asked for that wait for it
 * @param dead deliveries of those asked for that were given up
 */
public record PushEndpoint(String endpoint, State state, int failures, Optional<Instant> openedAt,
        Optional<Instant> nextProbe, Optional<String> lastError, Optional<Instant> lastSuccess,
        Optional<Instant> lastFailure, long pending, long dead) {

    /** Of the circuit breaker. */
    public enum State {
        /** Deliveries are sent. */
        CLOSED,
        /** It has failed too often in a row and is left alone. */
        OPEN,
        /** The next delivery tries whether it is well again. */
        HALF_OPEN;

        /** How the API spells it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
