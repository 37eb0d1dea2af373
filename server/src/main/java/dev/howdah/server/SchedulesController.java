package dev.howdah.server;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.Schedule;
import dev.howdah.queue.Schedules;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
@Tag(name = "Schedules")
final class SchedulesController {
    private static final int UPCOMING = 5;

    private final Schedules schedules;

    SchedulesController(Schedules schedules) {
        this.schedules = schedules;
    }

    record ScheduleInput(@Nullable String cron, @Nullable String every, @Nullable String zone,
            @Nullable String catchUp, @Nullable TaskInput task) {}

    record ScheduleView(String name, @Nullable String cron, @Nullable String every, String zone, String catchUp,
            String type, String queue, int priority, JsonNode payload, @Nullable Instant pausedAt, Instant nextRunAt,
            List<Instant> upcoming, @Nullable Instant lastRunAt, @Nullable UUID lastTaskId) {
        static ScheduleView of(Schedules.Entry entry) {
            var schedule = entry.schedule();
            var task = schedule.task();
            return new ScheduleView(schedule.name(), schedule.cron().orElse(null),
                    schedule.every().map(Duration::toString).orElse(null), schedule.zone().getId(),
                    TaskViews.label(schedule.catchUp()), task.type(), task.queue(), task.priority(), task.payload(),
                    entry.pausedAt().orElse(null), entry.nextRunAt(), schedule.upcoming(entry.nextRunAt(), UPCOMING),
                    entry.lastRunAt().orElse(null), entry.lastTaskId().orElse(null));
        }
    }

    @GetMapping("/api/schedules")
    @Operation(summary = "All schedules with their next runs")
    Map<String, List<ScheduleView>> list() {
        return Map.of("items", schedules.list().stream().map(ScheduleView::of).toList());
    }

    @GetMapping("/api/schedules/{name}")
    @Operation(summary = "One schedule with its next runs")
    ScheduleView get(@PathVariable String name) {
        return ScheduleView.of(schedules.get(name));
    }

    @PutMapping("/api/schedules/{name}")
    @Operation(summary = "Adds a schedule or replaces it; its next run moves only if cron, every or zone changed")
    ScheduleView put(@PathVariable String name, @RequestBody ScheduleInput input) {
        if (input.task == null) {
            throw new InvalidInputException("schedule-invalid", "task", "is missing",
                    "add the task, with at least its type");
        }
        return ScheduleView.of(schedules.put(new Schedule(name, Optional.ofNullable(input.cron),
                TaskInput.duration("every", input.every), Schedule.zone(Objects.requireNonNullElse(input.zone, "UTC")),
                catchUp(Objects.requireNonNullElse(input.catchUp, "one")), input.task.toTask())));
    }

    @DeleteMapping("/api/schedules/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Removes a schedule; tasks that it enqueued stay")
    void delete(@PathVariable String name) {
        schedules.delete(name);
    }

    @PostMapping("/api/schedules/{name}/pause")
    @Operation(summary = "Stops firing until it is resumed")
    ScheduleView pause(@PathVariable String name) {
        return ScheduleView.of(schedules.pause(name));
    }

    @PostMapping("/api/schedules/{name}/resume")
    @Operation(summary = "Fires again; what was missed is treated as its catch-up says")
    ScheduleView resume(@PathVariable String name) {
        return ScheduleView.of(schedules.resume(name));
    }

    @PostMapping("/api/schedules/{name}/trigger")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Enqueues its task now, beside its rhythm")
    Map<String, UUID> trigger(@PathVariable String name) {
        return Map.of("id", schedules.trigger(name));
    }

    private static Schedule.CatchUp catchUp(String word) {
        return Arrays.stream(Schedule.CatchUp.values()).filter(value -> TaskViews.label(value).equals(word)).findFirst()
                .orElseThrow(() -> new InvalidInputException("schedule-invalid", "catch_up", "\"" + word
                        + "\" is not known", "use skip, one or all"));
    }
}
