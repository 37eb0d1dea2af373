package dev.howdah.server;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.Claim;
import dev.howdah.queue.ClaimedTask;
import dev.howdah.queue.Completion;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskReport;
import dev.howdah.queue.WorkerInfo;
import dev.howdah.queue.Workers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a worker in another language needs: claim with a lease, waiting for tasks if there are none; extend; report; end.
 * A claim is named by the task's id and the attempt; who comes too late gets a 409 and should drop its work.
 */
@RestController
@Tag(name = "Workers")
final class WorkersController {
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration LEASE_MAX = Duration.ofHours(24);
    private static final Duration SNOOZE_MAX = Duration.ofDays(3650);
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);
    /** Wake-ups may get lost; tasks become due by themselves. */
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int LIMIT_MAX = 100;

    private final TaskQueue queue;

    private final Workers workers;

    WorkersController(TaskQueue queue, Howdah howdah) {
        this.queue = queue;
        this.workers = howdah.workers();
    }

    record RunningView(UUID id, String type, String queue, int attempt, Instant startedAt,
            @Nullable JsonNode progress) {}

    record WorkerView(String id, @Nullable Set<String> types, @Nullable Integer concurrency,
            @Nullable Instant startedAt, @Nullable Instant seenAt, long running, List<RunningView> tasks) {
        static WorkerView of(Workers.WorkerView worker) {
            return new WorkerView(worker.id(), worker.info().map(WorkerInfo::types).orElse(null),
                    worker.info().map(WorkerInfo::concurrency).orElse(null), worker.startedAt().orElse(null),
                    worker.seenAt().orElse(null), worker.running(), worker.tasks().stream().map(task -> new RunningView(
                            task.id(), task.type(), task.queue(), task.attempt(), task.startedAt(),
                            task.progress().orElse(null))).toList());
        }
    }

    record UnservedView(String queue, String type, long waitMs) {}

    record WorkersView(List<WorkerView> items, List<UnservedView> unserved) {}

    @GetMapping("/api/workers")
    @Operation(summary = "The processes that run tasks, each with the 20 of its tasks that have run longest; and types that "
            + "have waited at the head of a queue for a minute though no worker is known to take them")
    WorkersView list() {
        return new WorkersView(workers.list().stream().map(WorkerView::of).toList(), workers.unserved().stream()
                .map(type -> new UnservedView(type.queue(), type.type(), type.waited().toMillis())).toList());
    }

    record ClaimInput(@Nullable String worker, @Nullable List<String> types, @Nullable Integer limit,
            @Nullable String lease,
            @JsonProperty("wait") @Nullable String waiting) {}

    record ClaimedView(UUID id, int attempt, int maxAttempts, String type, String queue, JsonNode payload,
            Instant createdAt, Instant leaseUntil, @Nullable Long timeoutMs) {
        static ClaimedView of(ClaimedTask task) {
            return new ClaimedView(task.id(), task.attempt(), task.maxAttempts(), task.type(), task.queue(),
                    task.payload(), task.createdAt(), task.leaseUntil(),
                    task.timeout().map(Duration::toMillis).orElse(null));
        }
    }

    record HeartbeatInput(@Nullable Integer attempt, @Nullable String lease) {}

    record ReportInput(@Nullable Integer attempt, @Nullable Integer percent, @Nullable String message,
            @Nullable List<String> lines) {}

    record CompletionInput(@Nullable Integer attempt, @Nullable JsonNode result, @Nullable String error,
            @Nullable Boolean retryable, @Nullable String snooze) {}

    @PostMapping("/api/tasks/claim")
    @Operation(summary = "Claims due tasks under a lease; waits for some if told to")
    Map<String, List<ClaimedView>> claim(@RequestBody ClaimInput input) throws InterruptedException {
        var worker = required("worker", input.worker);
        var types = Set.copyOf(required("types", input.types));
        int limit = input.limit == null ? 1 : inRange("limit", input.limit, LIMIT_MAX);
        var lease = inRange("lease", TaskInput.duration("lease", input.lease).orElse(LEASE), LEASE_MAX);
        var wait = inRange("wait", TaskInput.duration("wait", input.waiting).orElse(Duration.ZERO), WAIT_MAX);
        var deadline = System.nanoTime() + wait.toNanos();
        var wakeUp = new Semaphore(0);
        try (var _ = queue.subscribe(wakeUp::release)) {
            while (true) {
                wakeUp.drainPermits();
                var claimed = queue.claim(worker, types, limit, lease);
                long left = deadline - System.nanoTime();
                if (!claimed.isEmpty() || left <= 0) {
                    return Map.of("tasks", claimed.stream().map(ClaimedView::of).toList());
                }
                wakeUp.tryAcquire(Math.min(left, LOOK.toNanos()), TimeUnit.NANOSECONDS); // either way we look again
            }
        }
    }

    @PostMapping("/api/tasks/{id}/heartbeat")
    @Operation(summary = "Extends the lease of a claim; 409 if it was lost or the task cancelled")
    Map<String, String> heartbeat(@PathVariable String id, @RequestBody HeartbeatInput input) {
        var claim = claim(id, input.attempt);
        var lease = inRange("lease", TaskInput.duration("lease", input.lease).orElse(LEASE), LEASE_MAX);
        if (queue.heartbeat(List.of(claim), lease).isEmpty()) {
            throw lost(claim);
        }
        return Map.of("status", "extended");
    }

    @PostMapping("/api/tasks/{id}/report")
    @Operation(summary = "Stores progress and log lines of a running task; those of a lost claim are dropped")
    Map<String, String> report(@PathVariable String id, @RequestBody ReportInput input) {
        var progress = Optional.ofNullable(input.percent)
                .map(percent -> TaskReport.progress(percent, Objects.requireNonNullElse(input.message, "")));
        queue.report(List.of(new TaskReport(claim(id, input.attempt), progress,
                Objects.requireNonNullElse(input.lines, List.of()))));
        return Map.of("status", "stored");
    }

    @PostMapping("/api/tasks/{id}/complete")
    @Operation(summary = "Ends a claim with a result, an error, or a time to snooze; 409 if it was lost meanwhile")
    Map<String, String> complete(@PathVariable String id, @RequestBody CompletionInput input) {
        var claim = claim(id, input.attempt);
        var snooze = TaskInput.duration("snooze", input.snooze).map(delay -> inRange("snooze", delay, SNOOZE_MAX));
        Completion completion = snooze.<Completion>map(delay -> new Completion.Snoozed(claim, delay))
                .orElseGet(() -> input.error != null
                        ? new Completion.Failed(claim, input.error, !Boolean.FALSE.equals(input.retryable))
                        : new Completion.Finished(claim, input.result == null
                                ? JsonMapper.shared().createObjectNode()
                                : input.result));
        if (queue.complete(List.of(completion)).isEmpty()) {
            throw lost(claim);
        }
        return Map.of("status", "accepted");
    }

    private static Claim claim(String id, @Nullable Integer attempt) {
        return Claim.of(TasksController.uuid(id), required("attempt", attempt));
    }

    private static ConflictException lost(Claim claim) {
        return new ConflictException("claim-lost", "the claim on attempt " + claim.attempt() + " of task " + claim.id()
                + " does not hold: its lease ran out, or the task was cancelled or ended",
                "drop the work; the task's state is at /api/tasks/" + claim.id());
    }

    private static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw new InvalidInputException("claim-invalid", field, "is missing", "add it");
        }
        return value;
    }

    private static int inRange(String field, int value, int max) {
        if (value < 1 || value > max) {
            throw new InvalidInputException("claim-invalid", field, value + " is out of range", "use 1 to " + max);
        }
        return value;
    }

    private static Duration inRange(String field, Duration value, Duration max) {
        if (value.compareTo(max) > 0) {
            throw new InvalidInputException("claim-invalid", field, value + " is too long",
                    "use at most " + max.toSeconds() + "s");
        }
        return value;
    }
}
