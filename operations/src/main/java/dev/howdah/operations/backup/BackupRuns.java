package dev.howdah.operations.backup;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.Uuids;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.Schedule;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskRun;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes backups, lets go of those that retention does not keep, and rehearses restores; by hand, as tasks and on schedule. What came
 * of it stands in the tables {@code backups} and {@code drills}. Thread-safe.
 */
public final class BackupRuns {
    /** The task that makes a backup; its payload is empty. */
    public static final String BACKUP_TYPE = "backup.run";
    /** The task that rehearses; its payload may name a backup in {@code backup}. */
    public static final String DRILL_TYPE = "backup.drill";
    /** Both; schedules have the same names. */
    public static final Set<String> TYPES = Set.of(BACKUP_TYPE, DRILL_TYPE);
    /** The most rows of a list. */
    public static final int PAGE_MAX = 1000;

    static final String INSERT_BACKUP = """
        INSERT INTO backups (id, name, engine, target, state, rows, bytes, removed, error, duration_ms)
        VALUES (:id, :name, :engine, :target, :state, :rows, :bytes, :removed, :error, :durationMillis)
        """;
    static final String LIST_BACKUPS = """
        SELECT id, name, engine, target, state, rows, bytes, removed, error, duration_ms, ended_at
          FROM backups
         WHERE :before::uuid IS NULL OR id < :before::uuid
         ORDER BY id DESC
         LIMIT :limit
        """;
    static final String INSERT_DRILL = """
        INSERT INTO drills (id, backup, state, rpo_ms, rto_ms, checks, error, duration_ms)
        VALUES (:id, :backup, :state, :rpoMillis, :rtoMillis, :checks::jsonb, :error, :durationMillis)
        """;
    static final String LIST_DRILLS = """
        SELECT id, backup, state, rpo_ms, rto_ms, checks, error, duration_ms, ended_at
          FROM drills
         WHERE :before::uuid IS NULL OR id < :before::uuid
         ORDER BY id DESC
         LIMIT :limit
        """;
    private static final Logger LOG = LoggerFactory.getLogger(BackupRuns.class);
    private static final JsonMapper JSON = JsonMapper.builder().propertyNamingStrategy(
            PropertyNamingStrategies.SNAKE_CASE).build();
    private static final Duration TASK_LIMIT = Duration.ofHours(12);

    private final Database database;
    private final Backups backups;
    private final Drill drill;
    private final BackupSettings settings;

    public BackupRuns(Database database, Backups backups, Drill drill, BackupSettings settings) {
        this.database = database;
        this.backups = backups;
        this.drill = drill;
        this.settings = settings;
    }

    /**
     * A backup that was made, or not.
     *
     * @param name of the backup; absent if it failed
     * @param state {@code finished} or {@code failed}
     * @param removed backups that retention let go of then
     */
    public record BackupRun(UUID id, Optional<String> name, String engine, String target, String state, long rows,
            long bytes, List<String> removed, Optional<String> error, Duration duration, Instant endedAt) {}

    /**
     * A rehearsal.
     *
     * @param state {@code passed} or {@code failed}
     * @param checks what was looked at, as JSON
     */
    public record DrillRun(UUID id, Optional<String> backup, String state, Optional<Duration> rpo,
            Optional<Duration> rto,
            JsonNode checks, Optional<String> error, Duration duration, Instant endedAt) {}

    /** What makes backups. */
    public Backups backups() {
        return backups;
    }

    /**
     * Makes a backup, removes what is not kept, and notes both. What fails is noted, too.
     *
     * @throws HowdahException as {@link Backups#run}
     */
    public Backup backup(BackupProgress progress) {
        long start = System.nanoTime();
        try {
            var made = backups.run(progress);
            var removed = backups.store().prune(made.schema(), made.takenAt());
            noting(() -> note(Optional.of(made), removed, null, since(start)));
            return made;
        } catch (RuntimeException e) {
            noting(() -> note(Optional.empty(), List.of(), message(e), since(start)));
            throw e;
        }
    }

    /**
     * Rehearses a restore, and notes what came of it.
     *
     * @param name of the backup; absent for the newest one of this schema, or of the server if the engine makes such
     * @throws HowdahException if it came to no result
     */
    public DrillReport drill(Optional<String> name, BackupProgress progress) {
        long start = System.nanoTime();
        var chosen = name;
        try {
            chosen = Optional.of(name.orElseGet(this::newest));
            var report = PhysicalBackups.isLabel(chosen.get())
                    ? backups.drillPhysical(chosen.get(), progress)
                    : drill.run(chosen.get(), progress);
            var tried = chosen;
            noting(() -> note(tried, Optional.of(report), report.isPassed() ? null : "some checks failed", report
                    .duration()));
            return report;
        } catch (RuntimeException e) {
            var tried = chosen;
            noting(() -> note(tried, Optional.empty(), message(e), since(start)));
            throw e;
        }
    }

    private String newest() {
        return settings.engine() == BackupEngine.PGBACKREST
                ? backups.store().physical().newest()
                : backups.store().newest(database.settings().schema()).name();
    }

    /** What was made lately, newest first. */
    public List<BackupRun> runs(Optional<UUID> before, int limit) {
        return database.read(handle -> handle.createQuery(LIST_BACKUPS).bind("before", before.orElse(null)).bind(
                "limit", Math.clamp(limit, 1, PAGE_MAX)).map((row, _) -> run(row)).list());
    }

    /** Rehearsals, newest first. */
    public List<DrillRun> drills(Optional<UUID> before, int limit) {
        return database.read(handle -> handle.createQuery(LIST_DRILLS).bind("before", before.orElse(null)).bind(
                "limit", Math.clamp(limit, 1, PAGE_MAX)).map((row, _) -> drill(row)).list());
    }

    /** The task that makes a backup; at most one waits or runs. */
    public static NewTask backupTask() {
        return NewTask.of(BACKUP_TYPE, JSON.createObjectNode()).withKey(BACKUP_TYPE).withTimeout(TASK_LIMIT);
    }

    /** The task that rehearses; at most one waits or runs. */
    public static NewTask drillTask(Optional<String> backup) {
        var payload = JSON.createObjectNode();
        backup.ifPresent(name -> payload.put("backup", name));
        return NewTask.of(DRILL_TYPE, payload).withKey(DRILL_TYPE).withTimeout(TASK_LIMIT);
    }

    /** What carries out these tasks. */
    public Map<String, TaskHandler> handlers() {
        return Map.of(BACKUP_TYPE, run -> {
            var made = backup(progress(run));
            return JSON.createObjectNode().put("backup", made.name()).put("rows", made.rows()).put("bytes",
                    made.bytes());
        }, DRILL_TYPE, run -> {
            var name = Optional.of(run.payload().path("backup").asString("")).filter(text -> !text.isEmpty());
            return JSON.valueToTree(drill(name, progress(run)));
        });
    }

    /** When they are enqueued. */
    public List<Schedule> schedules() {
        var schedules = new ArrayList<Schedule>();
        if (!settings.schedule().isBlank()) {
            schedules.add(Schedule.cron(BACKUP_TYPE, settings.schedule(), ZoneOffset.UTC, backupTask()));
        }
        if (!settings.drillSchedule().isBlank()) {
            schedules.add(Schedule.cron(DRILL_TYPE, settings.drillSchedule(), ZoneOffset.UTC, drillTask(Optional
                    .empty())));
        }
        return schedules;
    }

    /** The database may be what failed, and its schema older than the tables: neither undoes what was done. */
    private static void noting(Runnable note) {
        try {
            note.run();
        } catch (HowdahException | JdbiException e) {
            LOG.warn("It was not noted in the database: {}", e.getMessage());
        }
    }

    private static BackupProgress progress(TaskRun run) {
        return step -> {
            run.progress(step.percent(), step.phase() + " " + step.what());
            return !run.isStopped();
        };
    }

    private void note(Optional<Backup> made, List<String> removed, @Nullable String error, Duration duration) {
        database.useTransaction(tx -> tx.handle().createUpdate(INSERT_BACKUP).bind("id", Uuids.next())
                .bind("name", made.map(Backup::name).orElse(null)).bind("engine", settings.engine().toString())
                .bind("target", backups.store().location()).bind("state", made.isPresent() ? "finished" : "failed")
                .bind("rows", made.map(Backup::rows).orElse(0L)).bind("bytes", made.map(Backup::bytes).orElse(0L))
                .bind("removed", removed.toArray(String[]::new)).bind("error", error)
                .bind("durationMillis", duration.toMillis()).execute());
    }

    private void note(Optional<String> backup, Optional<DrillReport> report, @Nullable String error,
            Duration duration) {
        database.useTransaction(tx -> tx.handle().createUpdate(INSERT_DRILL).bind("id", Uuids.next())
                .bind("backup", backup.orElse(null)).bind("state", error == null ? "passed" : "failed")
                .bind("rpoMillis", report.map(made -> made.rpo().toMillis()).orElse(null))
                .bind("rtoMillis", report.map(made -> made.rto().toMillis()).orElse(null))
                .bind("checks", report.map(made -> JSON.writeValueAsString(made.checks())).orElse("[]"))
                .bind("error", error).bind("durationMillis", duration.toMillis()).execute());
    }

    private static BackupRun run(ResultSet row) throws SQLException {
        return new BackupRun(row.getObject("id", UUID.class), Optional.ofNullable(row.getString("name")), row.getString(
                "engine"), row.getString("target"), row.getString("state"), row.getLong("rows"), row.getLong("bytes"),
                Arrays.asList((String[]) row.getArray("removed").getArray()),
                Optional.ofNullable(row.getString("error")),
                Duration.ofMillis(row.getLong("duration_ms")),
                row.getObject("ended_at", OffsetDateTime.class).toInstant());
    }

    private static DrillRun drill(ResultSet row) throws SQLException {
        return new DrillRun(row.getObject("id", UUID.class), Optional.ofNullable(row.getString("backup")),
                row.getString(
                        "state"),
                millis(row, "rpo_ms"), millis(row, "rto_ms"), JSON.readTree(row.getString("checks")), Optional
                        .ofNullable(row.getString("error")),
                Duration.ofMillis(row.getLong("duration_ms")), row
                        .getObject("ended_at", OffsetDateTime.class).toInstant());
    }

    private static Optional<Duration> millis(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static String message(RuntimeException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
