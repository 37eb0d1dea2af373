package dev.howdah.queue;

import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;

/** Names the task in what its handler logs: the keys {@code task}, {@code type}, {@code queue} and {@code partition}. */
public final class LogContext implements TaskMiddleware {
    @Override
    public JsonNode around(TaskRun run, TaskHandler next) throws Exception {
        try (var _ = MDC.putCloseable("task", run.id().toString());
                var _ = MDC.putCloseable("type", run.task().type());
                var _ = MDC.putCloseable("queue", run.task().queue());
                var _ = MDC.putCloseable("partition", run.task().partition().orElse(""))) {
            return next.handle(run);
        }
    }
}
