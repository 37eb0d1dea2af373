package dev.howdah.workflow;

import dev.howdah.workflow.definition.DurationText;
import dev.howdah.workflow.definition.NodeType;
import dev.howdah.workflow.definition.WorkflowNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rules by which executions go on. A node begins when its own dependencies have ended, whatever the others do: whoever
 * ends a node counts down those that depend on it, in the same transaction. A node behind skipped ones alone is skipped as
 * well; a failed node lets what runs come to its end and nothing new begin, then the compensations run in reverse, then the
 * execution has failed.
 */
final class Transitions {
    /** An output up to this many characters is told with the event; a larger one is in the node's state alone. */
    private static final int EVENT_OUTPUT_MAX = 4000;

    private final ExecutionBatch batch;
    private final int outputMax;
    /** Children that have ended in this batch, by their execution and parent. */
    private final Map<Ended, Integer> freed = new LinkedHashMap<>();

    /**
     * Rules for one batch.
     *
     * @param outputMax characters that the gathered outputs of children may have
     */
    Transitions(ExecutionBatch batch, int outputMax) {
        this.batch = batch;
        this.outputMax = outputMax;
    }

    private record Ended(ExecutionRow execution, NodeRow node) {}

    /** A handler takes the node into its hands. */
    void begin(ExecutionRow execution, NodeRow node, int attemptsMax) {
        node.status = NodeStatus.RUNNING;
        node.attemptCount++;
        node.dueAt = null;
        node.noError();
        batch.changed(node);
        batch.event(execution, "node_started", node.nodeId(), null,
                object().put("attempt", node.attemptCount).put("max_attempts", attemptsMax));
    }

    /** The execution is paused: the node stays ready, and its task is over. */
    void park(NodeRow node) {
        node.status = NodeStatus.READY;
        node.taskId = null;
        batch.changed(node);
    }

    void complete(ExecutionRow execution, NodeRow node, String output) {
        end(execution, node, NodeStatus.COMPLETED);
        node.outputs = output;
        node.noError();
        var data = object().put("attempt", node.attemptCount);
        if (output.length() <= EVENT_OUTPUT_MAX) {
            data.set("output", JsonMapper.shared().readTree(output));
        } else {
            data.put("output_size", output.length());
        }
        if (node.qualityScore != null) {
            data.put("quality_score", node.qualityScore);
        }
        batch.event(execution, "node_completed", node.nodeId(), null, data);
        goOn(execution, node);
    }

    /** Not run: as its condition says, since all before it were skipped, or by somebody's hand. */
    void skip(ExecutionRow execution, NodeRow node, String why) {
        end(execution, node, NodeStatus.SKIPPED);
        node.noError();
        batch.event(execution, "node_skipped", node.nodeId(), why, null);
        goOn(execution, node);
    }

    /** The attempt failed, and the next one is due at a time; the task goes on. */
    void retryLater(ExecutionRow execution, NodeRow node, String type, String message, Duration pause) {
        if (execution.isFailing()) { // another node failed meanwhile: there will be no further attempt
            drop(execution, node);
            settle(execution);
            return;
        }
        node.status = NodeStatus.READY;
        node.failureCount++;
        node.errorMessage = message;
        node.errorType = type;
        node.dueAt = batch.now().plus(pause);
        batch.changed(node);
        batch.event(execution, "node_retry", node.nodeId(), message, object().put("attempt", node.attemptCount)
                .put("delay", pause.toMillis() / 1000.0).put("error", message).put("error_type", type));
    }

    /**
     * Ends a node badly.
     *
     * @param status failed, or blocked by its quality gate
     */
    void fail(ExecutionRow execution, NodeRow node, NodeStatus status, String type, String message) {
        end(execution, node, status);
        node.failureCount++;
        node.errorMessage = message;
        node.errorType = type;
        batch.event(execution, status == NodeStatus.BLOCKED ? "node_blocked" : "node_failed", node.nodeId(), message,
                object().put("error", message).put("error_type", type).put("attempts", node.attemptCount));
        var parent = node.parent();
        if (parent.isPresent()) {
            batch.node(parent.get().executionId(), parent.get().nodeId()).filter(row -> !row.status.isEnded())
                    .ifPresent(row -> failParent(execution, row, node, type, message));
        } else if (node.type != NodeType.COMPENSATE && execution.errorMessage == null) {
            execution.errorNodeId = node.nodeId();
            execution.errorMessage = message;
            dropReady(execution);
        }
        settle(execution);
    }

    /** What no worker has yet is not begun any more; it would keep the execution from its end. */
    private void dropReady(ExecutionRow execution) {
        for (var node : batch.loadAll(execution)) {
            if (node.status == NodeStatus.READY) {
                drop(execution, node);
            }
        }
    }

    private void drop(ExecutionRow execution, NodeRow node) {
        batch.withdrawTask(node);
        leaveActive(execution, node);
        node.status = NodeStatus.PENDING;
        node.dueAt = null;
    }

    /** One child failed: the node that has it fails, and children that have not begun never do. */
    private void failParent(ExecutionRow execution, NodeRow parent, NodeRow child, String type, String message) {
        if (toleratesFailures(execution, parent)) {
            childEnded(execution, parent);
        } else {
            fail(execution, parent, NodeStatus.FAILED, type, child.nodeId() + ": " + message);
        }
    }

    private static boolean toleratesFailures(ExecutionRow execution, NodeRow parent) {
        return execution.plan.find(parent.nodeId()).map(node -> node.config().path("on_item_failure")
                .asString("fail").equals("continue")).orElse(false);
    }

    /** Holds nothing until somebody or something wakes it. */
    void await(ExecutionRow execution, NodeRow node, @Nullable Instant dueAt, String event, JsonNode data) {
        node.taskId = null;
        if (dueAt != null) {
            batch.runTask(node, dueAt);
        }
        await(execution, node, event, data, dueAt);
    }

    /** The same for a task that belongs to the node: whatever stops the node cancels it. */
    void awaitOwnTask(ExecutionRow execution, NodeRow node, UUID task) {
        node.taskId = task;
        await(execution, node, "node_waiting", object().put("task", task.toString()), null);
    }

    private void await(ExecutionRow execution, NodeRow node, String event, JsonNode data, @Nullable Instant dueAt) {
        leaveActive(execution, node);
        node.status = NodeStatus.WAITING;
        node.dueAt = dueAt;
        batch.changed(node);
        batch.event(execution, event, node.nodeId(), null, data);
        settle(execution);
    }

    /** Its children run in its place, so many at a time. */
    void expand(ExecutionRow execution, NodeRow node, List<NodeRow> children, int concurrency) {
        leaveActive(execution, node);
        node.taskId = null;
        node.remaining = children.size();
        node.nextOrdinal = Math.min(children.size(), concurrency);
        batch.changed(node);
        children.forEach(batch::add);
        batch.event(execution, "node_expanded", node.nodeId(), null, object().put("children", children.size()));
        if (children.isEmpty()) {
            completeParent(execution, node);
        } else {
            children.stream().limit(node.nextOrdinal).forEach(child -> ready(execution, child));
        }
        settle(execution);
    }

    private void end(ExecutionRow execution, NodeRow node, NodeStatus status) {
        leaveActive(execution, node);
        node.status = status;
        node.taskId = null;
        node.dueAt = null;
        batch.changed(node);
        if (isCounted(node)) {
            count(execution, status, 1);
        }
    }

    /** Compensations and children are not what the execution's progress is about. */
    private static boolean isCounted(NodeRow node) {
        return node.parentNodeId == null && node.type != NodeType.COMPENSATE;
    }

    private static void count(ExecutionRow execution, NodeStatus status, int change) {
        switch (status) {
            case COMPLETED -> execution.completedNodes += change;
            case FAILED, BLOCKED -> execution.failedNodes += change;
            case SKIPPED -> execution.skippedNodes += change;
            case PENDING, READY, RUNNING, WAITING, CANCELLED -> {
            }
        }
    }

    /** A container does not count as active itself: its children do. */
    private void leaveActive(ExecutionRow execution, NodeRow node) {
        if (node.status.isActive() && node.remaining == null) {
            execution.activeNodes--;
        }
        batch.changed(execution);
    }

    /** A node is to run. */
    private void ready(ExecutionRow execution, NodeRow node) {
        node.status = NodeStatus.READY;
        execution.activeNodes++;
        batch.changed(node);
        batch.changed(execution);
        if (execution.status == ExecutionStatus.RUNNING) {
            batch.runTask(node, null);
        }
    }

    /** The first nodes of an execution that begins. */
    void start(ExecutionRow execution, List<NodeRow> nodes) {
        nodes.stream().filter(node -> node.unmet == 0 && isCounted(node)).forEach(node -> ready(execution, node));
        batch.startTime(execution);
    }

    /** Lets go what waited for the node, and so on behind skipped ones. */
    private void goOn(ExecutionRow execution, NodeRow node) {
        var parent = node.parent();
        if (parent.isPresent()) {
            batch.node(execution.id, parent.get().nodeId()).filter(row -> !row.status.isEnded())
                    .ifPresent(row -> childEnded(execution, row));
        } else if (node.type != NodeType.COMPENSATE) {
            var ended = new ArrayDeque<>(List.of(new Ended(execution, node)));
            while (!ended.isEmpty()) {
                countDown(ended.remove()).forEach(ended::add);
            }
        }
        settle(execution);
    }

    /** Those that were skipped because everything before them was. */
    private List<Ended> countDown(Ended ended) {
        var execution = ended.execution;
        var dependants = execution.plan.dependants(ended.node.nodeId()).stream()
                .map(id -> new NodeRow.Key(execution.id, id)).toList();
        batch.load(dependants);
        var skipped = new ArrayList<Ended>();
        for (var key : dependants) {
            var node = batch.node(key.executionId(), key.nodeId()).orElseThrow();
            if (node.status != NodeStatus.PENDING) {
                continue; // it ended before, and only what stands before it was retried
            }
            node.unmet--;
            node.liveInputs += ended.node.status == NodeStatus.SKIPPED ? 0 : 1;
            batch.changed(node);
            if (node.unmet > 0 || execution.isFailing() || execution.status.isEnded()) {
                continue;
            }
            if (node.liveInputs > 0) {
                ready(execution, node);
            } else {
                end(execution, node, NodeStatus.SKIPPED);
                batch.event(execution, "node_skipped", node.nodeId(), "every node before it was skipped", null);
                skipped.add(new Ended(execution, node));
            }
        }
        return skipped;
    }

    private void childEnded(ExecutionRow execution, NodeRow parent) {
        parent.remaining = Optional.ofNullable(parent.remaining).orElseThrow() - 1;
        batch.changed(parent);
        if (parent.remaining == 0) {
            completeParent(execution, parent);
        } else {
            freed.merge(new Ended(execution, parent), 1, Integer::sum);
        }
    }

    /** Lets as many children begin as have ended in this batch; to be called once, at its end. */
    void startChildren() {
        freed.forEach((ended, count) -> {
            var execution = ended.execution;
            var parent = ended.node;
            if (execution.isFailing() || parent.status.isEnded()) {
                return;
            }
            int from = Optional.ofNullable(parent.nextOrdinal).orElseThrow();
            var children = batch.loadChildren(parent, from, from + count);
            children.forEach(child -> ready(execution, child));
            parent.nextOrdinal = from + children.size();
            batch.changed(parent);
        });
    }

    /** Its output is gathered from its children once they are stored. */
    private void completeParent(ExecutionRow execution, NodeRow parent) {
        var output = batch.gatherChildren(parent);
        if (output.length() > outputMax) {
            fail(execution, parent, NodeStatus.FAILED, "output-too-large", "the outputs of its children have "
                    + output.length() + " characters together; at most " + outputMax
                    + " are kept (howdah.workflow.output-max)");
        } else {
            complete(execution, parent, output);
        }
    }

    /** Looks whether the execution has come to its end, or to its compensations. */
    void settle(ExecutionRow execution) {
        if (execution.status != ExecutionStatus.RUNNING && execution.status != ExecutionStatus.PAUSED) {
            return;
        }
        if (execution.isFailing()) {
            if (execution.activeNodes == 0 && !compensate(execution)) {
                endBadly(execution, ExecutionStatus.FAILED, "workflow_failed");
            }
        } else if (execution.isDone() && execution.activeNodes == 0) {
            execution.status = ExecutionStatus.COMPLETED;
            batch.completed(execution);
            batch.event(execution, "workflow_completed", null, null, null);
            batch.wakeParent(execution);
        }
    }

    /** Whether a compensation is under way: one at a time, for what ended last first. */
    private boolean compensate(ExecutionRow execution) {
        var plan = execution.plan;
        var compensations = plan.compensations();
        if (compensations.isEmpty()) {
            return false;
        }
        var keys = new ArrayList<NodeRow.Key>();
        compensations.forEach(node -> {
            keys.add(new NodeRow.Key(execution.id, node.id()));
            keys.add(new NodeRow.Key(execution.id, plan.compensated(node)));
        });
        batch.load(keys);
        var endings = batch.endings(execution);
        Predicate<WorkflowNode> isDue = node -> batch.node(execution.id, node.id())
                .orElseThrow().status == NodeStatus.PENDING
                && batch.node(execution.id, plan.compensated(node)).orElseThrow().status == NodeStatus.COMPLETED;
        var next = compensations.stream().filter(isDue)
                .max(Comparator.comparing((WorkflowNode node) -> endings.getOrDefault(plan.compensated(node), 0L)));
        next.ifPresent(node -> ready(execution, batch.node(execution.id, node.id()).orElseThrow()));
        return next.isPresent();
    }

    /**
     * The execution has taken longer than it may: what runs is stopped, compensations run, and it fails.
     *
     * @return whether it was under way
     */
    boolean timeIsOver(ExecutionRow execution) {
        if (execution.status.isEnded() || execution.isFailing()) {
            return false;
        }
        execution.errorMessage = "it did not end within "
                + execution.plan.definition().timeout().map(DurationText::of).orElseThrow();
        batch.event(execution, "workflow_timed_out", null, execution.errorMessage, null);
        stopNodes(execution, ExecutionStatus.FAILED);
        settle(execution);
        return true;
    }

    void cancel(ExecutionRow execution, String reason) {
        endBadly(execution, ExecutionStatus.CANCELLED, "workflow_cancelled", reason);
    }

    private void endBadly(ExecutionRow execution, ExecutionStatus status, String event) {
        endBadly(execution, status, event, null);
    }

    private void endBadly(ExecutionRow execution, ExecutionStatus status, String event, @Nullable String reason) {
        execution.status = status;
        stopNodes(execution, status);
        batch.event(execution, event, execution.errorNodeId, reason == null ? execution.errorMessage : reason,
                execution.errorMessage == null ? null : object().put("error", execution.errorMessage));
        batch.wakeParent(execution);
    }

    private void stopNodes(ExecutionRow execution, ExecutionStatus status) {
        boolean hadChildren = false;
        for (var node : batch.loadAll(execution)) {
            if (!node.status.isEnded() && isStopped(node, status)) {
                hadChildren |= node.type == NodeType.SUB_WORKFLOW && node.status == NodeStatus.WAITING;
                batch.withdrawTask(node);
                end(execution, node, NodeStatus.CANCELLED);
            }
        }
        if (hadChildren) {
            batch.cancelChildren(execution);
        }
    }

    /** After a failure, what never began stays pending: so it is told apart from what was stopped. */
    private static boolean isStopped(NodeRow node, ExecutionStatus status) {
        return status == ExecutionStatus.CANCELLED || node.status != NodeStatus.PENDING;
    }

    void pause(ExecutionRow execution) {
        execution.status = ExecutionStatus.PAUSED;
        batch.event(execution, "workflow_paused", null, null, null);
    }

    /** What got ready meanwhile runs now. */
    void resume(ExecutionRow execution) {
        execution.status = ExecutionStatus.RUNNING;
        batch.event(execution, "workflow_resumed", null, null, null);
        batch.loadAll(execution).stream()
                .filter(node -> node.status == NodeStatus.READY && node.taskId == null)
                .forEach(node -> batch.runTask(node, null));
        settle(execution);
    }

    /**
     * Lets nodes run again, with everything that did not end well, and goes on from there.
     *
     * @param again top-level nodes that begin anew although they may have ended well
     */
    void rerun(ExecutionRow execution, Set<String> again) {
        var rows = batch.loadAll(execution);
        var reset = new HashSet<>(again);
        rows.stream().filter(node -> node.parentNodeId == null && node.status.isEnded() && !node.status.isMet())
                .forEach(node -> reset.add(node.nodeId()));
        execution.plan.compensations().forEach(node -> reset.add(node.id()));
        var byId = new HashMap<String, NodeRow>();
        rows.stream().filter(node -> node.parentNodeId == null).forEach(node -> byId.put(node.nodeId(), node));
        reset.stream().map(byId::get).filter(java.util.Objects::nonNull).forEach(node -> reset(execution, node));
        batch.deleteChildren(execution, rows.stream().map(NodeRow::nodeId).filter(reset::contains).toList());
        execution.status = ExecutionStatus.RUNNING;
        execution.errorMessage = null;
        execution.errorNodeId = null;
        recount(execution, byId);
        for (var node : byId.values()) {
            if (node.status == NodeStatus.PENDING && isCounted(node)) {
                countInputs(execution, node, byId);
                batch.changed(node);
            }
        }
        byId.values().stream().filter(node -> node.status == NodeStatus.PENDING && isCounted(node) && node.unmet == 0)
                .sorted(Comparator.comparingInt(node -> node.ordinal))
                .forEach(node -> ready(execution, node));
        batch.startTime(execution);
        settle(execution);
    }

    /** Does without the node, and lets a failed execution go on. */
    void skipByHand(ExecutionRow execution, NodeRow node, String why) {
        batch.withdrawTask(node);
        if (execution.status.isEnded()) {
            end(execution, node, NodeStatus.SKIPPED);
            node.noError();
            batch.event(execution, "node_skipped", node.nodeId(), why, null);
            rerun(execution, Set.of());
        } else {
            skip(execution, node, why);
        }
    }

    private void reset(ExecutionRow execution, NodeRow node) {
        batch.withdrawTask(node);
        node.reset();
        batch.changed(execution);
    }

    private static void recount(ExecutionRow execution, Map<String, NodeRow> nodes) {
        execution.completedNodes = 0;
        execution.failedNodes = 0;
        execution.skippedNodes = 0;
        execution.activeNodes = (int) nodes.values().stream()
                .filter(node -> node.status.isActive() && node.remaining == null).count();
        nodes.values().stream().filter(Transitions::isCounted).forEach(node -> count(execution, node.status, 1));
    }

    private static void countInputs(ExecutionRow execution, NodeRow node, Map<String, NodeRow> nodes) {
        node.unmet = 0;
        node.liveInputs = 0;
        for (var id : execution.plan.find(node.nodeId()).orElseThrow().dependencies()) {
            var before = nodes.get(id);
            if (before == null || !before.status.isMet()) {
                node.unmet++;
            } else if (before.status == NodeStatus.COMPLETED) {
                node.liveInputs++;
            }
        }
    }

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }
}
