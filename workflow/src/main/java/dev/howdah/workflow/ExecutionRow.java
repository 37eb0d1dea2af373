package dev.howdah.workflow;

import dev.howdah.queue.TraceContext;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An execution whose row this transaction holds. */
final class ExecutionRow {
    final UUID id;
    final Plan plan;
    final @Nullable UUID parentId;
    final @Nullable String parentNodeId;
    final int totalNodes;
    ExecutionStatus status;
    int completedNodes;
    int failedNodes;
    int skippedNodes;
    int activeNodes;
    long lastSequence;
    @Nullable
    String errorMessage;
    @Nullable
    String errorNodeId;
    /** What this transaction does to it belongs to this step; a leader of many callers sets that of each. */
    Optional<TraceContext> trace = TraceContext.current();

    ExecutionRow(UUID id, Plan plan, @Nullable UUID parentId, @Nullable String parentNodeId,
            int totalNodes, ExecutionStatus status) {
        this.id = id;
        this.plan = plan;
        this.parentId = parentId;
        this.parentNodeId = parentNodeId;
        this.totalNodes = totalNodes;
        this.status = status;
    }

    /** Whether a node failed for good, or the time is over: nothing new begins but compensations. */
    boolean isFailing() {
        return errorMessage != null && !status.isEnded();
    }

    /** Whether every node of the normal flow has ended well. */
    boolean isDone() {
        return completedNodes + skippedNodes >= totalNodes;
    }
}
