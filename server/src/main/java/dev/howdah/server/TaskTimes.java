package dev.howdah.server;

import dev.howdah.queue.Snooze;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskMiddleware;
import dev.howdah.queue.TaskRun;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** How long the handlers of this process run, by type of task and outcome: the metric {@code howdah.task.run}. */
final class TaskTimes implements TaskMiddleware, MeterBinder {
    private volatile Optional<MeterRegistry> registry = Optional.empty();

    @Override
    public void bindTo(MeterRegistry given) {
        registry = Optional.of(given);
    }

    @Override
    public JsonNode around(TaskRun run, TaskHandler next) throws Exception {
        long begin = System.nanoTime();
        var outcome = "failed";
        try {
            var result = next.handle(run);
            outcome = "finished";
            return result;
        } catch (Snooze e) {
            outcome = "snoozed";
            throw e;
        } finally {
            record(run.task().type(), outcome, System.nanoTime() - begin);
        }
    }

    private void record(String type, String outcome, long nanos) {
        registry.ifPresent(meters -> Timer.builder("howdah.task.run").description("How long handlers run")
                .tag("type", type).tag("outcome", outcome).register(meters).record(nanos, TimeUnit.NANOSECONDS));
    }
}
