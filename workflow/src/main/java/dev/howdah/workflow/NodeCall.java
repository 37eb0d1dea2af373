package dev.howdah.workflow;

import dev.howdah.workflow.definition.Scope;
import dev.howdah.workflow.definition.WorkflowNode;
import dev.howdah.queue.ClaimedTask;
import dev.howdah.queue.TaskRun;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** An attempt of a node that a worker has begun, with what it may look at. */
final class NodeCall implements NodeRun {
    private final TaskRun task;
    private final Plan plan;
    private final WorkflowNode node;
    private final NodeRow.Key key;
    private final int attempt;
    private final int failures;
    private final JsonNode input;
    private final Map<String, JsonNode> outputs;
    private final Optional<JsonNode> item;
    private final int index;
    private final Optional<JsonNode> lastHeartbeat;
    private final Duration retryPause;
    private volatile JsonNode config;
    private volatile @Nullable JsonNode newHeartbeat;
    private volatile long lastBeat = System.nanoTime();

    /**
     * An attempt.
     *
     * @param outputs of the nodes before it, and of those that its expressions name
     */
    NodeCall(TaskRun task, Plan plan, WorkflowNode node, NodeRow row, JsonNode input,
            Map<String, JsonNode> outputs, Optional<JsonNode> item, Optional<JsonNode> lastHeartbeat) {
        this.task = task;
        this.plan = plan;
        this.node = node;
        this.key = row.key;
        this.attempt = row.attemptCount;
        this.failures = row.failureCount;
        this.input = input;
        this.outputs = outputs;
        this.item = item;
        this.index = row.ordinal;
        this.lastHeartbeat = lastHeartbeat;
        this.retryPause = node.retry().pause(failures + 1, ThreadLocalRandom.current().nextDouble());
        this.config = node.config();
    }

    private NodeCall(NodeCall other, WorkflowNode node, JsonNode config) {
        this.task = other.task;
        this.plan = other.plan;
        this.node = node;
        this.key = other.key;
        this.attempt = other.attempt;
        this.failures = other.failures;
        this.input = other.input;
        this.outputs = other.outputs;
        this.item = other.item;
        this.index = other.index;
        this.lastHeartbeat = other.lastHeartbeat;
        this.retryPause = other.retryPause;
        this.config = config;
    }

    ClaimedTask claim() {
        return task.task();
    }

    TaskRun task() {
        return task;
    }

    WorkflowNode node() {
        return node;
    }

    Plan plan() {
        return plan;
    }

    NodeRow.Key key() {
        return key;
    }

    int failures() {
        return failures;
    }

    /** The same attempt for the child that a compensation runs in its place. */
    NodeCall in(WorkflowNode child, JsonNode evaluated) {
        return new NodeCall(this, child, evaluated);
    }

    /** How long to rest if this attempt fails; the same whenever it is asked for. */
    Duration retryPause() {
        return retryPause;
    }

    Scope scope() {
        return new Scope(input, outputs, item, item.isPresent() ? OptionalInt.of(index) : OptionalInt.empty());
    }

    /** What an input contract is about. */
    JsonNode given() {
        var given = Engine.object();
        given.set("config", config);
        given.set("input", input);
        var before = given.putObject("outputs");
        dependencyOutputs().forEach(before::set);
        item.ifPresent(element -> given.set("item", element));
        return given;
    }

    Map<String, JsonNode> outputs() {
        return outputs;
    }

    void config(JsonNode evaluated) {
        config = evaluated;
    }

    @Override
    public UUID executionId() {
        return key.executionId();
    }

    @Override
    public String nodeId() {
        return key.nodeId();
    }

    @Override
    public String nodeName() {
        return node.name();
    }

    @Override
    public JsonNode config() {
        return config;
    }

    @Override
    public JsonNode input() {
        return input;
    }

    @Override
    public Map<String, JsonNode> dependencyOutputs() {
        var before = new LinkedHashMap<String, JsonNode>();
        for (var id : plan.find(topLevelId()).orElseThrow().dependencies()) {
            var output = outputs.get(id);
            if (output != null) {
                before.put(id, output);
            }
        }
        return before;
    }

    /** Children see what stands before the node that they belong to. */
    private String topLevelId() {
        int slash = key.nodeId().indexOf('/');
        return slash < 0 ? key.nodeId() : key.nodeId().substring(0, slash);
    }

    @Override
    public Optional<JsonNode> item() {
        return item;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public Optional<JsonNode> lastHeartbeat() {
        var newest = newHeartbeat;
        return newest == null ? lastHeartbeat : Optional.of(newest);
    }

    @Override
    public void heartbeat(JsonNode details) {
        newHeartbeat = details;
        lastBeat = System.nanoTime();
    }

    /** What was noted since the last call. */
    Optional<JsonNode> drainHeartbeat() {
        var newest = Optional.ofNullable(newHeartbeat);
        newHeartbeat = null;
        return newest;
    }

    /** When it was heard of last, in the measure of {@link System#nanoTime}. */
    long lastBeat() {
        return lastBeat;
    }

    @Override
    public void progress(int percent, String message) {
        lastBeat = System.nanoTime();
        task.progress(percent, message);
    }

    @Override
    public void log(String line) {
        task.log(line);
    }

    @Override
    public boolean isStopped() {
        return Thread.currentThread().isInterrupted();
    }
}
