package dev.howdah.workflow;

import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskRun;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Tells a node that what it waited for has ended: an execution that it started, or a task that others ran. */
final class WakeTasks implements TaskHandler {
    private final Engine engine;
    private final PostgresTaskQueue queue;

    WakeTasks(Engine engine, PostgresTaskQueue queue) {
        this.engine = engine;
        this.queue = queue;
    }

    @Override
    public JsonNode handle(TaskRun task) {
        var id = UUID.fromString(task.payload().path("execution").asString());
        var nodeId = task.payload().path("node").asString();
        return engine.change(Set.of(id), batch -> {
            var execution = batch.execution(id);
            var node = batch.node(id, nodeId);
            if (execution.isEmpty() || node.isEmpty() || execution.get().status.isEnded()
                    || node.get().status != NodeStatus.WAITING || isOfEarlierAttempt(task, node.get())) {
                return Engine.object().put("awaited", false);
            }
            var transitions = engine.transitions(batch);
            var waits = new Waits(batch, transitions);
            if (task.payload().has("task")) {
                waits.taskEnded(execution.get(), node.get(),
                        queue.find(UUID.fromString(task.payload().path("task").asString())).orElse(null),
                        Optional.of(task.payload().path("answer")).filter(answer -> !answer.isMissingNode()));
            } else {
                var child = UUID.fromString(task.payload().path("child").asString());
                Executions.find(batch.transaction().handle(), child)
                        .ifPresent(ended -> waits.executionEnded(execution.get(), node.get(), ended));
            }
            transitions.startChildren();
            return Engine.object().put("awaited", true);
        });
    }

    /** The node was run again meanwhile, and waits for something else. */
    private static boolean isOfEarlierAttempt(TaskRun task, NodeRow node) {
        return task.payload().path("attempt").asInt(node.attemptCount) != node.attemptCount;
    }
}
