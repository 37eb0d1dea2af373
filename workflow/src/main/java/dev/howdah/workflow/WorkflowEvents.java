package dev.howdah.workflow;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Notifications.Subscription;
import dev.howdah.postgres.UnavailableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * Follows all executions of a workflow that are under way or begin: of each its events in order and without a gap. Ids of
 * executions begin with their time, so one that was begun and ended between two looks is found by its id. Thread-safe.
 */
public final class WorkflowEvents {
    private static final Logger LOG = LoggerFactory.getLogger(WorkflowEvents.class);
    private static final int EXECUTIONS_MAX = 1000;
    private static final int PAGE = 500;
    /** How far the clocks of processes may be apart, and how long ago what is shown may have begun and ended. */
    private static final Duration SLACK = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofSeconds(5);
    /** A workflow that is busy is looked at this often. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    static final String EXECUTIONS = """
        SELECT id
          FROM (SELECT id
                  FROM workflow_executions
                 WHERE workflow_id = :workflow AND completed_at IS NULL
                 UNION
                SELECT id
                  FROM workflow_executions
                 WHERE workflow_id = :workflow AND id >= :since) AS followed
         ORDER BY id DESC
         LIMIT :limit
        """;

    static final String EVENTS = """
        SELECT e.execution_id, e.sequence, e.event_type, e.node_id, e.message, e.data, e.created_at
          FROM unnest(:ids::uuid[], :after::bigint[]) AS known (id, after)
         CROSS JOIN LATERAL (SELECT execution_id, sequence, event_type, node_id, message, data, created_at
                               FROM execution_events
                              WHERE execution_id = known.id AND sequence > known.after
                              ORDER BY sequence
                              LIMIT :limit) AS e
         ORDER BY e.created_at, e.execution_id, e.sequence
        """;

    private final Database database;

    public WorkflowEvents(Database database) {
        this.database = database;
    }

    /**
     * Hands the events of the workflow's executions to the listener, those under way from their beginning, until the
     * subscription is closed or the listener throws. At most the newest thousand executions are followed.
     */
    public Subscription follow(String workflowId, Consumer<ExecutionEvent> listener) {
        var look = new Semaphore(1);
        var wakes = EventWakes.TOPICS.stream()
                .map(topic -> database.notifications().subscribe(topic, look::release)).toList();
        var thread = Thread.ofVirtual().name("howdah-follow-workflow").start(() -> {
            try {
                follow(workflowId, listener, look);
            } catch (InterruptedException e) {
                LOG.debug("No longer following workflow {}", workflowId);
            } catch (RuntimeException e) {
                LOG.warn("Following workflow {} ended in an error", workflowId, e);
            } finally {
                wakes.forEach(Subscription::close);
            }
        });
        return thread::interrupt;
    }

    private void follow(String workflowId, Consumer<ExecutionEvent> listener, Semaphore look)
            throws InterruptedException {
        Map<UUID, Long> known = new HashMap<>();
        var since = Instant.now().minus(SLACK);
        while (true) {
            look.drainPermits();
            try {
                // Nothing that ended long ago is dropped before its last events were read, and nothing is read twice.
                var next = Instant.now().minus(SLACK);
                for (var id : executions(workflowId, since)) {
                    known.putIfAbsent(id, 0L);
                }
                read(known, listener);
                if (next.isAfter(since.plus(SLACK))) {
                    var live = executions(workflowId, next);
                    known.keySet().retainAll(live);
                    since = next;
                }
            } catch (UnavailableException e) {
                LOG.debug("Following workflow {} goes on when the database is back", workflowId, e);
            }
            Thread.sleep(PAUSE);
            look.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void read(Map<UUID, Long> known, Consumer<ExecutionEvent> listener) throws InterruptedException {
        while (!known.isEmpty()) {
            var page = events(known);
            for (var event : page) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                listener.accept(event);
                known.put(event.executionId(), event.sequence());
            }
            if (page.isEmpty()) {
                return;
            }
        }
    }

    private List<UUID> executions(String workflowId, Instant since) {
        return database.withHandle(handle -> handle.createQuery(EXECUTIONS).bind("workflow", workflowId)
                .bind("since", firstOf(since)).bind("limit", EXECUTIONS_MAX).mapTo(UUID.class).list());
    }

    /** The lowest id that is made at this time. */
    static UUID firstOf(Instant time) {
        return new UUID(time.toEpochMilli() << 16 | 0x7000, 0x8000_0000_0000_0000L);
    }

    private List<ExecutionEvent> events(Map<UUID, Long> known) {
        var ids = known.keySet().toArray(UUID[]::new);
        var after = known.values().toArray(Long[]::new); // in the order of the keys
        return database.withHandle(handle -> handle.createQuery(EVENTS).bind("ids", ids).bind("after", after)
                .bind("limit", Math.max(1, PAGE / ids.length)).map((row, context) -> event(row)).list());
    }

    private static ExecutionEvent event(ResultSet row) throws SQLException {
        return new ExecutionEvent(row.getObject("execution_id", UUID.class), row.getLong("sequence"),
                row.getString("event_type"), Optional.ofNullable(row.getString("node_id")),
                Optional.ofNullable(row.getString("message")),
                Optional.ofNullable(row.getString("data")).map(JsonMapper.shared()::<JsonNode>readTree),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
