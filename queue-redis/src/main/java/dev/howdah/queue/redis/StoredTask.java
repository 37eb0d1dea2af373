package dev.howdah.queue.redis;

import dev.howdah.queue.LiveTask;
import dev.howdah.queue.PayloadCodec;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskAttempt;
import dev.howdah.queue.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The hash that a task is stored in, by the names of its fields; see the module's README. */
record StoredTask(UUID id, Map<String, String> fields) {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long MICROS = 1_000_000;
    /** What a script can reckon with exactly: doubles up to 2^53. */
    private static final long MICROS_MAX = (1L << 53) - 1;

    /** From the flat list that Redis answers; absent if there is no such task. */
    static Optional<StoredTask> of(UUID id, List<?> flat) {
        if (flat.isEmpty()) {
            return Optional.empty();
        }
        var fields = new HashMap<String, String>();
        for (int i = 0; i + 1 < flat.size(); i += 2) {
            fields.put(String.valueOf(flat.get(i)), String.valueOf(flat.get(i + 1)));
        }
        return Optional.of(new StoredTask(id, fields));
    }

    Task task(PayloadCodec codec) {
        return new Task(id, text("type"), text("queue"), state(), integer("priority"), json(codec, text("payload")),
                instant("created").orElseThrow(), instant("run").orElseThrow(), instant("started"), instant("ended"),
                given("worker"), integer("attempt"), integer("max"), given("key"),
                given("result").map(result -> json(codec, result)), given("error"), duration("timeout"),
                given("progress").map(JSON::readTree), Optional.empty(), 0);
    }

    LiveTask liveTask(PayloadCodec codec) {
        return new LiveTask(id, text("type"), text("queue"), integer("priority"), json(codec, text("payload")),
                instant("created").orElseThrow(), instant("run").orElseThrow(), integer("attempt"), integer("last"),
                integer("max"), given("key"), duration("timeout"), duration("ttl"), Optional.empty(), given("error"));
    }

    /** How it ended; absent while it lives. */
    Optional<TaskAttempt> lastAttempt(PayloadCodec codec) {
        var state = state();
        var why = state == TaskState.CANCELLED
                ? given("error").or(() -> Optional.of("cancelled by request"))
                : given("error");
        return instant("ended").map(ended -> new TaskAttempt(integer("attempt"),
                TaskAttempt.Outcome.valueOf(state.name()), given("worker"), instant("started"), ended,
                instant("started").map(started -> Duration.between(started, ended)),
                given("result").map(result -> json(codec, result)), why));
    }

    /** An entry of the list of attempts before the last. */
    static TaskAttempt attempt(String entry) {
        var node = JSON.readTree(entry);
        var startedAt = Optional.of(node.path(3).asString()).filter(text -> !text.isEmpty()).map(StoredTask::instantOf);
        var endedAt = instantOf(node.path(4).asString());
        return new TaskAttempt(Integer.parseInt(node.path(0).asString()),
                TaskAttempt.Outcome.valueOf(node.path(1).asString().toUpperCase(Locale.ROOT)),
                Optional.of(node.path(2).asString()).filter(text -> !text.isEmpty()), startedAt, endedAt,
                startedAt.map(start -> Duration.between(start, endedAt)), Optional.empty(),
                Optional.of(node.path(5).asString()).filter(text -> !text.isEmpty()));
    }

    TaskState state() {
        return TaskState.valueOf(text("state").toUpperCase(Locale.ROOT));
    }

    String text(String field) {
        return given(field).orElseThrow(() -> new IllegalStateException("task " + id + " has no " + field
                + "; something else writes to our keys"));
    }

    Optional<String> given(String field) {
        return Optional.ofNullable(fields.get(field));
    }

    int integer(String field) {
        return Integer.parseInt(text(field));
    }

    Optional<Instant> instant(String field) {
        return given(field).map(StoredTask::instantOf);
    }

    Optional<Duration> duration(String field) {
        return given(field).map(Long::parseLong).map(Duration::ofMillis);
    }

    static JsonNode json(PayloadCodec codec, String stored) {
        return JSON.readTree(codec.decode(stored));
    }

    /** From microseconds. */
    static Instant instantOf(String micros) {
        long value = Long.parseLong(micros);
        return Instant.ofEpochSecond(Math.floorDiv(value, MICROS), Math.floorMod(value, MICROS) * 1000);
    }

    /** In microseconds; what lies before 1970 or behind the year 2255 counts as these. */
    static String micros(Instant instant) {
        long seconds = Math.clamp(instant.getEpochSecond(), 0, MICROS_MAX / MICROS);
        return Long.toString(Math.min(seconds * MICROS + instant.getNano() / 1000, MICROS_MAX));
    }

    static String millis(Optional<Duration> duration) {
        return duration.map(Duration::toMillis).map(String::valueOf).orElse("");
    }

    /** The states as the scripts call them. */
    static Stream<String> labels(java.util.Collection<TaskState> states) {
        return states.stream().map(StoredTask::label);
    }

    static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
