package dev.howdah.workflow.definition;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a definition in Java. What it makes passes the same checks as a file, so there is one place that knows them.
 *
 * @see WorkflowDefinition#named
 */
public final class WorkflowBuilder {
    private final ObjectNode json = JsonNodeFactory.instance.objectNode();
    private final ArrayNode nodes = json.putArray("nodes");
    private final ArrayNode edges = json.putArray("edges");

    WorkflowBuilder(String id) {
        json.put("id", id);
    }

    /** Its name for people; the id without one. */
    public WorkflowBuilder name(String name) {
        json.put("name", name);
        return this;
    }

    public WorkflowBuilder description(String description) {
        json.put("description", description);
        return this;
    }

    /** {@link WorkflowType#CUSTOM} unless it is set. */
    public WorkflowBuilder type(WorkflowType type) {
        json.put("type", type.label());
        return this;
    }

    /** An object that the engine does not look at. */
    public WorkflowBuilder metadata(JsonNode metadata) {
        json.set("metadata", metadata);
        return this;
    }

    /** How long an execution may take: one that takes longer fails, after its compensations. */
    public WorkflowBuilder timeout(Duration timeout) {
        json.put("timeout", DurationText.of(timeout));
        return this;
    }

    /** Makes it callable as a skill. */
    public WorkflowBuilder publishedAs(PublishedSkill skill) {
        json.set("skill", skill.toJson());
        return this;
    }

    /** A node that runs a handler: the one with its id, unless another is named. */
    public WorkflowBuilder task(String id, UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.TASK, node);
    }

    /** A node that runs the handler with its id. */
    public WorkflowBuilder task(String id) {
        return task(id, UnaryOperator.identity());
    }

    /** A phase of software development. */
    public WorkflowBuilder phase(String id, UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.PHASE, node);
    }

    /** A node that runs a skill. */
    public WorkflowBuilder skill(String id, String skill, UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.SKILL, n -> node.apply(n.executor(skill)));
    }

    /** A node that asks a language model. */
    public WorkflowBuilder model(String id, String prompt, UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.MODEL, n -> node.apply(n.config("prompt", prompt)));
    }

    /** A node that has a remote agent do something. */
    public WorkflowBuilder agent(String id, String agent, UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.AGENT, n -> node.apply(n.config("agent", agent)));
    }

    /** A node that sends an HTTP request. */
    public WorkflowBuilder http(String id, String method, String url, UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.HTTP, n -> node.apply(n.config("method", method).config("url", url)));
    }

    /** A node that decides: its output is {@code {"result": true}} or false. */
    public WorkflowBuilder condition(String id, String expression, UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.CONDITION, n -> node.apply(n.config("expression", expression)));
    }

    /** A node that runs another one for each element of the list that an expression gives. */
    public WorkflowBuilder map(String id, String items, int concurrency, NodeBuilder each,
            UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.MAP, n -> node.apply(n.config("items", items).config("concurrency", concurrency)
                .config("node", each.json())));
    }

    /** A node that runs several others, which do not depend on each other. */
    public WorkflowBuilder parallel(String id, List<NodeBuilder> members, UnaryOperator<NodeBuilder> node) {
        var list = JsonNodeFactory.instance.arrayNode();
        members.forEach(member -> list.add(member.json()));
        return node(id, NodeType.PARALLEL_GROUP, n -> node.apply(n.config("nodes", list)));
    }

    /** A node that runs a workflow. */
    public WorkflowBuilder subWorkflow(String id, String workflow, UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.SUB_WORKFLOW, n -> node.apply(n.config("workflow", workflow)));
    }

    /** A node that waits for a time. */
    public WorkflowBuilder pause(String id, Duration duration, UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.WAIT, n -> node.apply(n.config("duration", DurationText.of(duration))));
    }

    /** A node that waits for a signal. */
    public WorkflowBuilder signal(String id, String name, UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.SIGNAL, n -> node.apply(n.config("name", name)));
    }

    /** A node that waits for a person's decision. */
    public WorkflowBuilder review(String id, String prompt, UnaryOperator<NodeBuilder> node) {
        return node(id, NodeType.HUMAN_REVIEW, n -> node.apply(n.config("prompt", prompt)));
    }

    /** What undoes a node if the execution fails after that had completed. */
    public WorkflowBuilder compensate(String id, String of, NodeBuilder run) {
        return node(id, NodeType.COMPENSATE, n -> n.config("of", of).config("run", run.json()));
    }

    /** A node of any type. */
    public WorkflowBuilder node(String id, NodeType type, UnaryOperator<NodeBuilder> node) {
        nodes.add(node.apply(NodeBuilder.of(type).id(id)).json());
        return this;
    }

    /** An edge that is taken only if a condition holds. */
    public WorkflowBuilder edge(String from, String to, String condition) {
        edges.addObject().put("from", from).put("to", to).put("condition", condition);
        return this;
    }

    /** An edge that is always taken. */
    public WorkflowBuilder edge(String from, String to) {
        edges.addObject().put("from", from).put("to", to);
        return this;
    }

    /**
     * The definition.
     *
     * @throws dev.howdah.postgres.InvalidInputException {@code workflow-invalid}, with every fault and its place
     */
    public WorkflowDefinition build() {
        return build(WorkflowLimits.defaults(), Map.of());
    }

    /** The definition within limits; see {@link WorkflowDefinition#parse(String, WorkflowLimits, Map)}. */
    public WorkflowDefinition build(WorkflowLimits limits, Map<NodeType, Predicate<String>> executors) {
        return WorkflowDefinition.parse(json, limits, executors);
    }
}
