package dev.howdah.agent.push;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * One event that is, or was, to be posted to one place.
 *
 * @param id what receivers know a repetition by
 * @param sequence of the event in its task
 * @param endpoint scheme, host and port of the place; absent if its configuration was deleted
 * @param attempts how often it was tried
 * @param nextAttempt when it is tried next, at the earliest; absent if it has ended
 * @param lastStatus what the receiver answered last
 * @param lastError why the last attempt failed
 */
public record PushDelivery(UUID id, UUID taskId, String configId, long sequence, State state,
        Optional<String> endpoint, int attempts, Optional<Instant> nextAttempt, OptionalInt lastStatus,
        Optional<String> lastError, Instant createdAt, Optional<Instant> endedAt) {

    /** Where a delivery stands. */
    public enum State {
        /** It is going to be tried, again perhaps. */
        PENDING,
        /** The receiver took it. */
        DELIVERED,
        /** It was tried often or long enough, or the receiver does not want it; it can be retried. */
        DEAD,
        /** Somebody decided that it is not sent. */
        DISCARDED;

        /** How tables and the API spell it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
