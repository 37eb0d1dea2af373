package dev.howdah.queue;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A task to be enqueued. Immutable; every {@code with} answers a copy.
 *
 * <pre>{@code NewTask.of("send-invoice", payload).withPriority(10).withDelay(Duration.ofMinutes(5))}</pre>
 */
public final class NewTask {
    public static final String DEFAULT_QUEUE = "default";
    public static final int DEFAULT_MAX_ATTEMPTS = 3;
    public static final int DEPENDENCIES_MAX = 10_000;

    private static final String NAME_REMEDY = "use lower-case letters, digits, _ - or ., at most 100";
    private static final Duration DELAY_MAX = Duration.ofDays(3650);
    private static final Duration TIMEOUT_MAX = Duration.ofDays(30);

    private final String type;
    private final JsonNode payload;
    private final String queue;
    private final int priority;
    private final int maxAttempts;
    private final Duration delay;
    private final @Nullable Instant runAt;
    private final @Nullable Duration timeout;
    private final @Nullable Duration resultTtl;
    private final @Nullable String partition;
    private final @Nullable String key;
    private final @Nullable Duration uniqueFor;
    private final OnConflict onConflict;
    private final Set<UUID> dependsOn;
    private final boolean runsWhatever;
    private final Optional<TraceContext> trace;

    /** What becomes of a task whose key is taken by one that is queued. One that is started is always left alone. */
    public enum OnConflict {
        /** It is not enqueued. */
        SKIP,
        /** The queued one takes on its payload, priority, attempts and time. */
        REPLACE,
        /** The queued one takes on its time. */
        RESCHEDULE
    }

    /** What a task is made from. */
    private static final class Draft {
        private final String type;
        private final JsonNode payload;
        private String queue = DEFAULT_QUEUE;
        private int priority;
        private int maxAttempts = DEFAULT_MAX_ATTEMPTS;
        private Duration delay = Duration.ZERO;
        private @Nullable Instant runAt;
        private @Nullable Duration timeout;
        private @Nullable Duration resultTtl;
        private @Nullable String partition;
        private @Nullable String key;
        private @Nullable Duration uniqueFor;
        private OnConflict onConflict = OnConflict.SKIP;
        private Set<UUID> dependsOn = Set.of();
        private boolean runsWhatever;
        private Optional<TraceContext> trace = TraceContext.current();

        Draft(String type, JsonNode payload) {
            this.type = type;
            this.payload = payload;
        }
    }

    private NewTask(Draft draft) {
        type = draft.type;
        payload = draft.payload;
        queue = draft.queue;
        priority = draft.priority;
        maxAttempts = draft.maxAttempts;
        delay = draft.delay;
        runAt = draft.runAt;
        timeout = draft.timeout;
        resultTtl = draft.resultTtl;
        partition = draft.partition;
        key = draft.key;
        uniqueFor = draft.uniqueFor;
        onConflict = draft.onConflict;
        dependsOn = Set.copyOf(draft.dependsOn);
        runsWhatever = draft.runsWhatever;
        trace = draft.trace.filter(TraceContext::sampled);
        var faults = faults();
        if (!faults.isEmpty()) {
            throw new InvalidInputException("task-invalid", faults);
        }
    }

    /**
     * A task of the default queue that runs as soon as it can, up to three times.
     *
     * @param type which handler runs it; lower case letters, digits, {@code _}, {@code -} and {@code .}, at most 100
     * @param payload what the handler gets; at most {@code howdah.queue.payload-max} characters as text
     */
    public static NewTask of(String type, JsonNode payload) {
        return new NewTask(new Draft(type, payload));
    }

    /** Where it waits; named like a type. */
    public NewTask withQueue(String value) {
        var draft = draft();
        draft.queue = value;
        return new NewTask(draft);
    }

    /** Higher runs first, -1000 to 1000. Every priority that is used costs each claim a little: use a handful. */
    public NewTask withPriority(int value) {
        var draft = draft();
        draft.priority = value;
        return new NewTask(draft);
    }

    /** How long it waits at least, by the database's clock. */
    public NewTask withDelay(Duration value) {
        var draft = draft();
        draft.delay = value;
        return new NewTask(draft);
    }

    /** The time before which it does not run, instead of a delay. */
    public NewTask withRunAt(Instant value) {
        var draft = draft();
        draft.runAt = value;
        return new NewTask(draft);
    }

    /** How often it is run at most, 1 to 100. */
    public NewTask withMaxAttempts(int value) {
        var draft = draft();
        draft.maxAttempts = value;
        return new NewTask(draft);
    }

    /**
     * At most one task with this key is queued or started at a time: enqueueing another one answers with the id of the one
     * that is there. At most 500 characters.
     */
    public NewTask withKey(String value) {
        var draft = draft();
        draft.key = value;
        return new NewTask(draft);
    }

    /** The key is made of type and payload: at most one task of this type with these arguments at a time. */
    public NewTask withUniqueArguments() {
        return withKey(type + ":" + digest(payload));
    }

    /** The key holds at least so long from now on, also after the task has ended; 1 s to 366 days. Needs a key. */
    public NewTask withUniqueFor(Duration value) {
        var draft = draft();
        draft.uniqueFor = value;
        return new NewTask(draft);
    }

    /** What becomes of it if its key is taken. */
    public NewTask withOnConflict(OnConflict value) {
        var draft = draft();
        draft.onConflict = value;
        return new NewTask(draft);
    }

    /** How long an attempt may run until its handler is interrupted and it counts as failed, 1 ms to 30 days. */
    public NewTask withTimeout(Duration value) {
        var draft = draft();
        draft.timeout = value;
        return new NewTask(draft);
    }

    /** How long its result is kept after its end, if shorter than the history; 1 s to 3650 days. */
    public NewTask withResultTtl(Duration value) {
        var draft = draft();
        draft.resultTtl = value;
        return new NewTask(draft);
    }

    /** Whom it belongs to, such as a tenant: partitions of a queue take turns. At most 200 characters. */
    public NewTask withPartition(String value) {
        var draft = draft();
        draft.partition = value;
        return new NewTask(draft);
    }

    /** Runs after all of these have finished; if one of them fails or is cancelled, this one is cancelled. */
    public NewTask after(Collection<UUID> tasks) {
        var draft = draft();
        draft.dependsOn = Set.copyOf(tasks);
        draft.runsWhatever = false;
        return new NewTask(draft);
    }

    /** Runs after all of these have ended, whatever their outcome: the completion task of a batch. */
    public NewTask afterEndOf(Collection<UUID> tasks) {
        var draft = draft();
        draft.dependsOn = Set.copyOf(tasks);
        draft.runsWhatever = true;
        return new NewTask(draft);
    }

    /** The step of a trace that it belongs to, instead of the one in which it is made; kept only if that is sampled. */
    public NewTask withTrace(Optional<TraceContext> value) {
        var draft = draft();
        draft.trace = value;
        return new NewTask(draft);
    }

    public String type() {
        return type;
    }

    public JsonNode payload() {
        return payload;
    }

    public String queue() {
        return queue;
    }

    public int priority() {
        return priority;
    }

    public int maxAttempts() {
        return maxAttempts;
    }

    public Duration delay() {
        return delay;
    }

    public Optional<Instant> runAt() {
        return Optional.ofNullable(runAt);
    }

    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    public Optional<Duration> resultTtl() {
        return Optional.ofNullable(resultTtl);
    }

    public Optional<String> partition() {
        return Optional.ofNullable(partition);
    }

    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    public Optional<Duration> uniqueFor() {
        return Optional.ofNullable(uniqueFor);
    }

    public OnConflict onConflict() {
        return onConflict;
    }

    public Set<UUID> dependsOn() {
        return dependsOn;
    }

    /** Whether it also runs if a task that it depends on fails. */
    public boolean runsWhatever() {
        return runsWhatever;
    }

    /** The step of a trace in which it was made, if somebody keeps that. */
    public Optional<TraceContext> trace() {
        return trace;
    }

    /**
     * What keeps a store from holding it.
     *
     * @param json its payload as text
     * @param payloadMax characters that a payload may have
     */
    public List<Fault> faultsInStore(String json, int payloadMax) {
        var faults = new ArrayList<Fault>();
        if (json.length() > payloadMax) {
            faults.add(new Fault("payload", "has " + json.length() + " characters, and the limit is " + payloadMax,
                    "store the data elsewhere and pass its address, or raise howdah.queue.payload-max"));
        }
        if (PayloadCodec.holdsNul(json) || holdsNul(key) || holdsNul(partition)) {
            faults.add(new Fault("payload", "holds the character U+0000, which cannot be stored",
                    "take it out, or encode the text in Base64"));
        }
        return faults;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NewTask task && values().equals(task.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    /** Without the payload, which may hold what nobody else should read. */
    @Override
    public String toString() {
        return "NewTask[" + type + " in " + queue + "]";
    }

    static void checkQueue(String name) {
        if (!isName(name)) {
            throw new InvalidInputException("queue-invalid", "name", "\"" + name + "\" is no queue name", NAME_REMEDY);
        }
    }

    private List<Object> values() {
        return List.of(type, payload, queue, priority, maxAttempts, delay, runAt(), timeout(), resultTtl(),
                partition(), key(), uniqueFor(), onConflict, dependsOn, runsWhatever, trace);
    }

    private Draft draft() {
        var draft = new Draft(type, payload);
        draft.queue = queue;
        draft.priority = priority;
        draft.maxAttempts = maxAttempts;
        draft.delay = delay;
        draft.runAt = runAt;
        draft.timeout = timeout;
        draft.resultTtl = resultTtl;
        draft.partition = partition;
        draft.key = key;
        draft.uniqueFor = uniqueFor;
        draft.onConflict = onConflict;
        draft.dependsOn = dependsOn;
        draft.runsWhatever = runsWhatever;
        draft.trace = trace;
        return draft;
    }

    private List<Fault> faults() {
        var faults = new ArrayList<Fault>();
        check(faults, isName(type), "type", "\"" + type + "\" is no task type", NAME_REMEDY);
        check(faults, isName(queue), "queue", "\"" + queue + "\" is no queue name", NAME_REMEDY);
        check(faults, priority >= -1000 && priority <= 1000, "priority", priority + " is out of range",
                "use -1000 to 1000");
        check(faults, !delay.isNegative() && delay.compareTo(DELAY_MAX) <= 0, "delay", delay + " is out of range",
                "use 0s to 3650d");
        check(faults, maxAttempts >= 1 && maxAttempts <= 100, "maxAttempts", maxAttempts + " is out of range",
                "use 1 to 100");
        check(faults, key == null || key.length() <= 500, "key", "is longer than 500 characters", "shorten or hash it");
        check(faults, partition == null || (!partition.isEmpty() && partition.length() <= 200), "partition",
                "is empty or longer than 200 characters", "shorten or hash it");
        check(faults, isWithin(timeout, Duration.ofMillis(1), TIMEOUT_MAX), "timeout", timeout + " is out of range",
                "use 1ms to 30d");
        check(faults, isWithin(resultTtl, Duration.ofSeconds(1), DELAY_MAX), "resultTtl", resultTtl
                + " is out of range", "use 1s to 3650d");
        check(faults, isWithin(uniqueFor, Duration.ofSeconds(1), Duration.ofDays(366)), "uniqueFor", uniqueFor
                + " is out of range", "use 1s to 366d");
        check(faults, uniqueFor == null || key != null, "uniqueFor", "is given without a key", "give the key too");
        check(faults, dependsOn.size() <= DEPENDENCIES_MAX, "dependsOn", dependsOn.size() + " tasks are too many",
                "use at most " + DEPENDENCIES_MAX);
        return faults;
    }

    /** By hand, since every task that is enqueued comes by here twice. */
    private static boolean isName(String text) {
        if (text.isEmpty() || text.length() > 100) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isLetter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!isLetter && (i == 0 || (c != '_' && c != '.' && c != '-'))) {
                return false;
            }
        }
        return true;
    }

    private static boolean holdsNul(@Nullable String text) {
        return text != null && text.indexOf('\0') >= 0;
    }

    private static boolean isWithin(@Nullable Duration value, Duration least, Duration most) {
        return value == null || (value.compareTo(least) >= 0 && value.compareTo(most) <= 0);
    }

    private static void check(List<Fault> faults, boolean valid, String field, String problem, String remedy) {
        if (!valid) {
            faults.add(new Fault(field, problem, remedy));
        }
    }

    /** The same for the same members in any order. */
    private static String digest(JsonNode payload) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(sorted(payload).toString()
                    .getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            var members = new TreeMap<String, JsonNode>();
            node.properties().forEach(member -> members.put(member.getKey(), sorted(member.getValue())));
            var object = JsonMapper.shared().createObjectNode();
            members.forEach(object::set);
            return object;
        }
        if (node.isArray()) {
            var array = JsonMapper.shared().createArrayNode();
            node.forEach(element -> array.add(sorted(element)));
            return array;
        }
        return node;
    }
}
