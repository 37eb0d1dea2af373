package dev.howdah.workflow;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** One attempt of a node, as its handler sees it. Thread-safe. */
public interface NodeRun {
    UUID executionId();

    /** The node; of an item of a map: {@code map/17}. */
    String nodeId();

    String nodeName();

    /** The node's configuration, its expressions evaluated. */
    JsonNode config();

    /** What the execution was started with. */
    JsonNode input();

    /** Outputs of the nodes that this one depends on, by id; skipped ones are left out. */
    Map<String, JsonNode> dependencyOutputs();

    /** What this item of a map is to work on. */
    Optional<JsonNode> item();

    /** The number of this attempt, from 1. */
    int attempt();

    /** The same for every attempt of this node in this execution, and for nothing else. */
    default String idempotencyKey() {
        return executionId() + "/" + nodeId();
    }

    /** What an earlier attempt noted last, so that this one can go on from there. */
    Optional<JsonNode> lastHeartbeat();

    /** Notes that the work goes on, and how far it has come; stored within a second. */
    void heartbeat(JsonNode details);

    /** Tells how far the work has come. */
    void progress(int percent, String message);

    /** Adds a line to the log of the node's task. */
    void log(String line);

    /** Whether the handler should stop: the execution was cancelled, or the time is over. */
    boolean isStopped();
}
