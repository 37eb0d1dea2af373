package dev.howdah.agent.client;

import dev.howdah.agent.a2a.TaskState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * A task of a remote agent that a task of the queue waits for.
 *
 * @param taskId of the queue's task
 * @param sendingAt when its message was sent first, or was about to be
 * @param remoteId what the agent calls it; absent as long as it is not known that the message arrived
 * @param state as it was seen last
 * @param wakes how often the agent has said that there is something to see
 * @param hasCallback whether the agent was asked to say so
 * @param age since it is waited for
 */
record RemoteTaskRow(UUID taskId, String agent, String messageId, Optional<Instant> sendingAt,
        Optional<String> remoteId, Optional<TaskState> state, int wakes, boolean hasCallback, Duration age) {
    static RemoteTaskRow of(ResultSet row) throws SQLException {
        return new RemoteTaskRow(row.getObject("task_id", UUID.class), row.getString("agent"),
                row.getString("message_id"),
                Optional.ofNullable(row.getObject("sending_at", OffsetDateTime.class)).map(OffsetDateTime::toInstant),
                Optional.ofNullable(row.getString("remote_id")),
                Optional.ofNullable(row.getString("state")).map(TaskState::ofLabel), row.getInt("wakes"),
                row.getBoolean("has_callback"), Duration.ofMillis(row.getLong("age_millis")));
    }
}
