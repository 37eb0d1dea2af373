package dev.howdah.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.operations.backup.target.DirectoryTarget;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it makes or restores a backup leaves nothing that looks like one, and the next cleans up. */
class KilledBackupTest {
    @TempDir
    Path directory;
    private final Filled filled = Filled.create(200);
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void close() {
        processes.forEach(Process::destroyForcibly);
        filled.close();
    }

    private static Backups backups(Database database, Path directory) {
        return new Backups(database, Filled.migrations(), new DirectoryTarget(directory.resolve("backups")),
                BackupSettings.defaults(), "test");
    }

    @Test
    void aKilledBackupDoesNotExist() throws Exception {
        kill("backup", "copy");
        var target = new DirectoryTarget(directory.resolve("backups"));
        assertThat(target.list()).isEmpty();
        try (var files = Files.list(directory.resolve("backups"))) {
            assertThat(files).as("what was left").hasSize(1);
        }
        var made = backups(filled.database, directory).run(BackupProgress.NONE);
        try (var files = Files.list(directory.resolve("backups"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly(made.name());
        }
    }

    @Test
    void aKilledRestoreDoesNotExist() throws Exception {
        var backups = backups(filled.database, directory);
        var made = backups.run(BackupProgress.NONE);
        var into = filled.database.settings().schema() + "_k";
        for (var phase : List.of("load", "index", "analyze")) {
            kill(made.name(), phase);
            assertThat(schemas(into)).as("killed at " + phase).isZero();
        }
        assertThat(schemas("howdah_restoring_%")).isPositive();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(Filled.number(filled.database, """
            SELECT count(*) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid AND l.relation IS NOT NULL
             WHERE a.application_name = 'howdah-backup'
            """)).as("sessions of the killed ones").isZero());
        backups.restore(RestorePlan.of(made.name()).into(into), BackupProgress.NONE);
        assertThat(schemas("howdah_restoring_%")).isZero();
        assertThat(Filled.content(filled.open(into))).isEqualTo(Filled.content(filled.database));
    }

    private long schemas(String like) {
        return Filled.number(filled.database, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE '" + like + "'");
    }

    /** Starts a process that stops in the middle and says so, and kills it. */
    private void kill(String what, String phase) throws Exception {
        var settings = filled.database.settings();
        var signal = Files.createTempFile(directory, "signal", "");
        Files.delete(signal);
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx200m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp", System
                        .getProperty("java.class.path"),
                KilledBackupTest.class.getName(), settings.url(), settings
                        .user(),
                settings.password(), settings.schema(), directory.toString(), what, phase, signal.toString())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        processes.add(process);
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(signal));
        process.destroyForcibly().waitFor();
    }

    /** A process that makes or restores a backup as far as the middle of a phase. */
    public static void main(String[] args) {
        var database = Database.open(DatabaseSettings.of(args[0], args[1], args[2], args[3]).withPool(4, 0));
        var backups = backups(database, Path.of(args[4]));
        BackupProgress progress = step -> {
            if (step.phase().equals(args[6]) && step.percent() >= 30) {
                signal(Path.of(args[7]));
            }
            return true;
        };
        if (args[5].equals("backup")) {
            backups.run(progress);
        } else {
            backups.restore(RestorePlan.of(args[5]).into(args[3] + "_k"), progress);
        }
        throw new IllegalStateException("it was not killed");
    }

    private static void signal(Path file) {
        try {
            Files.createFile(file);
            while (true) {
                Thread.onSpinWait();
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
