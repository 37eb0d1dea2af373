package dev.howdah.server;

import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskMiddleware;
import dev.howdah.queue.TaskRun;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import tools.jackson.databind.JsonNode;

/**
 * Makes a span of each attempt of a task, below the step in which the task was made and linked to it: whoever enqueued it
 * did not wait. Of a workflow's node it names execution and node.
 */
final class TaskSpans implements TaskMiddleware {
    private final Tracing tracing;

    TaskSpans(Tracing tracing) {
        this.tracing = tracing;
    }

    @Override
    public JsonNode around(TaskRun run, TaskHandler next) throws Exception {
        if (!tracing.isOn()) {
            return next.handle(run);
        }
        return tracing.<JsonNode, Exception>within("process " + run.task().type(), SpanKind.CONSUMER,
                run.task().trace(), true, attributes(run), span -> next.handle(run));
    }

    private static Attributes attributes(TaskRun run) {
        var attributes = Attributes.builder().put("messaging.system", "howdah")
                .put("messaging.operation.type", "process").put("messaging.destination.name", run.task().queue())
                .put("messaging.message.id", run.id().toString()).put("howdah.task.type", run.task().type())
                .put("howdah.task.attempt", run.attempt());
        if (run.payload().path("execution").isString()) {
            attributes.put("howdah.execution.id", run.payload().path("execution").asString());
        }
        if (run.payload().path("node").isString()) {
            attributes.put("howdah.node.id", run.payload().path("node").asString());
        }
        return attributes.build();
    }
}
