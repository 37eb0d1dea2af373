package dev.howdah.queue;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** How an attempt ended. Accepted only while its claim holds. */
public sealed interface Completion {
    Claim claim();

    /** The handler returned. */
    record Finished(Claim claim, JsonNode result) implements Completion {}

    /**
     * The handler failed.
     *
     * @param error for people; cut to 10,000 characters
     * @param retryable false ends the task as failed though attempts are left
     */
    record Failed(Claim claim, String error, boolean retryable) implements Completion {
        public static final int ERROR_CHARACTERS_MAX = 10_000;

        public Failed {
            error = error.length() <= ERROR_CHARACTERS_MAX ? error : error.substring(0, ERROR_CHARACTERS_MAX);
        }
    }

    /** The handler asked for a later time; the attempt does not count. */
    record Snoozed(Claim claim, Duration delay) implements Completion {}

    /** The worker gives the task back unrun, as at a graceful stop; the attempt does not count. */
    record Released(Claim claim) implements Completion {}
}
