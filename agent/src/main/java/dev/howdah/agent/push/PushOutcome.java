package dev.howdah.agent.push;

import java.util.Optional;
import java.util.Set;

/** How an attempt ended. */
sealed interface PushOutcome {
    /** Statuses that the same request will get again: the receiver does not want it. */
    Set<Integer> FINAL = Set.of(400, 405, 410, 411, 413, 415, 422);
    /** Statuses that say nothing about one delivery, and all about the endpoint. */
    Set<Integer> OVERLOADED = Set.of(408, 429);

    /** The receiver took it. */
    record Delivered(int status) implements PushOutcome {}

    /** Trying again cannot help. */
    record Refused(Optional<Integer> status, String error) implements PushOutcome {}

    /**
     * It may be tried again.
     *
     * @param isEndpoints whether the endpoint is at fault, rather than the delivery or its credentials
     */
    record Failed(Optional<Integer> status, String error, boolean isEndpoints) implements PushOutcome {}

    /** Whether somebody was there to answer. */
    default boolean isAnswered() {
        return switch (this) {
            case Delivered _ -> true;
            case Refused(var status, var _) -> status.isPresent();
            case Failed(var status, var _, var isEndpoints) -> status.isPresent() && !isEndpoints;
        };
    }

    static PushOutcome of(int status) {
        if (status >= 200 && status < 300) {
            return new Delivered(status);
        }
        var error = "the receiver answered " + status;
        return FINAL.contains(status)
                ? new Refused(Optional.of(status), error)
                : new Failed(Optional.of(status), error, status >= 500 || OVERLOADED.contains(status));
    }
}
