package dev.howdah.server;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.queue.BulkAction;
import dev.howdah.queue.TaskFilter;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskSearch;
import dev.howdah.queue.TaskState;
import dev.howdah.server.TaskViews.TaskStatisticsView;
import dev.howdah.server.TaskViews.TaskDetail;
import dev.howdah.server.TaskViews.TaskPageView;
import dev.howdah.server.TaskViews.TaskView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RestController
@Tag(name = "Tasks")
final class TasksController {
    private static final int BATCH_MAX = 10_000;
    private static final int BULK_BATCH = 1000;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final TaskQueue queue;
    private final IdempotentRequests requests;

    TasksController(TaskQueue queue, Howdah howdah) {
        this.queue = queue;
        this.requests = new IdempotentRequests(howdah.database());
    }

    @GetMapping("/api/tasks")
    @Operation(summary = "Lists tasks, newest first. payload, a JSON object, and text look into what tasks hold: a page looks at "
            + "up to 2,000 of the tasks that match the rest, may find none of them, and goes on behind them by its cursor")
    TaskPageView list(@RequestParam(required = false) Optional<String> state,
            @RequestParam(required = false) Optional<String> type,
            @RequestParam(required = false) Optional<String> queue,
            @RequestParam(required = false) Optional<String> partition,
            @RequestParam(required = false) Optional<String> payload,
            @RequestParam(required = false) Optional<String> text,
            @RequestParam(required = false) Optional<String> cursor, @RequestParam(defaultValue = "50") int limit) {
        var filter = new TaskFilter(states(state.orElse("")), type.filter(t -> !t.isBlank()),
                queue.filter(q -> !q.isBlank()), partition.filter(p -> !p.isBlank()), cursor.filter(c -> !c.isBlank()),
                limit);
        var content = new TaskSearch.Content(payload.filter(p -> !p.isBlank()).map(TasksController::json),
                text.filter(t -> !t.isBlank()));
        if (content.isEmpty()) {
            var page = this.queue.list(filter);
            return new TaskPageView(page.items().stream().map(TaskView::of).toList(), page.next().orElse(null), null);
        }
        var found = new TaskSearch(this.queue).find(filter, content);
        return new TaskPageView(found.items().stream().map(TaskView::of).toList(), found.next().orElse(null),
                found.lookedAt());
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw new InvalidInputException("task-filter-invalid", "payload", "is no JSON",
                    "give the fields that the payload has to have, such as {\"customer\": 7}");
        }
    }

    @GetMapping("/api/tasks/{id}")
    @Operation(summary = "One task with the history of its attempts")
    TaskDetail get(@PathVariable String id) {
        var uuid = uuid(id);
        var task = queue.find(uuid).orElseThrow(() -> new NotFoundException("task-not-found", "there is no task " + id,
                "tasks are kept for a limited time after their end; list them at /api/tasks"));
        return TaskDetail.of(task, queue.attempts(uuid));
    }

    @PostMapping("/api/tasks")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Enqueues a task; if its key is taken, answers with the id of the task that holds it. With the header "
            + "Idempotency-Key a request that is sent again within a day gets the first answer")
    EnqueuedView enqueue(@RequestBody TaskInput input,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        var task = input.toTask();
        return key.map(name -> new EnqueuedView(uuid(requests.once(name, "/api/tasks " + JSON.writeValueAsString(input),
                tx -> JSON.createObjectNode().put("id", queue.enqueue(tx, task).toString())).path("id").asString())))
                .orElseGet(() -> new EnqueuedView(queue.enqueue(task)));
    }

    record EnqueuedView(UUID id) {}

    record BatchInput(@Nullable List<TaskInput> tasks) {}

    @PostMapping("/api/tasks/batch")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Enqueues up to 10,000 tasks, all or none; answers their ids in order")
    JsonNode enqueueAll(@RequestBody BatchInput input,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        if (input.tasks == null || input.tasks.isEmpty() || input.tasks.size() > BATCH_MAX) {
            throw new InvalidInputException("task-invalid", "tasks", "must have 1 to " + BATCH_MAX + " entries",
                    "send several batches");
        }
        var tasks = input.tasks.stream().map(TaskInput::toTask).toList();
        return key.map(name -> requests.once(name, "/api/tasks/batch " + JSON.writeValueAsString(input),
                tx -> ids(queue.enqueue(tx, tasks)))).orElseGet(() -> ids(queue.enqueue(tasks)));
    }

    private static JsonNode ids(List<UUID> ids) {
        return JSON.createObjectNode().set("ids", JSON.valueToTree(ids));
    }

    record BulkTasksInput(@Nullable String action, @Nullable String state, @Nullable String type,
            @Nullable String queue,
            @Nullable String partition, @Nullable Set<UUID> ids, @Nullable Boolean dryRun) {}

    record BulkView(boolean dryRun, long count) {}

    @PostMapping("/api/tasks/bulk")
    @Operation(summary = "Cancels, retries or discards all tasks that match, or of these ids, up to 10,000; with dry_run only counts "
            + "them, to 10,000")
    BulkView bulk(@RequestBody BulkTasksInput input) {
        var action = Arrays.stream(BulkAction.values()).filter(a -> TaskViews.label(a).equals(input.action)).findFirst()
                .orElseThrow(() -> new InvalidInputException("task-bulk-invalid", "action", "\"" + input.action
                        + "\" is not known", "use cancel, retry or discard"));
        var filter = new TaskFilter(states(Objects.requireNonNullElse(input.state, "")),
                Optional.ofNullable(input.type), Optional.ofNullable(input.queue), Optional.ofNullable(input.partition),
                Optional.empty(), 1).withIds(Objects.requireNonNullElse(input.ids, Set.of()));
        if (input.ids != null && input.ids.isEmpty()) {
            throw new InvalidInputException("task-bulk-invalid", "ids", "is empty",
                    "name tasks, or leave it out for all");
        }
        if (Boolean.TRUE.equals(input.dryRun)) {
            return new BulkView(true, queue.count(action, filter, BATCH_MAX));
        }
        long total = 0;
        for (int count = BULK_BATCH; count == BULK_BATCH;) {
            count = queue.apply(action, filter, BULK_BATCH);
            total += count;
        }
        return new BulkView(false, total);
    }

    record LinePage(List<LineView> items, @Nullable Long next) {}

    record LineView(long id, int attempt, Instant at, String text) {}

    @GetMapping("/api/tasks/{id}/log")
    @Operation(summary = "What the task's handler wrote; pass next as after to read on, also while it runs")
    LinePage log(@PathVariable String id, @RequestParam(defaultValue = "0") long after,
            @RequestParam(defaultValue = "500") int limit) {
        var lines = queue.log(uuid(id), after, limit);
        return new LinePage(lines.stream().map(line -> new LineView(line.id(), line.attempt(), line.at(), line.text()))
                .toList(), lines.isEmpty() ? null : lines.getLast().id());
    }

    @PostMapping("/api/tasks/{id}/cancel")
    @Operation(summary = "Cancels a queued or started task; a result that comes later does not overwrite it")
    TaskDetail cancel(@PathVariable String id) {
        queue.cancel(uuid(id));
        return get(id);
    }

    @PostMapping("/api/tasks/{id}/retry")
    @Operation(summary = "Queues a failed or cancelled task again, with a fresh set of attempts")
    TaskDetail retry(@PathVariable String id) {
        queue.retry(uuid(id));
        return get(id);
    }

    @GetMapping("/api/statistics")
    @Operation(summary = "How the queue stands")
    TaskStatisticsView statistics() {
        return TaskStatisticsView.of(queue.statistics());
    }

    private static Set<TaskState> states(String text) {
        var states = new LinkedHashSet<TaskState>();
        for (var word : text.split(",", -1)) {
            if (!word.isBlank()) {
                states.add(Arrays.stream(TaskState.values()).filter(s -> TaskViews.label(s).equals(word.strip()
                        .toLowerCase(Locale.ROOT))).findFirst().orElseThrow(() -> new InvalidInputException(
                                "task-filter-invalid", "state", "\"" + word.strip() + "\" is no state",
                                "use one or more of " + String.join(", ", stateNames()) + ", separated by commas")));
            }
        }
        return states;
    }

    private static List<String> stateNames() {
        return Arrays.stream(TaskState.values()).map(TaskViews::label).toList();
    }

    static UUID uuid(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("task-id-invalid", "id", "\"" + id + "\" is no task id",
                    "use the id that enqueueing answered, a UUID");
        }
    }
}
