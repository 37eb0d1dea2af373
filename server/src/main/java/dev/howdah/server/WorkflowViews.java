package dev.howdah.server;

import dev.howdah.workflow.Artifact;
import dev.howdah.workflow.Definitions;
import dev.howdah.workflow.definition.Edge;
import dev.howdah.workflow.Execution;
import dev.howdah.workflow.ExecutionEvent;
import dev.howdah.workflow.graph.GraphLayout;
import dev.howdah.workflow.NodeState;
import dev.howdah.workflow.NodeStatus;
import dev.howdah.workflow.Reviews;
import dev.howdah.workflow.definition.WorkflowNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Workflows as the API shows them: names in snake case, enum values in lower case, absent values as null. */
final class WorkflowViews {
    private static final double MILLIS = 1000.0;

    private WorkflowViews() {}

    /** A line of the list: nodes and edges are counts. */
    record WorkflowLine(String workflowId, String name, String type, String description, int version, int nodes,
            int edges, Instant createdAt) {
        static WorkflowLine of(Definitions.Version version) {
            var definition = version.definition();
            return new WorkflowLine(definition.id(), definition.name(), definition.type().label(),
                    definition.description(), version.version(), definition.nodes().size(), definition.edges().size(),
                    version.createdAt());
        }
    }

    record Position(int x, int y) {}

    record GraphNodeData(String phase, String label, String status, String nodeType, @Nullable String condition) {}

    record GraphNode(String id, String type, Position position, GraphNodeData data) {}

    record GraphEdge(String id, String source, String target, String type, @Nullable String condition) {
        static GraphEdge of(Edge edge) {
            return new GraphEdge(edge.from() + "-" + edge.to(), edge.from(), edge.to(), "smoothstep",
                    edge.condition().orElse(null));
        }
    }

    /** A workflow in React Flow's form, with the places of its nodes. */
    record GraphView(String workflowId, String name, String type, String description, int version, JsonNode metadata,
            Instant createdAt, List<GraphNode> nodes, List<GraphEdge> edges) {
        /** With the nodes' states. */
        static GraphView of(Definitions.Version version, Function<String, String> statusOf) {
            var definition = version.definition();
            var places = GraphLayout.of(definition).positions();
            return new GraphView(definition.id(), definition.name(), definition.type().label(),
                    definition.description(), version.version(), definition.metadata(), version.createdAt(),
                    definition.nodes().stream().map(node -> node(node, places.get(node.id()), statusOf)).toList(),
                    definition.edges().stream().map(GraphEdge::of).toList());
        }

        private static GraphNode node(WorkflowNode node, GraphLayout.@Nullable Position place,
                Function<String, String> statusOf) {
            var position = place == null ? new Position(0, 0) : new Position(place.x(), place.y());
            return new GraphNode(node.id(), "phase", position, new GraphNodeData(node.executor(), node.name(),
                    statusOf.apply(node.id()), node.type().label(), node.condition().orElse(null)));
        }
    }

    record WorkflowVersionView(String workflowId, int version, Instant createdAt, JsonNode definition) {
        static WorkflowVersionView of(Definitions.Version version) {
            return new WorkflowVersionView(version.definition().id(), version.version(), version.createdAt(),
                    version.definition().toJson());
        }
    }

    record StartedView(UUID executionId, String workflowId, String status, Instant startedAt) {
        /** As it was started: it may have ended since. */
        static StartedView of(Execution execution) {
            return new StartedView(execution.id(), execution.workflowId(),
                    execution.status().isEnded() ? "running" : TaskViews.label(execution.status()),
                    execution.startedAt().orElse(execution.createdAt()));
        }
    }

    /** An execution without its nodes. */
    record ExecutionLine(UUID executionId, String workflowId, int workflowVersion, String status, int completedNodes,
            int totalNodes, int failedNodes, int skippedNodes, double progressPercent, Instant createdAt,
            @Nullable Instant startedAt, @Nullable Instant pausedAt, @Nullable Instant completedAt,
            @Nullable String error, @Nullable String errorNodeId, @Nullable String key, @Nullable String schedule,
            @Nullable UUID parentId, @Nullable UUID forkedFrom) {
        static ExecutionLine of(Execution e) {
            return new ExecutionLine(e.id(), e.workflowId(), e.workflowVersion(), TaskViews.label(e.status()),
                    e.completedNodes(), e.totalNodes(), e.failedNodes(), e.skippedNodes(), e.progressPercent(),
                    e.createdAt(), e.startedAt().orElse(null), e.pausedAt().orElse(null), e.completedAt().orElse(null),
                    e.error().orElse(null), e.errorNodeId().orElse(null), e.key().orElse(null),
                    e.schedule().orElse(null), e.parentId().orElse(null), e.forkedFrom().orElse(null));
        }
    }

    /** An execution with all that a timeline shows. */
    record ExecutionView(UUID executionId, String workflowId, int workflowVersion, String status, int completedNodes,
            int totalNodes, int failedNodes, int skippedNodes, double progressPercent, List<NodeView> nodeStates,
            Instant createdAt, @Nullable Instant startedAt, @Nullable Instant pausedAt, @Nullable Instant completedAt,
            @Nullable Double duration, JsonNode input, @Nullable JsonNode output, @Nullable String error,
            @Nullable String errorNodeId, @Nullable String key, @Nullable String schedule, @Nullable UUID parentId,
            @Nullable UUID forkedFrom) {
        static ExecutionView of(Execution e, List<NodeView> nodes) {
            return new ExecutionView(e.id(), e.workflowId(), e.workflowVersion(), TaskViews.label(e.status()),
                    e.completedNodes(), e.totalNodes(), e.failedNodes(), e.skippedNodes(), e.progressPercent(), nodes,
                    e.createdAt(), e.startedAt().orElse(null), e.pausedAt().orElse(null), e.completedAt().orElse(null),
                    e.startedAt().flatMap(start -> e.completedAt().map(end -> seconds(Duration.between(start, end))))
                            .orElse(null),
                    e.input(), e.output().orElse(null), e.error().orElse(null), e.errorNodeId().orElse(null),
                    e.key().orElse(null), e.schedule().orElse(null), e.parentId().orElse(null),
                    e.forkedFrom().orElse(null));
        }
    }

    /**
     * A node of an execution.
     *
     * @param duration in seconds
     * @param children of a map or group, where a whole execution is shown: how many of its children are in which status
     */
    record NodeView(String nodeId, @Nullable String parentNodeId, String nodeType, String status, int attemptCount,
            @Nullable Instant startedAt, @Nullable Instant completedAt, @Nullable Double duration,
            @Nullable JsonNode inputs, @Nullable JsonNode outputs, List<ArtifactView> artifacts,
            @Nullable String error, @Nullable String errorType, @Nullable Double qualityScore,
            @Nullable JsonNode heartbeat, @Nullable Instant dueAt, @Nullable Integer remaining,
            @Nullable Map<String, Integer> children, @Nullable UUID taskId) {
        static NodeView of(NodeState node) {
            return of(node, Map.of(), Map.of());
        }

        static NodeView of(NodeState node, Map<String, List<ArtifactView>> artifacts,
                Map<String, Map<NodeStatus, Integer>> childCounts) {
            var children = childCounts.get(node.nodeId());
            return new NodeView(node.nodeId(), node.parentNodeId().orElse(null), node.type().label(),
                    TaskViews.label(node.status()), node.attemptCount(), node.startedAt().orElse(null),
                    node.completedAt().orElse(null), node.duration().map(WorkflowViews::seconds).orElse(null),
                    node.inputs().orElse(null), node.outputs().orElse(null),
                    artifacts.getOrDefault(node.nodeId(), List.of()), node.error().orElse(null),
                    node.errorType().orElse(null), node.qualityScore().orElse(null), node.heartbeat().orElse(null),
                    node.dueAt().orElse(null), node.remaining().orElse(null),
                    children == null ? null : labelled(children), node.taskId().orElse(null));
        }
    }

    private static Map<String, Integer> labelled(Map<NodeStatus, Integer> counts) {
        return counts.entrySet().stream().collect(Collectors.toMap(count -> TaskViews.label(count.getKey()),
                Map.Entry::getValue));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / MILLIS;
    }

    record ArtifactView(UUID id, UUID executionId, @Nullable String nodeId, String artifactType, String name,
            String description, String contentType, long sizeBytes, String sha256, Instant createdAt, String url) {
        static ArtifactView of(Artifact artifact) {
            return new ArtifactView(artifact.id(), artifact.executionId(), artifact.nodeId().orElse(null),
                    artifact.type(), artifact.name(), artifact.description(), artifact.contentType(),
                    artifact.sizeBytes(), artifact.sha256(), artifact.createdAt(),
                    "/api/executions/" + artifact.executionId() + "/artifacts/" + artifact.id() + "/content");
        }
    }

    /** An event, the same on sockets, in streams and in lists. */
    record EventView(String type, Instant timestamp, String workflowId, UUID executionId, @Nullable String nodeId,
            @Nullable String message, @Nullable JsonNode data, @Nullable String error, long sequence) {
        static EventView of(ExecutionEvent event, String workflowId) {
            var error = event.data().map(data -> data.path("error")).filter(JsonNode::isString)
                    .map(JsonNode::asString).orElse(null);
            return new EventView(event.type(), event.createdAt(), workflowId, event.executionId(),
                    event.nodeId().orElse(null), event.message().orElse(null), event.data().orElse(null), error,
                    event.sequence());
        }
    }

    record ReviewView(UUID executionId, String workflowId, String nodeId, String prompt, @Nullable Instant since,
            @Nullable Instant dueAt) {
        static ReviewView of(Reviews.Waiting waiting) {
            return new ReviewView(waiting.executionId(), waiting.workflowId(), waiting.nodeId(), waiting.prompt(),
                    waiting.since().orElse(null), waiting.dueAt().orElse(null));
        }
    }
}
