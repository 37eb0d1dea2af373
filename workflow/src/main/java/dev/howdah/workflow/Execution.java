package dev.howdah.workflow;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * An execution as it stands.
 *
 * @param workflowVersion 0 for a program
 * @param input the initial context
 * @param output of the nodes behind which nothing stands, by their ids; present once it has completed
 * @param key at most one execution with it is under way
 * @param schedule which started it
 * @param parentId the execution that waits for this one
 * @param forkedFrom the execution whose finished nodes it took over
 * @param error of the node that failed first, or that the time was over: then there is no {@code errorNodeId}
 */
public record Execution(UUID id, String workflowId, int workflowVersion, ExecutionStatus status, JsonNode input,
        Optional<JsonNode> output, Optional<String> key, Optional<String> schedule, Optional<UUID> parentId,
        Optional<UUID> forkedFrom, int totalNodes, int completedNodes, int failedNodes, int skippedNodes,
        Optional<String> error, Optional<String> errorNodeId, Instant createdAt, Optional<Instant> startedAt,
        Optional<Instant> pausedAt, Optional<Instant> completedAt) {
    /** How much of it is done, 0 to 100 with two decimals; skipped nodes count as done. */
    public double progressPercent() {
        if (status == ExecutionStatus.COMPLETED) {
            return 100;
        }
        return totalNodes == 0 ? 0 : Math.round((completedNodes + skippedNodes) * 10_000.0 / totalNodes) / 100.0;
    }
}
