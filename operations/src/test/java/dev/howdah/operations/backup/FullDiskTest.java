package dev.howdah.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.operations.backup.target.DirectoryTarget;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks that are full in the middle: file systems in memory of a size, which only root may mount; elsewhere the run says that
 * they were not tried.
 */
class FullDiskTest {
    private static final String SMALL = "2m";
    /** Holds the empty tables of the schema, but not what comes into them. */
    private static final String TABLES_ONLY = "16m";
    private static final String LARGE = "256m";
    private static final String SPACE = "howdah_small_disk";

    @TempDir
    Path directory;
    private Filled filled;
    private Backups backups;
    private Path disk;
    private boolean isMounted;

    @BeforeEach
    void fill() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x")); // the server's user
        disk = Files.createDirectory(directory.resolve("disk"));
        filled = Filled.create(200);
        filled.execute("CREATE TABLE noise (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bytes bytea NOT NULL)");
        filled.execute("""
            INSERT INTO noise (bytes)
            SELECT sha512(random()::text::bytea) || sha512(random()::text::bytea) || sha512(random()::text::bytea)
              FROM generate_series(1, 100000)
            """);
        backups = backups(disk.resolve("backups"));
        isMounted = isDone("mount", "-t", "tmpfs", "-o", "size=" + SMALL, "howdah-test", disk.toString());
    }

    @AfterEach
    void close() throws Exception {
        filled.close();
        if (isMounted) {
            assertThat(isDone("umount", disk.toString())).isTrue();
        }
    }

    private Backups backups(Path root) {
        return new Backups(filled.database, Filled.migrations(), new DirectoryTarget(root), BackupSettings.defaults(),
                "test");
    }

    @Test
    void aBackupThatFindsNoSpaceLeavesNothingAndIsMadeWhenThereIsSome() throws Exception {
        if (!isMounted) {
            System.out.println("a full disk was not tried: only root may mount a file system");
            return;
        }
        assertThatThrownBy(() -> backups.run(BackupProgress.NONE)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("No space left on device").hasMessageContaining("check the target's space");
        assertThat(backups.store().list()).isEmpty();
        try (var files = Files.list(disk.resolve("backups"))) {
            assertThat(files).as("what was left on the disk").isEmpty();
        }
        enlarge();
        var made = backups.run(BackupProgress.NONE);
        assertThat(backups.store().list()).hasSize(1);
        assertRestored(backups, made.name());
    }

    @Test
    void aRestoreThatFindsNoSpaceLeavesNothingAndIsMadeWhenThereIsSome() throws Exception {
        var data = Path.of(text("SHOW data_directory"));
        if (!isMounted || !Files.isDirectory(data)) {
            System.out.println("a server's full disk was not tried: only root may mount a file system, on its machine");
            return;
        }
        var elsewhere = backups(directory.resolve("backups"));
        var made = elsewhere.run(BackupProgress.NONE);
        remount(TABLES_ONLY);
        var space = Files.createDirectory(disk.resolve("space"));
        Files.setAttribute(space, "unix:uid", Files.getAttribute(data, "unix:uid"));
        filled.execute("CREATE TABLESPACE " + SPACE + " LOCATION '" + space + "'");
        var database = text("SELECT current_database()");
        filled.execute("ALTER DATABASE \"" + database + "\" SET default_tablespace = " + SPACE);
        try {
            var plan = RestorePlan.of(made.name()).into(restored());
            assertThatThrownBy(() -> elsewhere.restore(plan, BackupProgress.NONE))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("the database server has no space left").hasMessageContaining("free some");
            assertThat(schemas(restored())).isZero();
            assertThat(schemas("howdah_restoring_%")).isZero();
            enlarge();
            assertRestored(elsewhere, made.name());
        } finally {
            filled.execute("ALTER DATABASE \"" + database + "\" RESET default_tablespace");
            filled.execute("DROP SCHEMA IF EXISTS " + restored() + " CASCADE");
            filled.execute("DROP TABLESPACE " + SPACE);
        }
    }

    private String text(String sql) {
        return filled.database.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).one());
    }

    private String restored() {
        return filled.database.settings().schema() + "_f";
    }

    private void assertRestored(Backups from, String name) {
        from.restore(RestorePlan.of(name).into(restored()), BackupProgress.NONE);
        assertThat(Filled.content(filled.open(restored()))).isEqualTo(Filled.content(filled.database));
    }

    private long schemas(String like) {
        return Filled.number(filled.database, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE '" + like + "'");
    }

    private void enlarge() throws Exception {
        remount(LARGE);
    }

    private void remount(String size) throws Exception {
        assertThat(isDone("mount", "-o", "remount,size=" + size, disk.toString())).isTrue();
    }

    private static boolean isDone(String... command) throws InterruptedException {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // no such program
        }
    }
}
