package dev.howdah.workflow;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.time.Duration;
import java.util.ArrayList;

/**
 * How a step of a {@link Workflow} is tried.
 *
 * @param attempts in all, 1 to 1,000
 * @param delay before the second attempt
 * @param backoff by what the delay grows with each attempt, 1 to 10; it never exceeds {@link #DELAY_MAX}
 * @param timeout of an attempt, which is interrupted then; zero for none
 */
public record StepOptions(int attempts, Duration delay, double backoff, Duration timeout) {
    public static final int ATTEMPTS_MAX = 1000;
    public static final Duration DELAY_MAX = Duration.ofDays(1);
    private static final StepOptions ONCE = new StepOptions(1, Duration.ofSeconds(1), 2, Duration.ZERO);

    public StepOptions {
        var faults = new ArrayList<Fault>();
        if (attempts < 1 || attempts > ATTEMPTS_MAX) {
            faults.add(new Fault("attempts", attempts + " is out of range", "use 1 to " + ATTEMPTS_MAX));
        }
        if (delay.isNegative() || delay.compareTo(DELAY_MAX) > 0) {
            faults.add(new Fault("delay", delay + " is out of range", "use up to " + DELAY_MAX));
        }
        if (!(backoff >= 1 && backoff <= 10)) {
            faults.add(new Fault("backoff", backoff + " is out of range", "use 1 to 10"));
        }
        if (timeout.isNegative()) {
            faults.add(new Fault("timeout", timeout + " is negative", "use zero for none"));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException("step-options-invalid", faults);
        }
    }

    /** One attempt without a time limit. */
    public static StepOptions once() {
        return ONCE;
    }

    /** As many attempts, a second before the second, then twice as long each time. */
    public static StepOptions attempts(int attempts) {
        return new StepOptions(attempts, ONCE.delay, ONCE.backoff, ONCE.timeout);
    }

    public StepOptions withDelay(Duration first, double growth) {
        return new StepOptions(attempts, first, growth, timeout);
    }

    public StepOptions withTimeout(Duration limit) {
        return new StepOptions(attempts, delay, backoff, limit);
    }

    /** How long to wait after so many attempts. */
    Duration delayAfter(int attempt) {
        double millis = delay.toMillis() * Math.pow(backoff, attempt - 1.0);
        return millis < DELAY_MAX.toMillis() ? Duration.ofMillis((long) millis) : DELAY_MAX;
    }
}
