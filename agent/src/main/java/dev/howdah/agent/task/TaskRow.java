package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.a2a.TaskStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task as its row has it.
 *
 * @param runId the task of the queue that runs it
 * @param fence the attempt of that task which may write
 * @param readAt the database's time when it was read
 */
record TaskRow(UUID id, String owner, String contextId, Optional<String> skill, TaskState state,
        Optional<Message> statusMessage, Instant statusAt, long lastSequence, Optional<UUID> runId, int fence,
        Optional<JsonNode> continuation, Optional<ObjectNode> metadata, Instant readAt) {

    static TaskRow of(ResultSet row) throws SQLException {
        return new TaskRow(row.getObject("id", UUID.class), row.getString("owner"), row.getString("context_id"),
                Optional.ofNullable(row.getString("skill")), TaskState.ofLabel(row.getString("state")),
                json(row, "status_message").map(ProtoReader::message), time(row, "status_at"),
                row.getLong("last_sequence"), Optional.ofNullable(row.getObject("run_id", UUID.class)),
                row.getInt("fence"), json(row, "continuation"),
                json(row, "metadata").map(ObjectNode.class::cast), time(row, "now"));
    }

    private static Optional<JsonNode> json(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column)).map(JsonMapper.shared()::<JsonNode>readTree);
    }

    /** In whole milliseconds, which is all that the protocol knows. */
    static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Without history and artifacts. */
    Task bare() {
        return new Task(id.toString(), contextId, new TaskStatus(state, statusMessage, statusAt), List.of(), List.of(),
                metadata);
    }
}
