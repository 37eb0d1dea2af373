package dev.howdah.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One entry of a task's history: how an attempt ended, or that the task was cancelled or retried by hand.
 *
 * @param attempt which attempt; 0 for a task cancelled before its first
 * @param outcome the end of this attempt
 * @param duration from claim to end; absent where nothing ran
 * @param result only of a finished attempt
 * @param error of a failed, lost or cancelled attempt
 */
public record TaskAttempt(int attempt, Outcome outcome, Optional<String> worker, Optional<Instant> startedAt,
        Instant endedAt, Optional<Duration> duration, Optional<JsonNode> result, Optional<String> error) {
    /** How an attempt ended; {@code LOST} means that its worker's lease ran out. */
    public enum Outcome {
        FINISHED, FAILED, LOST, CANCELLED, RELEASED, SNOOZED
    }
}
