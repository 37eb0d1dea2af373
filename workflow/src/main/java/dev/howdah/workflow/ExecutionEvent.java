package dev.howdah.workflow;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Something that happened in an execution.
 *
 * @param sequence from 1, without a gap, in the order of commits
 * @param nodeId the node, or the step of a program
 */
public record ExecutionEvent(UUID executionId, long sequence, String type, Optional<String> nodeId,
        Optional<String> message, Optional<JsonNode> data, Instant createdAt) {
    /** Whether nothing comes after it, unless somebody retries the execution. */
    public boolean isTerminal() {
        return switch (type) {
            case "workflow_completed", "workflow_failed", "workflow_cancelled" -> true;
            default -> false;
        };
    }
}
