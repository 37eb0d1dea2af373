package dev.howdah.spring;

import dev.howdah.postgres.Notifications;
import dev.howdah.postgres.Setting;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Schedule;
import dev.howdah.queue.Scheduler;
import dev.howdah.queue.Schedules;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskMiddleware;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskRun;
import dev.howdah.queue.Worker;
import dev.howdah.queue.WorkerHealth;
import dev.howdah.postgres.ConfigurationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.springframework.context.SmartLifecycle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs tasks in an application: begins after everything else has, ends before it, and lets what runs come to its end. A process
 * without handlers takes no tasks.
 */
public final class HowdahWorker implements SmartLifecycle {
    private final TaskQueue queue;
    private final QueueSettings settings;
    private final Parts parts;
    private final JsonMapper mapper;
    private Optional<Running> running = Optional.empty();

    /**
     * What it runs with.
     *
     * @param methods asked when it starts, when all beans are there
     * @param others handlers of other parts, such as those of workflows
     * @param middleware around each handler, the outermost first
     * @param resolve fills in placeholders of texts
     */
    record Parts(Supplier<List<AnnotatedMethod<HandlesTask>>> methods, Supplier<Map<String, TaskHandler>> others,
            List<TaskMiddleware> middleware, Schedules schedules, Notifications wakeUps,
            UnaryOperator<String> resolve) {}

    private record Running(Worker worker, Scheduler scheduler) {}

    HowdahWorker(TaskQueue queue, QueueSettings settings, Parts parts, JsonMapper mapper) {
        this.queue = queue;
        this.settings = settings;
        this.parts = parts;
        this.mapper = mapper;
    }

    @Override
    public synchronized void start() {
        if (running.isPresent()) {
            return;
        }
        var methods = parts.methods.get();
        var handlers = new HashMap<>(parts.others.get());
        var schedules = new ArrayList<Schedule>();
        for (var each : methods) {
            var type = parts.resolve.apply(each.annotation().value());
            if (handlers.put(type, run -> handle(each, run)) != null) {
                throw new ConfigurationException(List.of("tasks of type " + type + " have two handlers, one of them "
                        + each.method() + "; leave one"));
            }
            schedule(type, each.annotation()).ifPresent(schedules::add);
        }
        if (handlers.isEmpty()) {
            return;
        }
        schedules.forEach(parts.schedules::put);
        var worker = new Worker(queue, settings, handlers, parts.middleware);
        var scheduler = new Scheduler(parts.schedules, parts.wakeUps);
        worker.start();
        scheduler.start();
        running = Optional.of(new Running(worker, scheduler));
    }

    private JsonNode handle(AnnotatedMethod<HandlesTask> method, TaskRun run) throws Exception {
        var result = method.call(run, run.payload(), mapper);
        return result == null ? mapper.createObjectNode() : mapper.valueToTree(result);
    }

    private Optional<Schedule> schedule(String type, HandlesTask given) {
        var cron = parts.resolve.apply(given.cron());
        var every = parts.resolve.apply(given.every());
        if (cron.isBlank() && every.isBlank()) {
            return Optional.empty();
        }
        if (!cron.isBlank() && !every.isBlank()) {
            throw new ConfigurationException(List.of("the handler of " + type
                    + " has both cron and every; leave one"));
        }
        var task = NewTask.of(type, mapper.createObjectNode());
        return Optional.of(cron.isBlank()
                ? Schedule.every(type, Setting.parseDuration(every), task)
                : Schedule.cron(type, cron, Schedule.zone(parts.resolve.apply(given.zone())), task));
    }

    /** How it is; absent while it does not run. */
    public synchronized Optional<WorkerHealth> health() {
        return running.map(current -> current.worker.health());
    }

    @Override
    public synchronized void stop() {
        running.ifPresent(current -> {
            current.scheduler.close();
            current.worker.close();
        });
        running = Optional.empty();
    }

    @Override
    public synchronized boolean isRunning() {
        return running.isPresent();
    }
}
