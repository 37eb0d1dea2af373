package dev.howdah.workflow.definition;

import java.time.Duration;
import java.util.List;

/**
 * How often a node is tried and how long it rests in between.
 *
 * @param attempts in all, 1 to {@link #ATTEMPTS_MAX}
 * @param delay before the second attempt
 * @param backoff what each further pause is multiplied with, at least 1
 * @param maxDelay no pause is longer
 * @param jitter the share of a pause, 0 to 1, that chance may take away, so that what failed together is not tried together
 * @param nonRetryable types of exceptions (simple or full names) and codes of errors after which the node fails at once
 */
public record RetryPolicy(int attempts, Duration delay, double backoff, Duration maxDelay, double jitter,
        List<String> nonRetryable) {
    public static final int ATTEMPTS_MAX = 1_000;
    public static final double BACKOFF_MAX = 100;
    public static final Duration MAX_DELAY_DEFAULT = Duration.ofHours(1);

    /** One attempt. */
    public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO, 1, MAX_DELAY_DEFAULT, 0, List.of());

    public RetryPolicy {
        if (attempts < 1 || attempts > ATTEMPTS_MAX) {
            throw new IllegalArgumentException("attempts is 1 to " + ATTEMPTS_MAX + ", not " + attempts);
        }
        if (delay.isNegative() || maxDelay.isNegative()) {
            throw new IllegalArgumentException("delay and max_delay are not negative");
        }
        if (!(backoff >= 1 && backoff <= BACKOFF_MAX)) {
            throw new IllegalArgumentException("backoff is 1 to " + BACKOFF_MAX + ", not " + backoff);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter is 0 to 1, not " + jitter);
        }
        nonRetryable = List.copyOf(nonRetryable);
    }

    /** So many attempts, a first pause of {@code delay} that doubles each time. */
    public static RetryPolicy of(int attempts, Duration delay) {
        return new RetryPolicy(attempts, delay, 2, MAX_DELAY_DEFAULT, 0, List.of());
    }

    /** The same, but these types or codes of errors fail the node at once. */
    public RetryPolicy except(String... typesOrCodes) {
        return new RetryPolicy(attempts, delay, backoff, maxDelay, jitter, List.of(typesOrCodes));
    }

    /**
     * How long to rest after an attempt failed.
     *
     * @param attempt the one that failed, from 1
     * @param random 0 to 1
     */
    public Duration pause(int attempt, double random) {
        double millis = Math.min(delay.toMillis() * Math.pow(backoff, Math.max(0, attempt - 1)),
                (double) maxDelay.toMillis());
        return Duration.ofMillis((long) (millis * (1 - jitter * random)));
    }

    /**
     * Whether an error may be tried again at all.
     *
     * @param type the exception's class
     * @param code the error's stable code; empty if it has none
     */
    public boolean isRetryable(String type, String code) {
        return nonRetryable.stream().noneMatch(name -> name.equals(type) || name.equals(code)
                || type.endsWith("." + name) || type.endsWith("$" + name));
    }
}
