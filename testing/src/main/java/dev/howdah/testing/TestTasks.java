package dev.howdah.testing;

import dev.howdah.postgres.Database;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looks at the tasks of a test, and runs them when the test says so. Thread-safe. */
public final class TestTasks {
    /** Queued or running, in the order in which they were enqueued. */
    static final String LIVE = """
        SELECT id
          FROM tasks
         WHERE type = :type
         ORDER BY created_at, id
         LIMIT :limit
        """;

    static final String COUNTS = """
        SELECT type, count(*) AS tasks
          FROM tasks
         GROUP BY type
         ORDER BY type
        """;

    /** What is to run now or runs. */
    static final String DUE = """
        SELECT type || ' ' || id || CASE WHEN state = 'started' THEN ' runs' ELSE ' is due' END
          FROM tasks
         WHERE (state = 'started' OR ready OR (waits_for = 0 AND run_at <= now()))
           AND (:types::text[] IS NULL OR type = ANY (:types::text[]))
         ORDER BY type, id
         LIMIT :limit
        """;

    static final String ENDED_SINCE = """
        SELECT id
          FROM task_history
         WHERE ended_at >= :since
         ORDER BY ended_at, started_at, id -- what ended together was stored together
         LIMIT :limit
        """;

    /** More than a test can mean; a drain of tasks that enqueue each other for ever ends by its time. */
    private static final int TASKS_MAX = 10_000;
    private static final int NAMED_MAX = 10;
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final QueueSettings SETTINGS = QueueSettings.defaults().withConcurrency(1)
            .withPollInterval(Duration.ofMillis(100));

    private final Database database;
    private final TaskQueue queue;

    TestTasks(Database database, TaskQueue queue) {
        this.database = database;
        this.queue = queue;
    }

    /** The queued and running tasks of a type, in the order in which they were enqueued; at most 10,000. */
    public List<Task> enqueued(String type) {
        return inOrder(database.withHandle(handle -> handle.createQuery(LIVE).bind("type", type)
                .bind("limit", TASKS_MAX).mapTo(UUID.class).list()));
    }

    /**
     * The one task of a type that is queued or runs.
     *
     * @throws AssertionError if there is none or more than one, with what there is
     */
    public Task assertEnqueued(String type) {
        var tasks = enqueued(type);
        if (tasks.size() != 1) {
            throw new AssertionError("expected one task of type \"" + type + "\", and there are " + tasks.size()
                    + "; " + counts());
        }
        return tasks.getFirst();
    }

    /**
     * The first task of a type that is queued or runs and has this payload.
     *
     * @param payload compared as JSON
     * @throws AssertionError if there is none, with the payloads there are
     */
    public Task assertEnqueued(String type, Object payload) {
        JsonNode expected = JsonMapper.shared().readTree(JsonMapper.shared().writeValueAsString(payload));
        var tasks = enqueued(type);
        return tasks.stream().filter(task -> task.payload().equals(expected)).findFirst()
                .orElseThrow(() -> new AssertionError("expected a task of type \"" + type + "\" with " + expected
                        + ", and there are " + tasks.size() + ": " + tasks.stream().limit(NAMED_MAX)
                                .map(task -> task.payload().toString()).collect(Collectors.joining(", "))
                        + "; " + counts()));
    }

    /**
     * That no task of a type is queued or runs.
     *
     * @throws AssertionError if there is one, with the payloads there are
     */
    public void assertNotEnqueued(String type) {
        var tasks = enqueued(type);
        if (!tasks.isEmpty()) {
            throw new AssertionError("expected no task of type \"" + type + "\", and there are " + tasks.size() + ": "
                    + tasks.stream().limit(NAMED_MAX).map(task -> task.payload().toString())
                            .collect(Collectors.joining(", ")));
        }
    }

    private String counts() {
        var counts = database.withHandle(handle -> handle.createQuery(COUNTS)
                .map((row, context) -> row.getLong("tasks") + " " + row.getString("type")).list());
        return counts.isEmpty() ? "nothing is enqueued" : "enqueued are " + String.join(", ", counts);
    }

    /**
     * Runs the tasks of the handlers' types that are due, and those that they enqueue, one after the other, until none is. What
     * is delayed stays: also a task whose attempt failed, which is due again after a pause ({@link TestClock#advance}). For
     * handlers that wait for each other, start a {@link Worker} and use {@link #awaitIdle}.
     *
     * @return those that ended, in the order in which they did
     * @throws AssertionError if some are still due after 30 seconds
     */
    public List<Task> drain(Map<String, TaskHandler> handlers) {
        var begin = database.withHandle(handle -> handle.createQuery(TestClock.NOW).mapTo(OffsetDateTime.class).one());
        // A queue of its own, which has not looked at the time yet and looks at once.
        try (var worker = new Worker(new PostgresTaskQueue(database, SETTINGS), SETTINGS, handlers)) {
            worker.start();
            awaitNothingDue(handlers.keySet(), DRAIN_LIMIT);
        }
        return inOrder(database.withHandle(handle -> handle.createQuery(ENDED_SINCE).bind("since", begin)
                .bind("limit", TASKS_MAX).mapTo(UUID.class).list()));
    }

    /**
     * For workers that the test or the application under test has started: waits until nothing is due and nothing runs.
     *
     * @throws AssertionError if that is not so within the limit; it names some of the tasks
     */
    public void awaitIdle(Duration limit) {
        awaitNothingDue(null, limit);
    }

    private void awaitNothingDue(@Nullable Collection<String> types, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        for (var due = due(types); !due.isEmpty(); due = due(types)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("after " + limit.toSeconds() + " s: " + String.join(", ", due));
            }
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for: " + String.join(", ", due), e);
            }
        }
    }

    private List<String> due(@Nullable Collection<String> types) {
        return database.withHandle(handle -> handle.createQuery(DUE)
                .bind("types", types == null ? null : types.toArray(String[]::new)).bind("limit", NAMED_MAX)
                .mapTo(String.class).list());
    }

    private List<Task> inOrder(List<UUID> ids) {
        return queue.find(ids).stream().sorted(Comparator.comparingInt(task -> ids.indexOf(task.id()))).toList();
    }
}
