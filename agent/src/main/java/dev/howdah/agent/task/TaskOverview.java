package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Tasks and conversations of all callers, newest first, for those who run the service. Thread-safe. */
public final class TaskOverview {
    public static final int LIMIT_MAX = 500;

    static final String LIST = """
        SELECT id, owner, context_id, skill, state, status_message, status_at, last_sequence, run_id, fence, continuation,
               metadata, now()::timestamptz(3) AS now
          FROM agent_tasks
         WHERE id < COALESCE(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
           AND (:state::text IS NULL OR state = :state::text)
           AND (:owner::text IS NULL OR owner = :owner::text)
           AND (:context::text IS NULL OR context_id = :context::text)
           AND (:skill::text IS NULL OR skill = :skill::text)
         ORDER BY id DESC
         LIMIT :limit
        """;

    static final String CONTEXTS = """
        SELECT page.owner, page.id, page.created_at, tasks.total, tasks.open, tasks.last_at
          FROM (SELECT owner, id, created_at
                  FROM agent_contexts
                 WHERE (created_at, owner, id) < (COALESCE(:beforeAt::timestamptz, 'infinity'), :beforeOwner, :beforeId)
                   AND (:owner::text IS NULL OR owner = :owner::text)
                 ORDER BY created_at DESC, owner DESC, id DESC
                 LIMIT :limit) AS page
         CROSS JOIN LATERAL (SELECT count(*) AS total, count(*) FILTER (WHERE ended_at IS NULL) AS open,
                                    max(status_at) AS last_at
                               FROM agent_tasks
                              WHERE agent_tasks.owner = page.owner AND context_id = page.id) AS tasks
         ORDER BY page.created_at DESC, page.owner DESC, page.id DESC
        """;

    private final Database database;

    public TaskOverview(Database database) {
        this.database = database;
    }

    /**
     * Which tasks; what is absent does not restrict.
     *
     * @param before the id of the last task that is known
     * @param limit 1 to {@link #LIMIT_MAX}
     */
    public record Filter(Optional<TaskState> state, Optional<String> owner, Optional<String> contextId,
            Optional<String> skill, Optional<UUID> before, int limit) {
        public Filter {
            checkLimit(limit);
        }
    }

    /**
     * A task with what only the service knows of it.
     *
     * @param lastSequence of its events
     * @param runId the task of the queue that runs it, or ran it last
     */
    public record Entry(Task task, String owner, Optional<String> skill, long lastSequence, Optional<UUID> runId) {}

    /**
     * A conversation.
     *
     * @param tasks of it
     * @param open those that have not ended
     * @param lastAt when the newest status was given
     */
    public record Conversation(String owner, String id, Instant createdAt, int tasks, int open,
            Optional<Instant> lastAt) {}

    /** Without history and artifacts. */
    public List<Entry> list(Filter filter) {
        return database.read(handle -> handle.createQuery(LIST).bind("before", filter.before().orElse(null))
                .bind("state", filter.state().map(TaskState::label).orElse(null))
                .bind("owner", filter.owner().orElse(null)).bind("context", filter.contextId().orElse(null))
                .bind("skill", filter.skill().orElse(null)).bind("limit", filter.limit())
                .map((row, context) -> TaskRow.of(row)).list()).stream().map(row -> entry(row, row.bare())).toList();
    }

    /** With history and artifacts. */
    public Optional<Entry> find(UUID id) {
        return database.read(handle -> TaskStore.find(handle, id).map(row -> entry(row, TaskReader.tasks(handle,
                List.of(row), Integer.MAX_VALUE - 1, true).getFirst())));
    }

    /**
     * What happened in a task, the client's messages included.
     *
     * @param after the sequence of the last event that is known; 0 for all
     * @param limit 1 to {@link #LIMIT_MAX}
     */
    public List<TaskEvent> events(UUID id, String contextId, long after, int limit) {
        checkLimit(limit);
        return database
                .read(handle -> TaskReader.events(handle, Map.of(id, contextId), Map.of(id, after), limit));
    }

    /**
     * Conversations, newest first.
     *
     * @param owner whose; absent for all
     * @param last the last one that is known
     * @param limit 1 to {@link #LIMIT_MAX}
     */
    public List<Conversation> conversations(Optional<String> owner, Optional<Conversation> last, int limit) {
        checkLimit(limit);
        return database.read(handle -> handle.createQuery(CONTEXTS).bind("owner", owner.orElse(null))
                .bind("beforeAt", last.map(known -> known.createdAt().atOffset(java.time.ZoneOffset.UTC)).orElse(null))
                .bind("beforeOwner", last.map(Conversation::owner).orElse(""))
                .bind("beforeId", last.map(Conversation::id).orElse("")).bind("limit", limit)
                .map((row, context) -> conversation(row)).list());
    }

    private static Conversation conversation(ResultSet row) throws SQLException {
        return new Conversation(row.getString("owner"), row.getString("id"), row.getObject("created_at",
                OffsetDateTime.class).toInstant(), row.getInt("total"), row.getInt("open"), Optional
                        .ofNullable(row
                                .getObject("last_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant));
    }

    private static Entry entry(TaskRow row, Task task) {
        return new Entry(task, row.owner(), row.skill(), row.lastSequence(), row.runId());
    }

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new InvalidInputException("agent-filter-invalid", "limit", limit + " is out of range", "use 1 to "
                    + LIMIT_MAX);
        }
    }
}
