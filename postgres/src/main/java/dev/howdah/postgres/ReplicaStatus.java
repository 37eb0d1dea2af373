package dev.howdah.postgres;

import java.time.Duration;
import java.util.Optional;

/**
 * How a replica is, as this process sees it.
 *
 * @param name host and port
 * @param state whether it may answer reads
 * @param lagBytes how much of the primary's log it has not replayed; empty if unknown
 * @param lag everything that was committed longer ago than this can be read there; empty if that cannot be said
 * @param inFlight reads that it is answering
 * @param latency of its reads, newer ones counting more; zero before the first
 * @param breaker {@code closed}, {@code open} or {@code half-open}
 * @param reads that it answered
 * @param failures reads that it failed and the primary repeated
 * @param problem why it is not ready and what to do; empty if it is, or starts, or
 *        is the primary
 */
public record ReplicaStatus(String name, State state, Optional<Long> lagBytes, Optional<Duration> lag, int inFlight,
        Duration latency, String breaker, long reads, long failures, String problem) {
    /** Whether a replica may answer reads, and if not, why. */
    public enum State {
        /** It may. */
        READY,
        /** It has not answered yet, or has not replayed what says whose replica it is. */
        STARTING,
        /** It is further behind than {@code howdah.database.replica-lag-max}: only what a token asks for it may have. */
        LAGGING,
        /** It has not followed the primary to its timeline. */
        LEFT_BEHIND,
        /** It is the primary now: who lists all hosts needs not know which one that is. */
        PRIMARY,
        /** It is neither a standby nor the primary: somebody promoted it, or it was the primary before a failover. */
        PROMOTED,
        /** It does not answer. */
        UNREACHABLE
    }

    /** Whether it may answer reads that ask for no more than {@code replica-lag-max}. */
    public boolean isReady() {
        return state == State.READY;
    }
}
