package dev.howdah.workflow;

import dev.howdah.postgres.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What waits for a person, over all executions. Thread-safe. */
public final class Reviews {
    private static final int PAGE_MAX = 1000;

    static final String WAITING = """
        SELECT e.id AS execution_id, e.workflow_id, n.node_id, n.inputs, n.started_at, n.due_at
          FROM workflow_executions e
          JOIN node_states n ON n.execution_id = e.id
         WHERE e.completed_at IS NULL
           AND n.node_type = 'human_review'
           AND n.status = 'waiting'
           AND (:execution::uuid IS NULL OR (e.id, n.node_id) > (:execution::uuid, :node::text))
         ORDER BY e.id, n.node_id
         LIMIT :limit
        """;

    private final Database database;

    public Reviews(Database database) {
        this.database = database;
    }

    /**
     * A node that waits for a person.
     *
     * @param prompt what the person is asked
     * @param since when it was asked
     * @param dueAt when it decides by itself, as its {@code on_due} says
     */
    public record Waiting(UUID executionId, String workflowId, String nodeId, String prompt, Optional<Instant> since,
            Optional<Instant> dueAt) {}

    /** Those of the oldest executions. */
    public List<Waiting> oldest(int limit) {
        return list(Optional.empty(), "", limit);
    }

    /** The page after this one. */
    public List<Waiting> after(UUID executionId, String nodeId, int limit) {
        return list(Optional.of(executionId), nodeId, limit);
    }

    private List<Waiting> list(Optional<UUID> executionId, String nodeId, int limit) {
        return database.read(handle -> handle.createQuery(WAITING)
                .bind("execution", executionId.orElse(null)).bind("node", nodeId)
                .bind("limit", Math.clamp(limit, 1, PAGE_MAX))
                .map((row, context) -> waiting(row)).list());
    }

    private static Waiting waiting(ResultSet row) throws SQLException {
        var config = Optional.ofNullable(row.getString("inputs")).map(JsonMapper.shared()::<JsonNode>readTree);
        return new Waiting(row.getObject("execution_id", UUID.class), row.getString("workflow_id"),
                row.getString("node_id"), config.map(json -> json.path("prompt").asString("")).orElse(""),
                time(row, "started_at"), time(row, "due_at"));
    }

    private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
