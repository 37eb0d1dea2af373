package dev.howdah.server;

import dev.howdah.workflow.Workflow;
import dev.howdah.workflow.WorkflowSchedule;
import dev.howdah.workflow.WorkflowSchedules;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.Schedule;
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
import java.util.stream.Collectors;
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
import tools.jackson.databind.json.JsonMapper;

@RestController
@Tag(name = "Workflow schedules")
final class WorkflowSchedulesController {
    private static final int UPCOMING = 5;
    private static final int BACKFILL_DEFAULT = 100;

    private final Howdah howdah;

    WorkflowSchedulesController(Howdah howdah) {
        this.howdah = howdah;
    }

    private WorkflowSchedules schedules() {
        return howdah.workflowSchedules();
    }

    record WorkflowScheduleInput(@Nullable String cron, @Nullable String every, @Nullable String zone,
            @Nullable String catchUp, @Nullable String overlap, @Nullable Integer version, @Nullable JsonNode input) {}

    record WorkflowScheduleView(String workflowId, String name, @Nullable String cron, @Nullable String every,
            String zone,
            String catchUp, String overlap, @Nullable Integer version, JsonNode input, String schedule,
            @Nullable Instant pausedAt, Instant nextRunAt, List<Instant> upcoming, @Nullable Instant lastRunAt,
            @Nullable UUID lastTaskId) {
        static WorkflowScheduleView of(WorkflowSchedules.Entry found) {
            var schedule = found.schedule();
            var entry = found.entry();
            return new WorkflowScheduleView(schedule.workflowId(), schedule.name(), schedule.cron().orElse(null),
                    schedule.every().map(Duration::toString).orElse(null), schedule.zone().getId(),
                    TaskViews.label(schedule.catchUp()), schedule.overlap().label(), schedule.version().orElse(null),
                    schedule.input(), schedule.fullName(), entry.pausedAt().orElse(null), entry.nextRunAt(),
                    entry.schedule().upcoming(entry.nextRunAt(), UPCOMING), entry.lastRunAt().orElse(null),
                    entry.lastTaskId().orElse(null));
        }
    }

    @GetMapping("/api/workflows/{id}/schedules")
    @Operation(summary = "The schedules of a workflow with their next runs")
    Map<String, List<WorkflowScheduleView>> list(@PathVariable String id) {
        return Map.of("items", schedules().list(id).stream().map(WorkflowScheduleView::of).toList());
    }

    @GetMapping("/api/workflows/{id}/schedules/{name}")
    @Operation(summary = "One schedule; its executions: GET /api/executions?schedule= with its field schedule")
    WorkflowScheduleView get(@PathVariable String id, @PathVariable String name) {
        return WorkflowScheduleView.of(schedules().get(id, name));
    }

    @PutMapping("/api/workflows/{id}/schedules/{name}")
    @Operation(summary = "Adds a schedule or replaces it. overlap says what becomes of a firing while an earlier execution runs: "
            + "allow, skip, cancel_previous or queue")
    WorkflowScheduleView put(@PathVariable String id, @PathVariable String name,
            @RequestBody WorkflowScheduleInput input) {
        return WorkflowScheduleView
                .of(schedules().put(new WorkflowSchedule(id, name, Optional.ofNullable(input.version),
                        input.input == null ? JsonMapper.shared().createObjectNode() : input.input,
                        Optional.ofNullable(input.cron), TaskInput.duration("every", input.every),
                        Schedule.zone(Objects.requireNonNullElse(input.zone, "UTC")),
                        choice("catch_up", Objects.requireNonNullElse(input.catchUp, "one"), Schedule.CatchUp.values()),
                        choice("overlap", Objects.requireNonNullElse(input.overlap, "allow"),
                                WorkflowSchedule.Overlap.values()))));
    }

    private static <E extends Enum<E>> E choice(String field, String word, E[] values) {
        return Arrays.stream(values).filter(value -> TaskViews.label(value).equals(word)).findFirst()
                .orElseThrow(() -> new InvalidInputException("schedule-invalid", field, "\"" + word + "\" is not known",
                        "use " + Arrays.stream(values).map(TaskViews::label).collect(Collectors.joining(", "))));
    }

    @DeleteMapping("/api/workflows/{id}/schedules/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Removes a schedule; executions that it started stay")
    void delete(@PathVariable String id, @PathVariable String name) {
        schedules().delete(id, name);
    }

    @PostMapping("/api/workflows/{id}/schedules/{name}/pause")
    @Operation(summary = "Stops firing until it is resumed")
    WorkflowScheduleView pause(@PathVariable String id, @PathVariable String name) {
        return WorkflowScheduleView.of(schedules().pause(id, name));
    }

    @PostMapping("/api/workflows/{id}/schedules/{name}/resume")
    @Operation(summary = "Fires again; what was missed is treated as its catch-up says")
    WorkflowScheduleView resume(@PathVariable String id, @PathVariable String name) {
        return WorkflowScheduleView.of(schedules().resume(id, name));
    }

    record BackfillInput(@Nullable Instant from, @Nullable Instant to, @Nullable Integer limit) {}

    record BackfillView(List<UUID> executionIds, int existing, @Nullable Instant next) {}

    @PostMapping("/api/workflows/{id}/schedules/{name}/backfill")
    @Operation(summary = "Starts an execution for each firing of a range that has none, at most limit (100); next says where to "
            + "go on. Calling it again starts nothing twice")
    BackfillView backfill(@PathVariable String id, @PathVariable String name, @RequestBody BackfillInput input) {
        if (input.from == null || input.to == null) {
            throw new InvalidInputException("backfill-invalid", input.from == null ? "from" : "to", "is missing",
                    "give a time such as 2026-01-31T00:00:00Z");
        }
        var done = schedules().backfill(id, name, input.from, input.to,
                Objects.requireNonNullElse(input.limit, BACKFILL_DEFAULT));
        return new BackfillView(done.started(), done.existing(), done.next().orElse(null));
    }
}
