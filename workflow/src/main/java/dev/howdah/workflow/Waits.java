package dev.howdah.workflow;

import java.util.List;
import dev.howdah.workflow.definition.WorkflowNode;
import dev.howdah.workflow.definition.Contracts;
import dev.howdah.workflow.definition.NodeType;
import dev.howdah.postgres.ConflictException;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskState;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What becomes of nodes that wait for something from outside: for a time, a message, a person, another execution or task. */
final class Waits {
    private final ExecutionBatch batch;
    private final Transitions transitions;

    Waits(ExecutionBatch batch, Transitions transitions) {
        this.batch = batch;
        this.transitions = transitions;
    }

    /** Waits for a message, unless it has come before. */
    void signal(ExecutionRow execution, NodeRow node, String name, Optional<Duration> timeout) {
        var payload = consume(execution, node, name);
        if (payload.isPresent()) {
            transitions.complete(execution, node, payload.get());
        } else {
            transitions.await(execution, node, timeout.map(batch.now()::plus).orElse(null), "node_waiting",
                    Engine.object().put("signal", name));
        }
    }

    private Optional<String> consume(ExecutionRow execution, NodeRow node, String name) {
        return batch.transaction().handle().createQuery(EngineSql.CONSUME_SIGNAL)
                .bind("execution", execution.id).bind("node", node.nodeId()).bind("name", name)
                .mapTo(String.class).findOne();
    }

    /** A message has come: whoever waits for it goes on, or it is kept for who will. */
    void deliver(ExecutionRow execution, String name, JsonNode payload) {
        batch.transaction().handle().createUpdate(EngineSql.INSERT_SIGNAL)
                .bind("execution", execution.id).bind("name", name).bind("payload", payload.toString()).execute();
        batch.event(execution, "signal_received", null, name,
                Engine.object().put("name", name).set("payload", payload));
        batch.loadWaiting(execution, NodeType.SIGNAL).stream().filter(node -> node.status == NodeStatus.WAITING)
                .filter(node -> waitsFor(execution, node, name))
                .findFirst().ifPresent(node -> consume(execution, node, name).ifPresent(text -> {
                    batch.withdrawTask(node);
                    transitions.complete(execution, node, text);
                }));
    }

    private static boolean waitsFor(ExecutionRow execution, NodeRow node, String name) {
        return execution.plan.find(node.nodeId()).map(definition -> NodeTasks.signalName(definition).equals(name))
                .orElse(false);
    }

    /** The time that a node waited for, or at most, has come. */
    void timeIsOver(ExecutionRow execution, NodeRow node) {
        switch (node.type) {
            case WAIT -> transitions.complete(execution, node, "{}");
            case SIGNAL -> transitions.fail(execution, node, NodeStatus.FAILED, "signal-timeout",
                    "the signal did not come in time");
            case HUMAN_REVIEW -> reviewIsOverdue(execution, node);
            case PHASE, TASK, HTTP, SKILL, MODEL, AGENT, CONDITION, MAP, PARALLEL_GROUP, SUB_WORKFLOW, COMPENSATE ->
                throw new IllegalStateException(node.type + " does not wait for a time");
        }
    }

    private void reviewIsOverdue(ExecutionRow execution, NodeRow node) {
        var config = execution.plan.find(node.nodeId()).orElseThrow().config();
        switch (config.path("on_due").asString("fail")) {
            case "approve" -> decide(execution, node, new Review(true, "howdah", "approved by itself: it was due"));
            case "reject" -> decide(execution, node, new Review(false, "howdah", "rejected by itself: it was due"));
            default -> transitions.fail(execution, node, NodeStatus.FAILED, "review-overdue",
                    "nobody reviewed it in time");
        }
    }

    /**
     * A person has decided.
     *
     * @throws ConflictException if the node does not wait for it
     */
    void review(ExecutionRow execution, NodeRow node, Review review) {
        if (node.type != NodeType.HUMAN_REVIEW || node.status != NodeStatus.WAITING) {
            throw new ConflictException("review-not-awaited", "node " + node.nodeId() + " of execution " + execution.id
                    + " is " + node.status.name().toLowerCase(java.util.Locale.ROOT)
                    + (node.type == NodeType.HUMAN_REVIEW ? "" : " and no human_review"),
                    "only a human_review that waits can be approved or rejected, once");
        }
        batch.withdrawTask(node);
        decide(execution, node, review);
    }

    private void decide(ExecutionRow execution, NodeRow node, Review review) {
        var output = Engine.object().put("approved", review.approved()).put("by", review.by())
                .put("comment", review.comment());
        batch.event(execution, review.approved() ? "review_approved" : "review_rejected", node.nodeId(),
                review.comment(), output);
        var config = execution.plan.find(node.nodeId()).orElseThrow().config();
        if (review.approved() || config.path("on_reject").asString("fail").equals("continue")) {
            transitions.complete(execution, node, output.toString());
        } else {
            transitions.fail(execution, node, NodeStatus.FAILED, "review-rejected", "rejected by " + review.by()
                    + (review.comment().isEmpty() ? "" : ": " + review.comment()));
        }
    }

    /** The execution that a node waited for has ended. */
    void executionEnded(ExecutionRow execution, NodeRow node, Execution child) {
        switch (child.status()) {
            case COMPLETED -> transitions.complete(execution, node,
                    child.output().map(JsonNode::toString).orElse("{}"));
            case FAILED, CANCELLED -> transitions.fail(execution, node, NodeStatus.FAILED, "sub-workflow-failed",
                    "execution " + child.id() + " of " + child.workflowId() + " "
                            + child.status().name().toLowerCase(java.util.Locale.ROOT)
                            + child.error().map(error -> ": " + error).orElse(""));
            case PENDING, RUNNING, PAUSED -> {
            } // retried meanwhile: its next end comes by here again
        }
    }

    /**
     * The task that a node waited for has ended.
     *
     * @param answer what was known before it
     */
    void taskEnded(ExecutionRow execution, NodeRow node, @Nullable Task task, Optional<JsonNode> answer) {
        if (task == null) {
            transitions.fail(execution, node, NodeStatus.FAILED, "task-lost", "its task is not known any more");
        } else if (task.state() == TaskState.FINISHED) {
            taskFinished(execution, node, output(task.result().orElseGet(Engine::object), answer));
        } else if (task.state() == TaskState.FAILED || task.state() == TaskState.CANCELLED) {
            transitions.fail(execution, node, NodeStatus.FAILED, "task-failed", "task " + task.id() + ": "
                    + task.error().orElse("it was cancelled"));
        }
    }

    private static JsonNode output(JsonNode result, Optional<JsonNode> answer) {
        return answer.<JsonNode>map(known -> {
            var both = Engine.object();
            both.set("answer", known);
            return both.set("result", result);
        }).orElse(result);
    }

    private void taskFinished(ExecutionRow execution, NodeRow node, JsonNode output) {
        var violations = execution.plan.find(node.nodeId()).flatMap(WorkflowNode::outputContract)
                .map(contract -> Contracts.violations(contract, output)).orElse(List.of());
        if (violations.isEmpty()) {
            transitions.complete(execution, node, output.toString());
        } else {
            transitions.fail(execution, node, NodeStatus.FAILED, "contract-broken",
                    "its output breaks the contract: " + String.join("; ", violations));
        }
    }
}
