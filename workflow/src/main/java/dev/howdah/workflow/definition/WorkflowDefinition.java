package dev.howdah.workflow.definition;

import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A graph of nodes without cycles. Immutable; every instance has passed {@link #parse}'s checks, or was stored by somebody that
 * had.
 *
 * <pre>{@code
 * var order = WorkflowDefinition.named("order")
 *         .task("charge", n -> n.config("amount", "${input.total}").retry(3, Duration.ofSeconds(5)))
 *         .task("ship", n -> n.after("charge"))
 *         .build();
 * }</pre>
 */
public final class WorkflowDefinition {
    // A class and not a record, because it keeps what it looks up: a record has no fields beside its components.
    private final String id;
    private final String name;
    private final String description;
    private final WorkflowType type;
    private final List<WorkflowNode> nodes;
    private final List<Edge> edges;
    private final JsonNode metadata;
    private final Optional<PublishedSkill> skill;
    private final Optional<Duration> timeout;
    private final Map<String, WorkflowNode> byId;
    private final Map<String, List<String>> dependants;
    private final Map<String, List<Edge>> incoming;

    WorkflowDefinition(String id, String name, String description, WorkflowType type, List<WorkflowNode> nodes,
            List<Edge> edges, JsonNode metadata, Optional<PublishedSkill> skill, Optional<Duration> timeout) {
        this.id = id;
        this.name = name;
        this.description = description;
        this.type = type;
        this.nodes = List.copyOf(nodes);
        this.edges = List.copyOf(edges);
        this.metadata = metadata;
        this.skill = skill;
        this.timeout = timeout;
        byId = HashMap.newHashMap(nodes.size());
        nodes.forEach(node -> byId.put(node.id(), node));
        var after = new HashMap<String, List<String>>();
        var before = new HashMap<String, List<Edge>>();
        for (var edge : edges) {
            after.computeIfAbsent(edge.from(), key -> new ArrayList<>()).add(edge.to());
            before.computeIfAbsent(edge.to(), key -> new ArrayList<>()).add(edge);
        }
        after.replaceAll((key, ids) -> List.copyOf(ids));
        before.replaceAll((key, list) -> List.copyOf(list));
        dependants = after;
        incoming = before;
    }

    /** Begins a definition in Java. */
    public static WorkflowBuilder named(String id) {
        return new WorkflowBuilder(id);
    }

    /**
     * Reads a definition.
     *
     * @param text JSON or YAML: {@code workflow}, {@code nodes}, {@code edges}; or all in one object; or the nodes and edges
     *        of a React Flow graph
     * @throws InvalidInputException {@code workflow-invalid}, with every fault and its place
     */
    public static WorkflowDefinition parse(String text) {
        return parse(text, WorkflowLimits.defaults(), Map.of());
    }

    /**
     * Reads a definition within limits.
     *
     * @param executors which executors there are, for types of nodes; for the others any is taken
     * @throws InvalidInputException {@code workflow-invalid}, with every fault and its place
     */
    public static WorkflowDefinition parse(String text, WorkflowLimits limits,
            Map<NodeType, Predicate<String>> executors) {
        return new DefinitionReader(limits, executors).read(DefinitionText.parse(text, limits));
    }

    /** Reads a definition that is JSON already; otherwise as {@link #parse(String, WorkflowLimits, Map)}. */
    public static WorkflowDefinition parse(JsonNode json, WorkflowLimits limits,
            Map<NodeType, Predicate<String>> executors) {
        return new DefinitionReader(limits, executors).read(json);
    }

    /** Reads what {@link #toJson} wrote, without checking again what was checked when it was stored. */
    public static WorkflowDefinition stored(JsonNode json) {
        return new DefinitionReader(WorkflowLimits.defaults(), Map.of()).readStored(json);
    }

    /** Its name for programs: letters, digits, {@code _} and {@code -}, at most 100. */
    public String id() {
        return id;
    }

    /** Its name for people. */
    public String name() {
        return name;
    }

    public String description() {
        return description;
    }

    public WorkflowType type() {
        return type;
    }

    /** In the order in which they were written. */
    public List<WorkflowNode> nodes() {
        return nodes;
    }

    /** One for each dependency of each node, in the order of the nodes that depend. */
    public List<Edge> edges() {
        return edges;
    }

    /** An object that the engine does not look at. */
    public JsonNode metadata() {
        return metadata;
    }

    /** As which skill it is published. */
    public Optional<PublishedSkill> skill() {
        return skill;
    }

    /** How long an execution may take, from its start to its end; of one that is retried, from there. */
    public Optional<Duration> timeout() {
        return timeout;
    }

    /** The node with this id. */
    public Optional<WorkflowNode> node(String nodeId) {
        return Optional.ofNullable(byId.get(nodeId));
    }

    /** The ids of the nodes that depend on this one directly. */
    public List<String> dependants(String nodeId) {
        return dependants.getOrDefault(nodeId, List.of());
    }

    /** The edges by which this node depends on others. */
    public List<Edge> incoming(String nodeId) {
        return incoming.getOrDefault(nodeId, List.of());
    }

    /** The nodes that an execution starts with: those that depend on nothing, without compensations. */
    public List<WorkflowNode> roots() {
        return nodes.stream().filter(node -> node.dependencies().isEmpty() && node.type() != NodeType.COMPENSATE)
                .toList();
    }

    /** The definition in its one normal form, which {@link #parse} reads to an equal definition. */
    public ObjectNode toJson() {
        var json = JsonNodeFactory.instance.objectNode().put("id", id).put("name", name);
        json.put("description", description).put("type", type.label());
        var list = json.putArray("nodes");
        nodes.forEach(node -> list.add(node.toJson()));
        var arrows = json.putArray("edges");
        for (var edge : edges) {
            var arrow = arrows.addObject().put("from", edge.from()).put("to", edge.to());
            edge.condition().ifPresent(condition -> arrow.put("condition", condition));
        }
        json.set("metadata", metadata);
        skill.ifPresent(published -> json.set("skill", published.toJson()));
        timeout.ifPresent(limit -> json.put("timeout", DurationText.of(limit)));
        return json;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WorkflowDefinition that && id.equals(that.id) && name.equals(that.name)
                && description.equals(that.description) && type == that.type && nodes.equals(that.nodes)
                && edges.equals(that.edges) && metadata.equals(that.metadata) && skill.equals(that.skill)
                && timeout.equals(that.timeout);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, name, type, edges);
    }

    @Override
    public String toString() {
        return "WorkflowDefinition[" + id + ", " + type.label() + ", " + nodes.size() + " nodes]";
    }
}
