package dev.howdah.workflow.definition;

import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes a node in Java; see {@link WorkflowBuilder}. */
public final class NodeBuilder {
    private final ObjectNode json = JsonNodeFactory.instance.objectNode();

    private NodeBuilder() {}

    /** A node for a map, a group or a compensation that runs a handler. */
    public static NodeBuilder task(String executor) {
        return of(NodeType.TASK).executor(executor);
    }

    /** A node of any type for a map, a group or a compensation. */
    public static NodeBuilder of(NodeType type) {
        var builder = new NodeBuilder();
        builder.json.put("type", type.label());
        return builder;
    }

    /** Needed in a group; a node of a workflow has it already. */
    public NodeBuilder id(String id) {
        json.put("id", id);
        return this;
    }

    public NodeBuilder name(String name) {
        json.put("name", name);
        return this;
    }

    /** The handler or skill that runs it. */
    public NodeBuilder executor(String name) {
        json.put("executor", name);
        return this;
    }

    /** The nodes that have to end before it. */
    public NodeBuilder after(String... ids) {
        var list = json.withArray("dependencies");
        for (var id : ids) {
            list.add(id);
        }
        return this;
    }

    /** It is skipped unless this holds. */
    public NodeBuilder when(String condition) {
        json.put("condition", condition);
        return this;
    }

    /** A field of its configuration; the text may hold expressions in <code>${...}</code>. */
    public NodeBuilder config(String field, String value) {
        json.withObject("config").put(field, value);
        return this;
    }

    /** A field of its configuration. */
    public NodeBuilder config(String field, long value) {
        json.withObject("config").set(field, value == (int) value
                ? JsonNodeFactory.instance.numberNode((int) value)
                : JsonNodeFactory.instance.numberNode(value));
        return this;
    }

    /** A field of its configuration; its texts may hold expressions in <code>${...}</code>. */
    public NodeBuilder config(String field, JsonNode value) {
        json.withObject("config").set(field, value);
        return this;
    }

    /** So many attempts, a first pause of {@code delay} that doubles each time. */
    public NodeBuilder retry(int attempts, Duration delay) {
        return retry(RetryPolicy.of(attempts, delay));
    }

    public NodeBuilder retry(RetryPolicy policy) {
        json.set("retry", WorkflowNode.toJson(policy));
        return this;
    }

    /** How long one attempt may take. */
    public NodeBuilder timeout(Duration timeout) {
        json.put("timeout", DurationText.of(timeout));
        return this;
    }

    /** An attempt that was silent for so long has failed. */
    public NodeBuilder heartbeat(Duration timeout) {
        json.put("heartbeat_timeout", DurationText.of(timeout));
        return this;
    }

    /** The lowest quality, 0 to 1, with which the workflow goes on. */
    public NodeBuilder gate(double threshold) {
        json.putObject("gate").put("threshold", threshold);
        return this;
    }

    /** JSON Schema of what it is given. */
    public NodeBuilder inputContract(JsonNode schema) {
        json.set("input_contract", schema);
        return this;
    }

    /** JSON Schema of its output. */
    public NodeBuilder outputContract(JsonNode schema) {
        json.set("output_contract", schema);
        return this;
    }

    /** An object that the engine does not look at. */
    public NodeBuilder metadata(JsonNode metadata) {
        json.set("metadata", metadata);
        return this;
    }

    ObjectNode json() {
        return json;
    }
}
