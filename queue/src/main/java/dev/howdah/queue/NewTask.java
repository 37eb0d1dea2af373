package dev.howdah.queue;

import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A task to be enqueued.
 *
 * <pre>{@code NewTask.of("send-invoice", payload).withPriority(10).withDelay(Duration.ofMinutes(5))}</pre>
 *
 * @param type which handler runs it; lower case letters, digits, {@code _}, {@code -} and {@code .}, at most 100
 * @param payload what the handler gets; at most 1 MiB as text
 * @param queue where it waits; named like a type
 * @param priority higher runs first, -1000 to 1000
 * @param delay how long it waits at least, by the database's clock
 * @param runAt the time before which it does not run, instead of a delay
 * @param maxAttempts how often it is run at most, 1 to 100
 * @param key at most one task with this key is queued or started at a time: enqueueing another one answers with the id
 *        of the one that is there; at most 500 characters
 * @param timeout how long an attempt may run until its handler is interrupted and it counts as failed, 1 ms to 30 days
 */
public record NewTask(String type, JsonNode payload, String queue, int priority, Duration delay,
        Optional<Instant> runAt, int maxAttempts, Optional<String> key, Optional<Duration> timeout) {
    public static final String DEFAULT_QUEUE = "default";
    public static final int DEFAULT_MAX_ATTEMPTS = 3;
    public static final int PAYLOAD_CHARACTERS_MAX = 1 << 20;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,99}");
    private static final Duration DELAY_MAX = Duration.ofDays(3650);
    private static final Duration TIMEOUT_MAX = Duration.ofDays(30);
    private static final String QUEUE_REMEDY = "use lower-case letters, digits, _ - or ., at most 100";

    public NewTask {
        var faults = new ArrayList<InvalidInputException.Fault>();
        check(faults, NAME.matcher(type).matches(), "type", "\"" + type + "\" is no task type",
                "use lower-case letters, digits, _ - or ., at most 100");
        check(faults, NAME.matcher(queue).matches(), "queue", "\"" + queue + "\" is no queue name",
                QUEUE_REMEDY);
        check(faults, priority >= -1000 && priority <= 1000, "priority", priority + " is out of range",
                "use -1000 to 1000");
        check(faults, !delay.isNegative() && delay.compareTo(DELAY_MAX) <= 0, "delay", delay + " is out of range",
                "use 0s to 3650d");
        check(faults, maxAttempts >= 1 && maxAttempts <= 100, "maxAttempts", maxAttempts + " is out of range",
                "use 1 to 100");
        check(faults, key.map(String::length).orElse(1) <= 500, "key", "is longer than 500 characters",
                "shorten or hash it");
        check(faults, timeout.map(t -> t.toMillis() >= 1 && t.compareTo(TIMEOUT_MAX) <= 0).orElse(true), "timeout",
                timeout.map(Duration::toString).orElse("") + " is out of range", "use 1ms to 30d");
        check(faults, payload.toString().length() <= PAYLOAD_CHARACTERS_MAX, "payload", "is larger than 1 MiB",
                "store the data elsewhere and pass its address");
        if (!faults.isEmpty()) {
            throw new InvalidInputException("task-invalid", faults);
        }
    }

    /** A task of the default queue that runs as soon as it can, up to three times. */
    public static NewTask of(String type, JsonNode payload) {
        return new NewTask(type, payload, DEFAULT_QUEUE, 0, Duration.ZERO, Optional.empty(), DEFAULT_MAX_ATTEMPTS,
                Optional.empty(), Optional.empty());
    }

    public NewTask withQueue(String value) {
        return new NewTask(type, payload, value, priority, delay, runAt, maxAttempts, key, timeout);
    }

    public NewTask withPriority(int value) {
        return new NewTask(type, payload, queue, value, delay, runAt, maxAttempts, key, timeout);
    }

    public NewTask withDelay(Duration value) {
        return new NewTask(type, payload, queue, priority, value, runAt, maxAttempts, key, timeout);
    }

    public NewTask withRunAt(Instant value) {
        return new NewTask(type, payload, queue, priority, delay, Optional.of(value), maxAttempts, key, timeout);
    }

    public NewTask withMaxAttempts(int value) {
        return new NewTask(type, payload, queue, priority, delay, runAt, value, key, timeout);
    }

    public NewTask withKey(String value) {
        return new NewTask(type, payload, queue, priority, delay, runAt, maxAttempts, Optional.of(value), timeout);
    }

    public NewTask withTimeout(Duration value) {
        return new NewTask(type, payload, queue, priority, delay, runAt, maxAttempts, key, Optional.of(value));
    }

    static void checkQueue(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidInputException("queue-invalid", "name", "\"" + name + "\" is no queue name",
                    QUEUE_REMEDY);
        }
    }

    private static void check(ArrayList<InvalidInputException.Fault> faults, boolean valid, String field,
            String problem, String remedy) {
        if (!valid) {
            faults.add(new InvalidInputException.Fault(field, problem, remedy));
        }
    }
}
