package dev.howdah.server;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Setting;
import dev.howdah.queue.NewTask;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A task as the API takes it. Durations are texts such as {@code 30s}, {@code 5m} or {@code PT30S}.
 *
 * @param payload what the handler gets; an empty object if absent
 * @param runAt the time before which it does not run; instead of a delay
 * @param uniqueArguments whether the key is made of type and payload
 * @param onConflict what becomes of it if its key is taken: skip, replace or reschedule
 * @param dependsOn ids of tasks that have to end before
 * @param dependsOnOutcome finished (the default) or any
 */
record TaskInput(@Nullable String type, @Nullable JsonNode payload, @Nullable String queue, @Nullable Integer priority,
        @Nullable String delay, @Nullable Instant runAt, @Nullable Integer maxAttempts, @Nullable String key,
        @Nullable String timeout, @Nullable String partition, @Nullable Boolean uniqueArguments,
        @Nullable String uniqueFor, @Nullable String onConflict, @Nullable String resultTtl,
        @Nullable List<UUID> dependsOn, @Nullable String dependsOnOutcome) {
    NewTask toTask() {
        if (type == null) {
            throw new InvalidInputException("task-invalid", "type", "is missing", "name the type of the task");
        }
        if (delay != null && runAt != null) {
            throw new InvalidInputException("task-invalid", "run_at", "and delay are both given", "give one of them");
        }
        var task = NewTask.of(type, payload == null ? JsonMapper.shared().createObjectNode() : payload);
        task = with(task, queue, NewTask::withQueue);
        task = with(task, priority, NewTask::withPriority);
        task = with(task, runAt, NewTask::withRunAt);
        task = with(task, maxAttempts, NewTask::withMaxAttempts);
        task = with(task, key, NewTask::withKey);
        task = with(task, duration("delay", delay).orElse(null), NewTask::withDelay);
        task = with(task, duration("timeout", timeout).orElse(null), NewTask::withTimeout);
        task = with(task, partition, NewTask::withPartition);
        task = with(task, duration("result_ttl", resultTtl).orElse(null), NewTask::withResultTtl);
        if (Boolean.TRUE.equals(uniqueArguments)) {
            if (key != null) {
                throw new InvalidInputException("task-invalid", "unique_arguments", "and key are both given",
                        "give one of them");
            }
            task = task.withUniqueArguments();
        }
        task = with(task, duration("unique_for", uniqueFor).orElse(null), NewTask::withUniqueFor);
        task = with(task, onConflict, (given, text) -> given.withOnConflict(conflict(text)));
        return with(task, dependsOn, (given, ids) -> switch (Objects.requireNonNullElse(dependsOnOutcome, "finished")) {
            case "finished" -> given.after(ids);
            case "any" -> given.afterEndOf(ids);
            default -> throw new InvalidInputException("task-invalid", "depends_on_outcome", "\"" + dependsOnOutcome
                    + "\" is not known", "use finished or any");
        });
    }

    private static NewTask.OnConflict conflict(String text) {
        return Arrays.stream(NewTask.OnConflict.values()).filter(value -> TaskViews.label(value).equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("task-invalid", "on_conflict", "\"" + text
                        + "\" is not known", "use skip, replace or reschedule"));
    }

    /** Reads a duration of a field. */
    static Optional<Duration> duration(String field, @Nullable String text) {
        try {
            return Optional.ofNullable(text).map(Setting::parseDuration);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("duration-invalid", field, "\"" + text + "\" is no duration",
                    String.valueOf(e.getMessage()));
        }
    }

    private static <T> NewTask with(NewTask task, @Nullable T value, BiFunction<NewTask, T, NewTask> setter) {
        return value == null ? task : setter.apply(task, value);
    }
}
