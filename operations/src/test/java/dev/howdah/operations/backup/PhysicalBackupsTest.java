package dev.howdah.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.operations.backup.DrillReport.Check;
import dev.howdah.operations.backup.target.DirectoryTarget;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.UnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** pgBackRest for real, with a server that Debian has installed. */
class PhysicalBackupsTest {
    @TempDir
    Path directory;
    private InstalledServer server;
    private Database database;

    @BeforeEach
    void start() throws Exception {
        server = InstalledServer.create(directory.resolve("server"));
        database = server.open();
        execute("CREATE SCHEMA howdah");
    }

    @AfterEach
    void stop() throws Exception {
        database.close();
        server.close();
    }

    private BackupSettings settings() {
        return BackupSettings.defaults().withEngine(BackupEngine.PGBACKREST)
                .withTarget(directory.resolve("backups").toString())
                .withKeys(BackupsTest.KEYS).withPgbackrestConfig(directory.resolve("conf/pgbackrest.conf").toString());
    }

    private PhysicalBackups physical() {
        return new PhysicalBackups(settings());
    }

    private void execute(String sql) {
        database.withHandle(handle -> handle.execute(sql));
    }

    /** A restored server answers already while it reads the log. */
    private static void awaitRestored(Database restored) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> texts(restored, "SELECT pg_is_in_recovery()::text").equals(List.of(
                        "false")));
    }

    private static List<String> texts(Database asked, String sql) {
        return asked.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).list());
    }

    /** Does on the server what the checks say, and restarts it. */
    private void archive() throws Exception {
        execute("ALTER SYSTEM SET archive_mode = 'on'");
        for (var check : physical().setup(database)) {
            if (!check.ok() && check.name().startsWith("archive_command")) {
                execute(check.detail().substring(0, check.detail().indexOf("; SELECT")));
            }
        }
        execute("ALTER SYSTEM SET archive_timeout = '60s'");
        database.close();
        server.restart();
        database = server.open();
        assertThat(physical().check(database)).allMatch(Check::ok).hasSize(9);
    }

    /** The server's time, once all before it is in the repository. */
    private Instant archivedNow() {
        var now = database
                .withHandle(handle -> handle.createQuery("SELECT clock_timestamp()").mapTo(OffsetDateTime.class)
                        .one().toInstant());
        execute("INSERT INTO notes VALUES ('after ' || clock_timestamp())");
        var file = texts(database, "SELECT pg_walfile_name(pg_switch_wal())").getFirst();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> texts(database, "SELECT last_archived_wal FROM pg_stat_archiver WHERE "
                        + "last_archived_wal >= '" + file + "'").size() == 1);
        return now;
    }

    @Test
    void restoresWhatWasThereAtATime() throws Exception {
        new Migrator(database, Filled.migrations()).up();
        execute("CREATE TABLE notes (text text PRIMARY KEY)");
        archive();
        execute("INSERT INTO notes VALUES ('before the backup')");
        var backups = new Backups(database, Filled.migrations(), new DirectoryTarget(directory.resolve("backups")),
                settings(),
                "test");
        var runs = new BackupRuns(database, backups,
                new Drill(new DirectoryTarget(directory.resolve("backups")), settings(), Filled
                        .migrations(), directory.resolve("unused"), "test"),
                settings());
        var full = runs.backup(BackupProgress.NONE);
        assertThat(full.notes()).contains("full");
        assertThat(full.key()).contains("k1");
        execute("INSERT INTO notes VALUES ('after the backup')");
        var next = runs.backup(BackupProgress.NONE);
        assertThat(next.name()).as("builds on the full one").startsWith(full.name() + "_");
        execute("INSERT INTO notes VALUES ('at the time')");
        var time = archivedNow();
        execute("DROP TABLE notes");
        execute("CREATE TABLE notes (text text)");
        archivedNow();

        assertThat(runs.runs(Optional.empty(), 10)).extracting(BackupRuns.BackupRun::engine).containsExactly(
                "pgbackrest",
                "pgbackrest");
        var logical = new Backups(database, Filled.migrations(), new DirectoryTarget(directory.resolve("backups")),
                settings()
                        .withEngine(BackupEngine.LOGICAL),
                "test").run(BackupProgress.NONE);
        assertThat(backups.store().list()).extracting(Backup::name).containsExactly(logical.name(), next.name(),
                full.name());
        assertThat(backups.store().verify(next.name(), BackupProgress.NONE).files()).isGreaterThan(500);
        assertThatThrownBy(() -> backups.restore(RestorePlan.of(full.name()), BackupProgress.NONE)).isInstanceOf(
                ConflictException.class).hasMessageContaining("--into DIRECTORY");

        var drill = runs.drill(Optional.empty(), BackupProgress.NONE);
        assertThat(drill.isPassed()).as(drill.checks().toString()).isTrue();
        assertThat(drill.backup()).isEqualTo(next.name());
        assertThat(runs.drills(Optional.empty(), 1)).extracting(BackupRuns.DrillRun::state).containsExactly("passed");

        server.close(); // as if its machine was lost, with what was written there
        Files.delete(directory.resolve("conf/pgbackrest.conf"));
        var restored = physical()
                .restore(new PhysicalRestorePlan(Optional.empty(), Optional.of(time), directory.resolve(
                        "restored/data")), BackupProgress.NONE);
        assertThat(restored.backup()).isEqualTo(next.name());
        assertThat(restored.steps()).anyMatch(step -> step.contains("pg_ctl start -w -D " + restored.into()));
        try (var other = server.at(restored.into()); var found = other.open()) {
            awaitRestored(found);
            assertThat(texts(found, "SELECT text FROM notes ORDER BY text")).containsExactly("after the backup",
                    "at the time", "before the backup");
            assertThat(texts(found, "SHOW archive_mode")).as("the copy leaves the archive alone")
                    .containsExactly("off");
            found.withHandle(handle -> handle.execute("INSERT INTO notes VALUES ('it takes changes')"));
        }
        var holds = new PhysicalRestorePlan(Optional.empty(), Optional.empty(), restored.into());
        assertThatThrownBy(() -> physical().restore(holds, BackupProgress.NONE)).isInstanceOf(ConflictException.class)
                .hasMessageContaining("holds something");
        assertThat(restored.into().resolve("PG_VERSION")).as("what is there stays").exists();
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        assertThat(physical().isUsed()).isTrue();
        assertThatThrownBy(() -> physical().run(database, BackupProgress.NONE)).isInstanceOf(ConflictException.class)
                .hasMessageContaining("archive_mode is off").hasMessageContaining("ALTER SYSTEM SET archive_command")
                .hasMessageContaining("howdah pitr setup");
        assertThat(physical().list()).as("nothing was made").isEmpty();
        assertThat(physical().setup(database)).filteredOn(check -> !check.ok()).extracting(Check::name).containsExactly(
                "archive_mode is on", "archive_command is pgBackRest's", "archive_timeout is set");
        var file = directory.resolve("conf/pgbackrest.conf");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.readString(file)).doesNotContain(InstalledServer.PASSWORD);

        var elsewhere = new PhysicalBackups(settings().withTarget(directory.resolve("other").toString()));
        assertThatThrownBy(() -> elsewhere.run(database, BackupProgress.NONE))
                .hasMessageContaining("missing or different");
        assertThat(elsewhere.list().getFirst().problem().orElseThrow()).contains("is not what the settings say");
        try (var embedded = TestDatabase.create()) {
            assertThatThrownBy(() -> physical().setup(embedded)).isInstanceOf(ConflictException.class)
                    .hasMessageContaining("socket");
            embedded.withHandle(handle -> handle.execute(
                    "DO $$ BEGIN CREATE ROLE unprivileged LOGIN PASSWORD 'u'; EXCEPTION WHEN duplicate_object THEN NULL; END $$"));
            try (var modest = Database.open(embedded.settings().at(embedded.settings().url(), "unprivileged", "u"))) {
                assertThatThrownBy(() -> physical().setup(modest)).hasMessageContaining("GRANT pg_read_all_settings");
            }
        }
        assertThatThrownBy(
                () -> new PhysicalRestorePlan(Optional.empty(), Optional.of(Instant.now().plusSeconds(60)), directory))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("future");
        assertThatThrownBy(
                () -> physical().restore(new PhysicalRestorePlan(Optional.empty(), Optional.empty(), directory.resolve(
                        "none")), BackupProgress.NONE))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void noticesAnotherKeyDamageAndAnArchiveThatFails() throws Exception {
        archive();
        var made = physical().run(database, BackupProgress.NONE);
        var into = directory.resolve("restored");
        assertThatThrownBy(() -> physical().restore(new PhysicalRestorePlan(Optional.empty(), Optional.of(made.takenAt()
                .minusSeconds(3600)), into), BackupProgress.NONE)).isInstanceOf(NotFoundException.class)
                .hasMessageContaining(
                        "no backup was whole");
        var wrong = new PhysicalBackups(
                settings().withKeys("k2:" + "B".repeat(43) + "=").withPgbackrestConfig(directory.resolve(
                        "wrong/pgbackrest.conf").toString()));
        assertThat(wrong.list().getFirst().problem().orElseThrow()).contains("cannot read its repository");
        assertThatThrownBy(() -> wrong.restore(new PhysicalRestorePlan(Optional.empty(), Optional.empty(), into),
                BackupProgress.NONE)).isInstanceOf(ConflictException.class).hasMessageContaining("backup-keys");
        assertThat(into).doesNotExist();
        var another = new PhysicalBackups(settings().withKeys("k2:" + "B".repeat(43) + "="));
        assertThatThrownBy(() -> another.setup(database)).isInstanceOf(UnavailableException.class);
        assertThat(physical().check(database)).as("what the server uses stays").allMatch(Check::ok);
        // A new key is put before the old ones.
        assertThat(new PhysicalBackups(settings().withKeys("k2:" + "B".repeat(43) + "=," + BackupsTest.KEYS)).list())
                .extracting(Backup::name).containsExactly(made.name());

        Path largest;
        try (var files = Files.walk(directory.resolve("backups/pgbackrest/backup"))) {
            largest = files.filter(Files::isRegularFile).filter(file -> file.toString().contains("/bundle/")).max(
                    Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
        }
        var bytes = Files.readAllBytes(largest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(largest, bytes);
        assertThatThrownBy(() -> physical().verify(made.name(), BackupProgress.NONE))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("damaged");
        execute("ALTER SYSTEM SET archive_command = 'false'");
        execute("SELECT pg_reload_conf()");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(physical().check(database)).filteredOn(
                check -> !check.ok()).extracting(Check::name).containsExactly("archive_command is pgBackRest's"));
    }

    @Test
    void aKilledBackupLeavesTheEarlierOnes() throws Exception {
        archive();
        execute("CREATE TABLE notes (text text PRIMARY KEY)");
        execute("INSERT INTO notes VALUES ('kept')");
        var made = physical().run(database, BackupProgress.NONE);
        execute("CREATE TABLE filling AS SELECT md5(i::text) || md5((i + 1)::text) AS text FROM generate_series(1, 300000) AS i");
        var repository = directory.resolve("backups/pgbackrest/backup/howdah");
        var running = CompletableFuture.supplyAsync(() -> physical().run(database, BackupProgress.NONE));
        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5)).until(() -> {
            try (var files = Files.list(repository)) {
                return files.anyMatch(file -> file.getFileName().toString().startsWith(made.name() + "_"));
            }
        });
        ProcessHandle.current().children().filter(child -> child.info().commandLine().orElse("").contains("pgbackrest"))
                .forEach(ProcessHandle::destroyForcibly);
        assertThatThrownBy(running::join).hasCauseInstanceOf(UnavailableException.class);
        assertThat(physical().list()).extracting(Backup::name).containsExactly(made.name());
        var restored = physical()
                .restore(new PhysicalRestorePlan(Optional.of(made.name()), Optional.empty(), directory.resolve(
                        "restored/data")), BackupProgress.NONE);
        try (var other = server.at(restored.into()); var found = other.open()) {
            awaitRestored(found);
            assertThat(texts(found, "SELECT text FROM notes"))
                    .containsExactly("kept");
        }
        assertThat(physical().run(database, BackupProgress.NONE).name()).as("the next one works")
                .startsWith(made.name());
        assertThat(physical().list()).hasSize(2);
    }

    @Test
    void writesWhatAnObjectStoreNeeds() {
        var store = BackupSettings.from(Configuration.of(Map.of("howdah.operations.backup-target", "s3://shop/nightly",
                "howdah.operations.backup-access-key", "AK", "howdah.operations.backup-secret-key", "SK",
                "howdah.operations.backup-region", "eu-central-1", "howdah.operations.backup-keep-within", "30d")));
        assertThat(PgBackRestConfiguration.of(store).text()).contains("repo1-type=s3\n",
                "repo1-s3-endpoint=s3.eu-central-1.amazonaws.com\n", "repo1-s3-uri-style=path\n",
                "repo1-s3-bucket=shop\n",
                "repo1-path=/nightly/pgbackrest\n", "repo1-s3-region=eu-central-1\n", "repo1-s3-key=AK\n",
                "repo1-s3-key-secret=SK\n", "repo1-retention-full=30\n", "compress-type=zst\n", "process-max=2\n")
                .doesNotContain(
                        "cipher");
        for (var refused : new String[]{"gs://shop/nightly", "http://127.0.0.1:9000/shop"}) {
            assertThatThrownBy(() -> PgBackRestConfiguration.of(store.withTarget(refused))).isInstanceOf(
                    InvalidInputException.class).hasMessageContaining("TLS");
        }
        assertThatThrownBy(() -> PgBackRestConfiguration.of(store.withPgbackrestConfig("/a b.conf")))
                .hasMessageContaining(
                        "a shell");
    }
}
