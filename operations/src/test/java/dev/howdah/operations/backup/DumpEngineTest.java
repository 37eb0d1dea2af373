package dev.howdah.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.operations.backup.target.DirectoryTarget;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.UnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is ours of backups by pg_dump: the programs are scripts that note how they were called. */
class DumpEngineTest {
    @TempDir
    Path directory;
    private final Filled filled = Filled.create(20);

    @AfterEach
    void close() {
        filled.close();
    }

    private Backups backups() {
        return new Backups(filled.database, Filled.migrations(), new DirectoryTarget(directory.resolve("backups")),
                BackupSettings.defaults().withEngine(BackupEngine.DUMP).withKeys(BackupsTest.KEYS)
                        .withPrograms(directory
                                .toString()),
                "test");
    }

    private void program(String name, int version, String does) throws Exception {
        var script = Files.writeString(directory.resolve(name), """
            #!/bin/sh
            if [ "$1" = --version ]; then echo "%s (PostgreSQL) %d.1"; exit; fi
            echo "$@" > %s/%s.called
            echo "$PGPASSWORD" > %s/%s.password
            for word in "$@"; do case "$word" in --file=*) file="${word#--file=}";; esac; last="$word"; done
            %s
            """.formatted(name, version, directory, name, directory, name, does));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void keepsChecksAndHandsBackTheFilesOfADump() throws Exception {
        program("pg_dump", 99, "mkdir \"$file\"; echo toc > \"$file/toc.dat\"; echo rows > \"$file/1.dat.gz\"");
        program("pg_restore", 99, "cp -r \"$last\" " + directory + "/restored");
        var made = backups().run(BackupProgress.NONE);
        assertThat(made.engine()).isEqualTo(BackupEngine.DUMP);
        assertThat(Files.readString(directory.resolve("pg_dump.called"))).contains("--schema=" + made.schema(),
                "--format=directory").doesNotContain(filled.database.settings().password());
        assertThat(Files.readString(directory.resolve("pg_dump.password")).strip()).isEqualTo(filled.database.settings()
                .password());
        assertThat(backups().store().verify(made.name(), BackupProgress.NONE).files()).isEqualTo(2);
        assertThatThrownBy(() -> backups().restore(RestorePlan.of(made.name()), BackupProgress.NONE)).isInstanceOf(
                ConflictException.class).hasMessageContaining("holds something");
        assertThatThrownBy(() -> backups().restore(RestorePlan.of(made.name()).into("other"), BackupProgress.NONE))
                .hasMessageContaining("only");
        filled.execute("ALTER SCHEMA " + made.schema() + " RENAME TO " + made.schema() + "_old");
        backups().restore(RestorePlan.of(made.name()), BackupProgress.NONE);
        assertThat(directory.resolve("restored/toc.dat")).hasContent("toc");
        assertThat(Files.readString(directory.resolve("pg_restore.called"))).contains("--single-transaction");

        var file = directory.resolve("backups").resolve(made.name()).resolve("toc.dat");
        var bytes = Files.readAllBytes(file);
        bytes[10] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> backups().store().verify(made.name(), BackupProgress.NONE))
                .hasMessageContaining("toc.dat");
    }

    @Test
    void leavesNothingWhenTheProgramFailsIsOldOrMissing() throws Exception {
        assertThatThrownBy(() -> backups().run(BackupProgress.NONE)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("pg_dump cannot be run");
        program("pg_dump", 9, "exit 0");
        assertThatThrownBy(() -> backups().run(BackupProgress.NONE)).hasMessageContaining("PostgreSQL 9");
        program("pg_dump", 99, "mkdir \"$file\"; echo half > \"$file/toc.dat\"; echo 'no room for it' >&2; exit 1");
        assertThatThrownBy(() -> backups().run(BackupProgress.NONE)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no room for it");
        try (var files = Files.list(directory.resolve("backups"))) {
            assertThat(files).isEmpty();
        }
    }
}
