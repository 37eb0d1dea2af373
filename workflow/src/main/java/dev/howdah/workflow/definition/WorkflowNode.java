package dev.howdah.workflow.definition;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One step of a workflow.
 *
 * @param id letters, digits, {@code _} and {@code -}, at most 100; unique in its workflow (of a child: in its group)
 * @param name for people
 * @param executor the handler or skill that runs it; the id without {@code phase_} if none is named
 * @param dependencies the nodes that have to end before it, each once
 * @param condition the node is skipped if it does not hold
 * @param config an object; its texts may hold expressions in <code>${...}</code>
 * @param timeout of one attempt
 * @param heartbeat an attempt that was silent for so long has failed
 * @param inputContract JSON Schema of what it is given
 * @param outputContract JSON Schema of its output
 * @param metadata an object that the engine does not look at
 * @param children of a map and a compensation the one node that they run, of a group its nodes; read from the config
 */
public record WorkflowNode(String id, String name, NodeType type, String executor, List<String> dependencies,
        Optional<String> condition, JsonNode config, RetryPolicy retry, Optional<Duration> timeout,
        Optional<Duration> heartbeat, Optional<QualityGate> gate, Optional<JsonNode> inputContract,
        Optional<JsonNode> outputContract, JsonNode metadata, List<WorkflowNode> children) {
    public WorkflowNode {
        dependencies = List.copyOf(dependencies);
        children = List.copyOf(children);
    }

    /** The node as JSON, which {@link WorkflowDefinition#parse} reads again. */
    public ObjectNode toJson() {
        var json = JsonNodeFactory.instance.objectNode().put("id", id).put("name", name).put("type", type.label());
        if (type.hasExecutor()) {
            json.put("executor", executor);
        }
        if (!dependencies.isEmpty()) {
            var list = json.putArray("dependencies");
            dependencies.forEach(list::add);
        }
        condition.ifPresent(text -> json.put("condition", text));
        if (!config.isEmpty()) {
            json.set("config", config);
        }
        if (!retry.equals(RetryPolicy.NONE)) {
            json.set("retry", toJson(retry));
        }
        timeout.ifPresent(value -> json.put("timeout", DurationText.of(value)));
        heartbeat.ifPresent(value -> json.put("heartbeat_timeout", DurationText.of(value)));
        gate.ifPresent(value -> json.putObject("gate").put("threshold", value.threshold()));
        inputContract.ifPresent(schema -> json.set("input_contract", schema));
        outputContract.ifPresent(schema -> json.set("output_contract", schema));
        if (!metadata.isEmpty()) {
            json.set("metadata", metadata);
        }
        return json;
    }

    static ObjectNode toJson(RetryPolicy retry) {
        var json = JsonNodeFactory.instance.objectNode().put("attempts", retry.attempts())
                .put("delay", DurationText.of(retry.delay())).put("backoff", retry.backoff())
                .put("max_delay", DurationText.of(retry.maxDelay())).put("jitter", retry.jitter());
        if (!retry.nonRetryable().isEmpty()) {
            var list = json.putArray("non_retryable");
            retry.nonRetryable().forEach(list::add);
        }
        return json;
    }
}
