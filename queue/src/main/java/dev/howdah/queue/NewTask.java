package dev.howdah.queue;

import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
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
 * @param maxAttempts how often it is run at most, 1 to 100
 * @param key at most one task with this key is queued or started at a time: enqueueing another one answers with the id
 *        of the one that is there; at most 500 characters
 */
public record NewTask(String type, JsonNode payload, String queue, int priority, Duration delay, int maxAttempts,
        Optional<String> key) {
    public static final String DEFAULT_QUEUE = "default";
    public static final int DEFAULT_MAX_ATTEMPTS = 3;
    public static final int PAYLOAD_CHARACTERS_MAX = 1 << 20;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,99}");
    private static final Duration DELAY_MAX = Duration.ofDays(3650);

    public NewTask {
        var faults = new ArrayList<InvalidInputException.Fault>();
        check(faults, NAME.matcher(type).matches(), "type", "\"" + type + "\" is no task type",
                "use lower-case letters, digits, _ - or ., at most 100");
        check(faults, NAME.matcher(queue).matches(), "queue", "\"" + queue + "\" is no queue name",
                "use lower-case letters, digits, _ - or ., at most 100");
        check(faults, priority >= -1000 && priority <= 1000, "priority", priority + " is out of range",
                "use -1000 to 1000");
        check(faults, !delay.isNegative() && delay.compareTo(DELAY_MAX) <= 0, "delay", delay + " is out of range",
                "use 0s to 3650d");
        check(faults, maxAttempts >= 1 && maxAttempts <= 100, "maxAttempts", maxAttempts + " is out of range",
                "use 1 to 100");
        check(faults, key.map(String::length).orElse(1) <= 500, "key", "is longer than 500 characters",
                "shorten or hash it");
        check(faults, payload.toString().length() <= PAYLOAD_CHARACTERS_MAX, "payload", "is larger than 1 MiB",
                "store the data elsewhere and pass its address");
        if (!faults.isEmpty()) {
            throw new InvalidInputException("task-invalid", faults);
        }
    }

    /** A task of the default queue that runs as soon as it can, up to three times. */
    public static NewTask of(String type, JsonNode payload) {
        return new NewTask(type, payload, DEFAULT_QUEUE, 0, Duration.ZERO, DEFAULT_MAX_ATTEMPTS, Optional.empty());
    }

    public NewTask withQueue(String value) {
        return new NewTask(type, payload, value, priority, delay, maxAttempts, key);
    }

    public NewTask withPriority(int value) {
        return new NewTask(type, payload, queue, value, delay, maxAttempts, key);
    }

    public NewTask withDelay(Duration value) {
        return new NewTask(type, payload, queue, priority, value, maxAttempts, key);
    }

    public NewTask withMaxAttempts(int value) {
        return new NewTask(type, payload, queue, priority, delay, value, key);
    }

    public NewTask withKey(String value) {
        return new NewTask(type, payload, queue, priority, delay, maxAttempts, Optional.of(value));
    }

    private static void check(ArrayList<InvalidInputException.Fault> faults, boolean valid, String field,
            String problem, String remedy) {
        if (!valid) {
            faults.add(new InvalidInputException.Fault(field, problem, remedy));
        }
    }
}
