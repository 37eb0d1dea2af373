package dev.howdah.workflow;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Notifications.Subscription;
import dev.howdah.postgres.UnavailableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what happened in executions, by pages or as it happens. Whoever stores events tells {@link EventWakes} afterwards; a
 * wake-up only says "look", so a follower that misses one finds the events at its next poll. Thread-safe.
 */
public final class ExecutionEvents {
    public static final int PAGE_MAX = 1000;

    static final String LIST = """
        SELECT execution_id, sequence, event_type, node_id, message, data, created_at
          FROM execution_events
         WHERE execution_id = :id
           AND sequence > :after
         ORDER BY sequence
         LIMIT :limit
        """;

    static final String LIST_BEFORE = """
        SELECT execution_id, sequence, event_type, node_id, message, data, created_at
          FROM execution_events
         WHERE execution_id = :id
           AND sequence < :before
         ORDER BY sequence DESC
         LIMIT :limit
        """;

    static final String EXISTS = """
        SELECT EXISTS (SELECT
                         FROM workflow_executions
                        WHERE id = :id)
        """;

    private static final Logger LOG = LoggerFactory.getLogger(ExecutionEvents.class);
    /** Executions share topics, because a process that runs thousands must not send thousands of topics. */
    static final int BUCKETS = 64;
    private static final int FOLLOW_PAGE = 200;
    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(1);

    private final Database database;

    public ExecutionEvents(Database database) {
        this.database = database;
    }

    /** The topic of {@link dev.howdah.postgres.Notifications} that is woken after events of this execution were stored. */
    public static String topicOf(UUID executionId) {
        return EventWakes.TOPICS.get(EventWakes.bucketOf(executionId));
    }

    /**
     * What happened after an event.
     *
     * @param after its sequence; 0 for all
     * @param limit 1 to {@link #PAGE_MAX}
     */
    public List<ExecutionEvent> list(UUID executionId, long after, int limit) {
        checkLimit(limit);
        return database.read(handle -> handle.createQuery(LIST)
                .bind("id", executionId)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> event(row)).list());
    }

    /**
     * What happened before an event, the newest first: the end of a long history without its beginning.
     *
     * @param before its sequence; {@link Long#MAX_VALUE} for the newest of all
     * @param limit 1 to {@link #PAGE_MAX}
     */
    public List<ExecutionEvent> listBefore(UUID executionId, long before, int limit) {
        checkLimit(limit);
        return database.read(handle -> handle.createQuery(LIST_BEFORE)
                .bind("id", executionId)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> event(row)).list());
    }

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > PAGE_MAX) {
            throw new InvalidInputException("events-invalid", "limit", limit + " is out of range",
                    "use 1 to " + PAGE_MAX);
        }
    }

    private static ExecutionEvent event(ResultSet row) throws SQLException {
        return new ExecutionEvent(row.getObject("execution_id", UUID.class), row.getLong("sequence"),
                row.getString("event_type"), Optional.ofNullable(row.getString("node_id")),
                Optional.ofNullable(row.getString("message")),
                Optional.ofNullable(row.getString("data")).map(JsonMapper.shared()::<JsonNode>readTree),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    /**
     * Hands every event after that one to the listener, in order and without a gap, as they happen. The next is read when the
     * listener has returned, so a slow one slows down only itself. Ends by itself after the event with which the execution
     * ended, when the listener throws, or when the subscription is closed.
     *
     * @param after the sequence of the last event that is known; 0 for all
     * @throws NotFoundException if there is no such execution
     */
    public Subscription follow(UUID executionId, long after, Consumer<ExecutionEvent> listener) {
        if (!database.<Boolean>withHandle(handle -> handle.createQuery(EXISTS).bind("id", executionId)
                .mapTo(Boolean.class).one())) {
            throw unknown(executionId);
        }
        var look = new Semaphore(1);
        var wakes = database.notifications().subscribe(topicOf(executionId), look::release);
        var thread = Thread.ofVirtual().name("howdah-follow").start(() -> {
            try {
                follow(executionId, after, listener, look);
            } catch (InterruptedException e) {
                LOG.debug("No longer following execution {}", executionId);
            } catch (RuntimeException e) {
                LOG.warn("Following execution {} ended in an error", executionId, e);
            } finally {
                wakes.close();
            }
        });
        return thread::interrupt;
    }

    static NotFoundException unknown(UUID executionId) {
        return new NotFoundException("execution-not-found", "there is no execution " + executionId,
                "list those there are with: howdah execution list");
    }

    private void follow(UUID executionId, long after, Consumer<ExecutionEvent> listener, Semaphore look)
            throws InterruptedException {
        long known = after;
        boolean ended = false;
        boolean isFirst = true;
        while (true) {
            List<ExecutionEvent> page;
            try {
                look.drainPermits();
                if (isFirst && after > 0) {
                    ended = list(executionId, after - 1, 1).stream().anyMatch(ExecutionEvent::isTerminal);
                }
                page = list(executionId, known, FOLLOW_PAGE);
                isFirst = false;
            } catch (UnavailableException e) {
                LOG.debug("Following execution {} goes on when the database is back", executionId, e);
                Thread.sleep(OUTAGE_PAUSE);
                continue;
            }
            for (var event : page) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                listener.accept(event);
                known = event.sequence();
                ended = event.isTerminal();
            }
            if (page.size() < FOLLOW_PAGE) {
                if (ended) {
                    return;
                }
                look.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }
}
