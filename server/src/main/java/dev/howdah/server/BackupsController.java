package dev.howdah.server;

import dev.howdah.operations.backup.Backup;
import dev.howdah.operations.backup.BackupRuns;
import dev.howdah.operations.backup.BackupRuns.BackupRun;
import dev.howdah.operations.backup.BackupRuns.DrillRun;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.NewTask;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Backups and rehearsals. Restoring and removing is for the command line: whoever holds a key of this server should not. */
@RestController
@Tag(name = "Backups")
final class BackupsController {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LIMIT_MAX = 1000;

    private final Howdah howdah;
    private final IdempotentRequests requests;

    BackupsController(Howdah howdah) {
        this.howdah = howdah;
        this.requests = new IdempotentRequests(howdah.database());
    }

    record BackupView(String name, String engine, String schema, Instant takenAt, long schemaVersion,
            String howdahVersion,
            String postgresVersion, int tables, long rows, long bytes, @Nullable String key, List<String> notes,
            @Nullable String problem) {
        static BackupView of(Backup backup) {
            return new BackupView(backup.name(), backup.engine().toString(), backup.schema(), backup.takenAt(), backup
                    .schemaVersion(), backup.howdahVersion(), backup.postgresVersion(), backup.tables(), backup.rows(),
                    backup.bytes(), backup.key().orElse(null), backup.notes(), backup.problem().orElse(null));
        }
    }

    record BackupsView(@Nullable String target, List<BackupView> items, @Nullable String next) {}

    record RunView(UUID id, @Nullable String name, String engine, String target, String state, long rows, long bytes,
            List<String> removed, @Nullable String error, long durationMs, Instant endedAt) {
        static RunView of(BackupRun run) {
            return new RunView(run.id(), run.name().orElse(null), run.engine(), run.target(), run.state(), run.rows(),
                    run.bytes(), run.removed(), run.error().orElse(null), run.duration().toMillis(), run.endedAt());
        }
    }

    record DrillView(UUID id, @Nullable String backup, String state, @Nullable Long rpoMs, @Nullable Long rtoMs,
            JsonNode checks, @Nullable String error, long durationMs, Instant endedAt) {
        static DrillView of(DrillRun run) {
            return new DrillView(run.id(), run.backup().orElse(null), run.state(),
                    run.rpo().map(time -> time.toMillis())
                            .orElse(null),
                    run.rto().map(time -> time.toMillis()).orElse(null), run.checks(), run.error().orElse(
                            null),
                    run.duration().toMillis(), run.endedAt());
        }
    }

    record PageView<T>(List<T> items, @Nullable String next) {}

    record StartedTaskView(UUID taskId) {}

    record DrillInput(@Nullable String backup) {}

    @GetMapping("/api/backups")
    @Operation(summary = "The backups that the target holds, newest first; of any schema. Without a target there are none")
    BackupsView list(@RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) Optional<String> cursor) {
        if (!howdah.hasBackups()) {
            return new BackupsView(null, List.of(), null);
        }
        var store = howdah.backups().backups().store();
        int size = Math.clamp(limit, 1, LIMIT_MAX);
        var all = store.list();
        var from = cursor.map(name -> after(all, name)).orElse(0);
        var page = all.subList(from, Math.min(all.size(), from + size));
        return new BackupsView(store.location(), page.stream().map(BackupView::of).toList(), from + size < all.size()
                ? page.getLast().name()
                : null);
    }

    private static int after(List<Backup> all, String name) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).name().equals(name)) {
                return i + 1;
            }
        }
        throw new InvalidInputException("cursor-invalid", "cursor", "\"" + name + "\" is no backup that is there",
                "begin again without a cursor");
    }

    @GetMapping("/api/backups/{name}")
    @Operation(summary = "One backup; its manifest is checked, its files are not")
    BackupView get(@PathVariable String name) {
        return BackupView.of(howdah.backups().backups().store().get(name));
    }

    @PostMapping("/api/backups")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Makes a backup, by a task whose id is answered; one that waits or runs already is joined")
    StartedTaskView make(@RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        howdah.backups();
        return enqueue(key, "POST /api/backups", BackupRuns.backupTask());
    }

    @GetMapping("/api/backup-runs")
    @Operation(summary = "Backups that were made or failed, newest first, with what retention removed")
    PageView<RunView> runs(@RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) Optional<String> cursor) {
        int size = Math.clamp(limit, 1, BackupRuns.PAGE_MAX);
        var found = howdah.hasBackups()
                ? howdah.backups().runs(cursor.map(BackupsController::id), size)
                : List.<BackupRun>of();
        return new PageView<>(found.stream().map(RunView::of).toList(),
                found.size() < size
                        ? null
                        : found.getLast().id()
                                .toString());
    }

    @GetMapping("/api/drills")
    @Operation(summary = "Rehearsals of a restore, newest first, with RPO, RTO and what was checked")
    PageView<DrillView> drills(@RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) Optional<String> cursor) {
        int size = Math.clamp(limit, 1, BackupRuns.PAGE_MAX);
        var found = howdah.hasBackups()
                ? howdah.backups().drills(cursor.map(BackupsController::id), size)
                : List.<DrillRun>of();
        return new PageView<>(found.stream().map(DrillView::of).toList(), found.size() < size
                ? null
                : found.getLast().id().toString());
    }

    @PostMapping("/api/drills")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Rehearses the restore of a backup, or of the newest one, by a task whose id is answered")
    StartedTaskView drill(@RequestBody(required = false) @Nullable DrillInput input,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        var backup = Optional.ofNullable(input).flatMap(given -> Optional.ofNullable(given.backup));
        backup.ifPresent(name -> howdah.backups().backups().store().get(name));
        howdah.backups();
        return enqueue(key, "POST /api/drills " + backup.orElse(""), BackupRuns.drillTask(backup));
    }

    private StartedTaskView enqueue(Optional<String> key, String request, NewTask task) {
        return new StartedTaskView(key
                .map(given -> UUID.fromString(requests.once(given, request, tx -> JSON.createObjectNode()
                        .put("task_id", howdah.queue().enqueue(tx, task).toString())).path("task_id").asString()))
                .orElseGet(() -> howdah.queue().enqueue(task)));
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("cursor-invalid", "cursor", "\"" + text + "\" is none",
                    "use the next of an answer");
        }
    }
}
