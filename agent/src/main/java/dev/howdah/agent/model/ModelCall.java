package dev.howdah.agent.model;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One call of a language model, as it is remembered: neither what was asked nor what was answered.
 *
 * @param calledAt when it began
 * @param provider who provides the model
 * @param model its name there
 * @param purpose what for
 * @param taskId the task whose handler asked
 * @param inputTokens tokens that the model read, as the provider counts them; 0 if it does not say
 * @param outputTokens tokens that it wrote
 * @param cost what it cost, if a price is known
 * @param duration how long the caller waited, further attempts included
 * @param attempts requests that were sent; 0 if none got its turn
 * @param failure what went wrong, unless it was answered as asked for
 */
public record ModelCall(UUID id, Instant calledAt, String provider, String model, String purpose,
        Optional<UUID> taskId, long inputTokens, long outputTokens, Optional<Cost> cost, Duration duration,
        int attempts, Outcome outcome, Optional<Failure> failure) {
    /** How a call ended. */
    public enum Outcome {
        ANSWERED,
        /** There was an answer, which cost its tokens, but not the one that was asked for. */
        INVALID, FAILED,
        /** Whoever asked did not wait for the end. */
        INTERRUPTED
    }

    /**
     * An amount of money.
     *
     * @param currency three letters
     */
    public record Cost(BigDecimal amount, String currency) {}

    /**
     * What went wrong.
     *
     * @param code as {@link dev.howdah.postgres.HowdahException#code}
     * @param error for people, without secrets and prompts
     */
    public record Failure(String code, String error) {}
}
