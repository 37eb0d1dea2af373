package dev.howdah.server;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.queue.Snooze;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskMiddleware;
import dev.howdah.queue.TaskRun;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * How the tasks of this process fare: how long handlers run, by type and outcome; attempts, final failures and the wait for the
 * first attempt, by queue. Meters are kept by their labels, of which there are so many: looking them up for each task would
 * cost more than measuring.
 */
public final class TaskTimes implements TaskMiddleware, MeterBinder {
    /** Queues, and types, that are told apart; later ones are called {@code other}. */
    static final int LABELS_MAX = 50;

    private static final String OTHER = "other";

    private final Duration lease;
    private final Map<String, Boolean> queues = new ConcurrentHashMap<>();
    private final Map<String, Boolean> types = new ConcurrentHashMap<>();
    private final Map<Labels, Timer> runs = new ConcurrentHashMap<>();
    private final Map<Labels, Counter> attempts = new ConcurrentHashMap<>();
    private final Map<String, Timer> latencies = new ConcurrentHashMap<>();
    private final Map<String, Counter> deadLetters = new ConcurrentHashMap<>();
    private volatile Optional<MeterRegistry> registry = Optional.empty();

    private record Labels(String name, String outcome) {}

    /**
     * Measures nothing until it is bound.
     *
     * @param lease that the worker claims with: what a task's lease ends after its claim
     */
    public TaskTimes(Duration lease) {
        this.lease = lease;
    }

    @Override
    public void bindTo(MeterRegistry given) {
        registry = Optional.of(given);
    }

    @Override
    public JsonNode around(TaskRun run, TaskHandler next) throws Exception {
        var meters = registry;
        if (meters.isEmpty()) {
            return next.handle(run);
        }
        var queue = bounded(queues, run.task().queue());
        waited(meters.get(), run, queue);
        long begin = System.nanoTime();
        var outcome = "failed";
        try {
            var result = next.handle(run);
            outcome = "finished";
            return result;
        } catch (Snooze e) {
            outcome = "snoozed";
            throw e;
        } catch (PermanentFailure | InvalidInputException e) {
            outcome = "dead";
            throw e;
        } finally {
            boolean isDead = outcome.equals("dead") || (outcome.equals("failed") && run.isLastAttempt());
            ended(meters.get(), run, queue, isDead ? "failed" : outcome, System.nanoTime() - begin, isDead);
        }
    }

    /** Both times are the database's. Only the first attempt: what lies before the others is the wait for a retry. */
    private void waited(MeterRegistry meters, TaskRun run, String queue) {
        if (run.attempt() == 1) {
            var wait = Duration.between(run.task().createdAt(), run.task().leaseUntil().minus(lease));
            latencies.computeIfAbsent(queue, name -> Timer.builder("howdah.queue.latency")
                    .description(MetricCatalog.description("howdah.queue.latency")).tag("queue", name)
                    .serviceLevelObjectives(Buckets.WAITS).register(meters))
                    .record(wait.isNegative() ? Duration.ZERO : wait);
        }
    }

    private void ended(MeterRegistry meters, TaskRun run, String queue, String outcome, long nanos, boolean isDead) {
        runs.computeIfAbsent(new Labels(bounded(types, run.task().type()), outcome), labels -> Timer
                .builder("howdah.task.run").description(MetricCatalog.description("howdah.task.run"))
                .tag("type", labels.name).tag("outcome", labels.outcome).serviceLevelObjectives(Buckets.RUNS)
                .register(meters)).record(nanos, TimeUnit.NANOSECONDS);
        attempts.computeIfAbsent(new Labels(queue, outcome), labels -> Counter.builder("howdah.queue.attempts")
                .description(MetricCatalog.description("howdah.queue.attempts")).tag("queue", labels.name)
                .tag("outcome", labels.outcome).register(meters)).increment();
        var dead = deadLetters.computeIfAbsent(queue, name -> Counter.builder("howdah.queue.dead.letters")
                .description(MetricCatalog.description("howdah.queue.dead.letters")).tag("queue", name)
                .register(meters));
        if (isDead) {
            dead.increment();
        }
    }

    private static String bounded(Map<String, Boolean> known, String name) {
        if (known.containsKey(name)) {
            return name;
        }
        if (known.size() >= LABELS_MAX) {
            return OTHER;
        }
        known.put(name, true);
        return name;
    }
}
