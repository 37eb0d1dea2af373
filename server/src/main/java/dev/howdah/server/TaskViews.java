package dev.howdah.server;

import dev.howdah.queue.QueueStatistics;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskAttempt;
import dev.howdah.queue.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Tasks as the API shows them: names in snake case, enum values in lower case, absent values as null. */
final class TaskViews {
    private TaskViews() {}

    record TaskView(UUID id, String type, String queue, String state, int priority, int attempt, int maxAttempts,
            Instant createdAt, Instant runAt, @Nullable Instant startedAt, @Nullable Instant endedAt,
            @Nullable String worker, @Nullable String key, JsonNode payload, @Nullable JsonNode result,
            @Nullable String error, @Nullable JsonNode progress, @Nullable Long timeoutMs, @Nullable String partition,
            int waitsFor) {
        static TaskView of(Task task) {
            return new TaskView(task.id(), task.type(), task.queue(), label(task.state()), task.priority(),
                    task.attempt(), task.maxAttempts(), task.createdAt(), task.runAt(), task.startedAt().orElse(null),
                    task.endedAt().orElse(null), task.worker().orElse(null), task.key().orElse(null), task.payload(),
                    task.result().orElse(null), task.error().orElse(null), task.progress().orElse(null),
                    task.timeout().map(Duration::toMillis).orElse(null), task.partition().orElse(null),
                    task.waitsFor());
        }
    }

    record AttemptView(int attempt, String outcome, @Nullable String worker, @Nullable Instant startedAt,
            Instant endedAt, @Nullable Long durationMs, @Nullable JsonNode result, @Nullable String error) {
        static AttemptView of(TaskAttempt attempt) {
            return new AttemptView(attempt.attempt(), label(attempt.outcome()), attempt.worker().orElse(null),
                    attempt.startedAt().orElse(null), attempt.endedAt(),
                    attempt.duration().map(Duration::toMillis).orElse(null), attempt.result().orElse(null),
                    attempt.error().orElse(null));
        }
    }

    record TaskDetail(UUID id, String type, String queue, String state, int priority, int attempt, int maxAttempts,
            Instant createdAt, Instant runAt, @Nullable Instant startedAt, @Nullable Instant endedAt,
            @Nullable String worker, @Nullable String key, JsonNode payload, @Nullable JsonNode result,
            @Nullable String error, @Nullable JsonNode progress, @Nullable Long timeoutMs,
            @Nullable String partition, int waitsFor, List<AttemptView> attempts) {
        static TaskDetail of(Task task, List<TaskAttempt> attempts) {
            var view = TaskView.of(task);
            return new TaskDetail(view.id, view.type, view.queue, view.state, view.priority, view.attempt,
                    view.maxAttempts, view.createdAt, view.runAt, view.startedAt, view.endedAt, view.worker, view.key,
                    view.payload, view.result, view.error, view.progress, view.timeoutMs, view.partition,
                    view.waitsFor,
                    attempts.stream().map(AttemptView::of).toList());
        }
    }

    /**
     * Tasks that match.
     *
     * @param next the cursor of the next page
     * @param lookedAt of a search in what tasks hold: how many it looked at before it stopped
     */
    record TaskPageView(List<TaskView> items, @Nullable String next, @Nullable Integer lookedAt) {}

    /** One page of a list; {@code next} is the cursor of the next one. */
    record Page<T>(List<T> items, @Nullable String next) {}

    record TaskStatisticsView(Map<String, Long> byState, Map<String, Long> byType, @Nullable Long averageDurationMs,
            @Nullable Long oldestWaitMs, long finishedLastMinute, @Nullable PercentilesView waitMs,
            @Nullable PercentilesView runMs) {
        static TaskStatisticsView of(QueueStatistics statistics) {
            var byState = new TreeMap<String, Long>();
            for (var state : TaskState.values()) {
                byState.put(label(state), statistics.byState().getOrDefault(state, 0L));
            }
            return new TaskStatisticsView(byState, new TreeMap<>(statistics.byType()),
                    statistics.averageDuration().map(Duration::toMillis).orElse(null),
                    statistics.oldestWait().map(Duration::toMillis).orElse(null), statistics.finishedLastMinute(),
                    statistics.waits().map(PercentilesView::of).orElse(null),
                    statistics.runs().map(PercentilesView::of).orElse(null));
        }
    }

    record PercentilesView(double p50, double p95, double p99) {
        static PercentilesView of(QueueStatistics.Percentiles times) {
            return new PercentilesView(millis(times.p50()), millis(times.p95()), millis(times.p99()));
        }

        private static double millis(Duration time) {
            return time.toNanos() / 1e6;
        }
    }

    static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
