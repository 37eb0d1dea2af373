package dev.howdah.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.operations.backup.target.DirectoryTarget;
import dev.howdah.postgres.EmbeddedPostgres;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskState;
import dev.howdah.queue.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupRunsTest {
    /** Those that the tests' server has unpacked. */
    private static final Path BINARIES = Path.of(System.getProperty("java.io.tmpdir"), "howdah-" + System.getProperty(
            "user.name"), "postgresql-" + EmbeddedPostgres.VERSION);

    @TempDir
    Path directory;
    private final Filled filled = Filled.create(200);

    @AfterEach
    void close() {
        filled.close();
    }

    private BackupRuns runs(BackupSettings settings, Path root) {
        var target = new DirectoryTarget(root);
        return new BackupRuns(filled.database, new Backups(filled.database, Filled.migrations(), target, settings,
                "test"), new Drill(target, settings, Filled.migrations(), BINARIES, "test"), settings);
    }

    @Test
    void rehearsesTheNewestBackupAndNotesRpoAndRto() throws Exception {
        var runs = runs(BackupSettings.defaults().withKeys(BackupsTest.KEYS), directory.resolve("backups"));
        assertThatThrownBy(() -> runs.drill(Optional.empty(), BackupProgress.NONE))
                .isInstanceOf(NotFoundException.class);
        var made = runs.backup(BackupProgress.NONE);
        var report = runs.drill(Optional.empty(), BackupProgress.NONE);
        assertThat(report.checks()).hasSize(6).allMatch(DrillReport.Check::ok, "holds");
        assertThat(report.rpo()).isPositive();
        assertThat(runs.drills(Optional.empty(), 10)).hasSize(2).first().satisfies(drill -> {
            assertThat(drill.state()).isEqualTo("passed");
            assertThat(drill.backup()).contains(made.name());
            assertThat(drill.rto()).contains(Duration.ofMillis(report.rto().toMillis()));
        });
        assertThat(runs.drills(Optional.empty(), 10).getLast().error().orElseThrow()).contains("no backup");
        assertThat(runs.runs(Optional.empty(), 10)).singleElement()
                .satisfies(run -> assertThat(run.name()).contains(made
                        .name()));
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("howdah-scratch-"))).isEmpty();
        }
    }

    @Test
    void findsWhatDoesNotHold() {
        var runs = runs(BackupSettings.defaults(), directory.resolve("backups"));
        var made = runs.backup(BackupProgress.NONE);
        var manifest = runs.backups().store().manifest(made.name());
        filled.execute("INSERT INTO notes_of_ours (id, words) OVERRIDING SYSTEM VALUE VALUES (99, '{}')");
        filled.execute(
                "INSERT INTO task_history (id, queue, type, state, priority, attempt, max_attempts, payload, created_at, "
                        + "run_at, ended_at) SELECT id, queue, type, 'cancelled', 0, 0, 1, payload, now(), now(), now() FROM tasks LIMIT 1");
        filled.execute("ALTER TABLE tasks ADD CONSTRAINT later CHECK (priority < 10) NOT VALID");
        filled.execute("UPDATE schema_history SET checksum = 'x' WHERE version = 1");
        assertThat(new Invariants(filled.database, Optional.of(manifest), Filled.migrations()).check())
                .filteredOn(check -> !check.ok())
                .extracting(DrillReport.Check::name).containsExactly("rows are as many", "constraints are checked",
                        "the schema is that of the migrations", "sequences are ahead of their columns",
                        "no task is live and ended");
    }

    @Test
    void aFailureIsNoted() throws Exception {
        var file = Files.createFile(directory.resolve("file"));
        var runs = runs(BackupSettings.defaults(), file);
        assertThatThrownBy(() -> runs.backup(BackupProgress.NONE)).isInstanceOf(RuntimeException.class);
        assertThat(runs.runs(Optional.empty(), 10)).singleElement().satisfies(run -> {
            assertThat(run.state()).isEqualTo("failed");
            assertThat(run.error()).isPresent();
        });
    }

    @Test
    void runsAsATaskAndBySchedule() {
        var runs = runs(BackupSettings.defaults(), directory.resolve("backups"));
        assertThat(runs.schedules()).extracting(schedule -> schedule.cron().orElseThrow()).containsExactly("0 2 * * *",
                "0 4 * * 0");
        var id = filled.queue.enqueue(BackupRuns.backupTask());
        try (var worker = new Worker(filled.queue, QueueSettings.defaults(), runs.handlers())) {
            worker.start();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> filled.queue.find(id).orElseThrow().state() == TaskState.FINISHED);
        }
        assertThat(runs.backups().store().list()).hasSize(1);
    }

    /** Money moves between documents, and each move is a task, while backups are made: the sum is the same in each of them. */
    @Test
    void aBackupUnderLoadHoldsTheLedger() throws Exception {
        filled.execute("CREATE TABLE accounts (id integer PRIMARY KEY, amount bigint NOT NULL)");
        filled.execute("CREATE TABLE moves (id uuid PRIMARY KEY, amount bigint NOT NULL)");
        filled.execute("INSERT INTO accounts SELECT i, 1000 FROM generate_series(1, 10) AS i");
        var runs = runs(BackupSettings.defaults().withPieceBytes(1 << 16), directory.resolve("backups"));
        var stop = new AtomicBoolean();
        var moves = new AtomicLong();
        var mover = Thread.ofVirtual().start(() -> {
            for (int i = 0; !stop.get(); i++) {
                move(i);
                moves.incrementAndGet();
            }
        });
        for (int round = 0; round < 3; round++) {
            long before = moves.get();
            await().atMost(Duration.ofSeconds(30)).until(() -> moves.get() > before + 20);
            var made = runs.backup(BackupProgress.NONE);
            var into = filled.database.settings().schema() + "_l" + round;
            runs.backups().restore(RestorePlan.of(made.name()).into(into), BackupProgress.NONE);
            var restored = filled.open(into);
            assertThat(Filled.number(restored, "SELECT sum(amount) FROM accounts")).isEqualTo(10_000);
            assertThat(Filled.number(restored, "SELECT count(*) FROM moves")).isPositive()
                    .isEqualTo(Filled.number(restored,
                            "SELECT count(*) FROM tasks WHERE type = 'move'"))
                    .isEqualTo(Filled.number(restored,
                            "SELECT count(*) FROM documents d WHERE jsonb_exists(d.data, 'move')"));
        }
        stop.set(true);
        mover.join();
    }

    private void move(int i) {
        filled.database.useTransaction(tx -> {
            var handle = tx.handle();
            handle.execute("UPDATE accounts SET amount = amount - 1 WHERE id = " + (1 + i % 10));
            handle.execute("UPDATE accounts SET amount = amount + 1 WHERE id = " + (1 + (i + 1) % 10));
            var json = tools.jackson.databind.json.JsonMapper.shared();
            var id = filled.queue.enqueue(tx, dev.howdah.queue.NewTask.of("move", json.createObjectNode()));
            handle.execute("INSERT INTO moves (id, amount) VALUES (?, 1)", id);
            filled.documents.collection("orders").insert(tx, dev.howdah.documents.NewDocument.of(json.createObjectNode()
                    .put("_id", "m" + i).put("move", i).put("number", 1_000_000 + i)));
        });
    }
}
