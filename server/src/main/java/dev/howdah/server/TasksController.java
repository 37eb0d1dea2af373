package dev.howdah.server;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.queue.TaskFilter;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskState;
import dev.howdah.server.TaskViews.Page;
import dev.howdah.server.TaskViews.StatisticsView;
import dev.howdah.server.TaskViews.TaskDetail;
import dev.howdah.server.TaskViews.TaskView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Tasks")
final class TasksController {
    private final TaskQueue queue;

    TasksController(TaskQueue queue) {
        this.queue = queue;
    }

    @GetMapping("/api/tasks")
    @Operation(summary = "Lists tasks, newest first")
    Page<TaskView> list(@RequestParam(required = false) Optional<String> state,
            @RequestParam(required = false) Optional<String> type,
            @RequestParam(required = false) Optional<String> queue,
            @RequestParam(required = false) Optional<String> cursor, @RequestParam(defaultValue = "50") int limit) {
        var page = this.queue.list(new TaskFilter(states(state.orElse("")), type.filter(t -> !t.isBlank()),
                queue.filter(q -> !q.isBlank()), cursor.filter(c -> !c.isBlank()), limit));
        return new Page<>(page.items().stream().map(TaskView::of).toList(), page.next().orElse(null));
    }

    @GetMapping("/api/tasks/{id}")
    @Operation(summary = "One task with the history of its attempts")
    TaskDetail get(@PathVariable String id) {
        var uuid = uuid(id);
        var task = queue.find(uuid).orElseThrow(() -> new NotFoundException("task-not-found", "there is no task " + id,
                "tasks are kept for a limited time after their end; list them at /api/tasks"));
        return TaskDetail.of(task, queue.attempts(uuid));
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
    StatisticsView statistics() {
        return StatisticsView.of(queue.statistics());
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

    private static UUID uuid(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("task-id-invalid", "id", "\"" + id + "\" is no task id",
                    "use the id that enqueueing answered, a UUID");
        }
    }
}
