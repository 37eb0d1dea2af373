package dev.howdah.workflow;

import dev.howdah.workflow.definition.NodeType;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A node of an execution whose row this transaction holds. */
final class NodeRow {
    final Key key;
    final int ordinal;
    final @Nullable String parentNodeId;
    final NodeType type;
    NodeStatus status = NodeStatus.PENDING;
    int unmet;
    int liveInputs;
    @Nullable
    UUID taskId;
    int attemptCount;
    int failureCount;
    @Nullable
    Instant dueAt;
    @Nullable
    Integer remaining;
    @Nullable
    Integer nextOrdinal;
    @Nullable
    String errorMessage;
    @Nullable
    String errorType;
    @Nullable
    Double qualityScore;
    /** To be stored; absent leaves what is there. */
    @Nullable
    String inputs;
    /** To be stored; absent leaves what is there. */
    @Nullable
    String outputs;

    NodeRow(Key key, int ordinal, @Nullable String parentNodeId, NodeType type) {
        this.key = key;
        this.ordinal = ordinal;
        this.parentNodeId = parentNodeId;
        this.type = type;
    }

    /** Which node of which execution. */
    record Key(UUID executionId, String nodeId) {}

    String nodeId() {
        return key.nodeId;
    }

    /** Items of a map and children of a group belong to a node; the others to the definition. */
    Optional<Key> parent() {
        return Optional.ofNullable(parentNodeId).map(id -> new Key(key.executionId, id));
    }

    /** Forgets what was, so that it can run again. */
    void reset() {
        status = NodeStatus.PENDING;
        taskId = null;
        failureCount = 0;
        dueAt = null;
        remaining = null;
        nextOrdinal = null;
        liveInputs = 0;
        noError();
        qualityScore = null;
    }

    void noError() {
        errorMessage = null;
        errorType = null;
    }
}
