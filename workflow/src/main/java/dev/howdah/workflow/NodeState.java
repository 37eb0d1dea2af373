package dev.howdah.workflow;

import dev.howdah.workflow.definition.NodeType;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * A node of an execution as it stands.
 *
 * @param nodeId of an item of a map {@code map/17}, of a child of a group {@code group/child}
 * @param taskId the task that runs it or waits to
 * @param attemptCount also those that died with their process
 * @param inputs its configuration with expressions evaluated, if it has any; of an item of a map: the item
 * @param heartbeat what its handler noted last
 * @param dueAt until when it waits
 * @param remaining of a map or group: how many of its children have not ended
 */
public record NodeState(UUID executionId, String nodeId, Optional<String> parentNodeId, NodeType type,
        NodeStatus status,
        Optional<UUID> taskId, int attemptCount, Optional<JsonNode> inputs, Optional<JsonNode> outputs,
        Optional<JsonNode> heartbeat, Optional<Instant> dueAt, Optional<Integer> remaining, Optional<Instant> startedAt,
        Optional<Instant> completedAt, Optional<String> error, Optional<String> errorType,
        Optional<Double> qualityScore) {
    /** From the start of its first attempt to its end; absent if it has not ended. */
    public Optional<Duration> duration() {
        return startedAt.flatMap(start -> completedAt.map(end -> Duration.between(start, end)));
    }
}
