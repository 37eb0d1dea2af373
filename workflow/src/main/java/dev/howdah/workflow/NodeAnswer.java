package dev.howdah.workflow;

import dev.howdah.queue.NewTask;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What a handler says of its node: what it has made, or whose end the node has to wait for. */
public sealed interface NodeAnswer permits NodeResult, NodeAnswer.UntilNewTask, NodeAnswer.UntilTask {
    /**
     * A task is enqueued, together with the end of this attempt, and the node waits for its end; what the task results in is
     * the node's output. It is cancelled with the node. Nothing runs meanwhile.
     */
    record UntilNewTask(NewTask task) implements NodeAnswer {}

    /**
     * The node waits for a task that was enqueued before; its output is {@code {"answer": …, "result": …}}. The task may be
     * others' as well, so that it goes on if the node is cancelled.
     *
     * @param answer what is known already
     */
    record UntilTask(UUID task, JsonNode answer) implements NodeAnswer {}
}
