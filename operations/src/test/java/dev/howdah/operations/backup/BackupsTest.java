package dev.howdah.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.query.Filter;
import dev.howdah.operations.backup.target.DirectoryTarget;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.EncryptionKeys;
import dev.howdah.postgres.Migration;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupsTest {
    static final String KEYS = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String OTHER_KEYS = "k1:AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static int schemas;

    @TempDir
    Path directory;
    private Filled filled;
    private String free;

    @BeforeEach
    void fill() {
        filled = Filled.create(400);
        free = filled.database.settings().schema() + "_r" + ++schemas;
    }

    @AfterEach
    void close() {
        filled.close();
    }

    private Backups backups(BackupSettings settings) {
        return new Backups(filled.database, Filled.migrations(), new DirectoryTarget(directory.resolve("backups")),
                settings, "1.2.3");
    }

    private static BackupSettings sealed() {
        return BackupSettings.defaults().withKeys(KEYS).withPieceBytes(1 << 16);
    }

    @Test
    void restoresRowsDefinitionsAndNumbersIntoAnotherSchema() throws Exception {
        var backups = backups(sealed());
        var steps = new ArrayList<BackupProgress.Step>();
        var made = backups.run(steps::add);
        assertThat(steps).isNotEmpty().last().extracting(BackupProgress.Step::percent).isEqualTo(100);
        assertThat(made.key()).contains("k1");
        assertThat(made.notes()).singleElement().asString().contains("cache_entries_unlogged");
        assertThat(backups.store().list()).singleElement().isEqualTo(made);
        assertThat(backups.store().verify(made.name(), BackupProgress.NONE).rows()).isEqualTo(made.rows());

        var report = backups.restore(RestorePlan.of(made.name()).into(free), BackupProgress.NONE);

        assertThat(report.warnings()).isEmpty();
        var restored = filled.open(free);
        assertThat(Filled.content(restored)).isEqualTo(Filled.content(filled.database));
        assertThat(Filled.definition(restored)).isEqualTo(Filled.definition(filled.database));
        assertThat(new Migrator(restored, Filled.migrations()).validate()).isEmpty();
        assertThat(Filled.number(restored, "SELECT nextval('tasks_position_seq')"))
                .isGreaterThan(Filled.number(restored,
                        "SELECT max(position) FROM tasks"));
        assertThat(Filled.number(restored, "SELECT nextval('notes_of_ours_id_seq')")).isEqualTo(3);
        assertThat(Filled.number(restored, "SELECT count(*) FROM cache_entries_unlogged")).isZero();
        try (var documents = new dev.howdah.documents.Documents(restored, dev.howdah.documents.DocumentSettings
                .defaults())) {
            assertThat(documents.collection("orders").count(
                    Filter.parse(tools.jackson.databind.json.JsonMapper.shared().createObjectNode()),
                    OptionalLong.empty())).isEqualTo(400);
            documents.create("more", dev.howdah.documents.CollectionOptions.none());
        }
    }

    @Test
    void keepsFilesPrivateAndNamesThem() throws Exception {
        var backups = backups(BackupSettings.defaults());
        var made = backups.run(BackupProgress.NONE);
        var root = directory.resolve("backups").resolve(made.name());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root))).isEqualTo("rwx------");
        try (var files = Files.list(root)) {
            assertThat(files.toList()).hasSizeGreaterThan(20)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(file))).isEqualTo("rw-------"));
        }
    }

    @Test
    void restoresIntoTheEmptySchemaOfTheSettings() {
        var made = backups(BackupSettings.defaults()).run(BackupProgress.NONE);
        var empty = TestDatabase.create();
        var backups = new Backups(empty, Filled.migrations(), new DirectoryTarget(directory.resolve("backups")),
                BackupSettings.defaults(), "1.2.3");
        backups.restore(RestorePlan.of(made.name()), BackupProgress.NONE);
        assertThat(Filled.content(empty)).isEqualTo(Filled.content(filled.database));
    }

    @Test
    void refusesASchemaThatHoldsSomethingUnlessItIsToBeReplaced() {
        var backups = backups(BackupSettings.defaults());
        var made = backups.run(BackupProgress.NONE);
        filled.execute("DELETE FROM tasks");
        assertThatThrownBy(() -> backups.restore(RestorePlan.of(made.name()), BackupProgress.NONE)).isInstanceOf(
                ConflictException.class).hasMessageContaining("--into").hasMessageContaining("--replace");
        var report = backups.restore(RestorePlan.of(made.name()).replacing(), BackupProgress.NONE);
        assertThat(Filled.number(filled.database, "SELECT count(*) FROM tasks")).isEqualTo(300);
        assertThat(Filled.number(filled.open(report.replaced().orElseThrow()), "SELECT count(*) FROM tasks")).isZero();
    }

    @Test
    void refusesAnotherKeyNoKeyAndAPlainBackupWhereThereAreKeys() {
        var sealed = backups(sealed()).run(BackupProgress.NONE);
        for (var keys : List.of("", OTHER_KEYS)) {
            var other = backups(sealed().withKeys(keys));
            assertThatThrownBy(() -> other.restore(RestorePlan.of(sealed.name()).into(free), BackupProgress.NONE))
                    .hasMessageContaining("cannot be opened with key");
            assertThat(other.store().list()).hasSize(1);
        }
        var plain = backups(BackupSettings.defaults()).run(BackupProgress.NONE);
        assertThatThrownBy(() -> backups(sealed()).store().verify(plain.name(), BackupProgress.NONE))
                .hasMessageContaining(
                        "not encrypted");
    }

    @Test
    void refusesABackupOfANewerOrDifferentSchema() {
        var made = backups(BackupSettings.defaults()).run(BackupProgress.NONE);
        var all = Filled.migrations().all();
        var older = new Backups(filled.database, Migrations.of(all.subList(0, all.size() - 1)), new DirectoryTarget(
                directory.resolve("backups")), BackupSettings.defaults(), "1.0");
        assertThatThrownBy(() -> older.restore(RestorePlan.of(made.name()).into(free), BackupProgress.NONE))
                .hasMessageContaining("made by Howdah 1.2.3").hasMessageContaining(all.getLast().module());
        var edited = new ArrayList<>(all);
        var first = edited.removeFirst();
        edited.addFirst(
                new Migration(first.version(), first.module(), first.name(), first.up() + " ", Optional.empty()));
        var different = new Backups(filled.database, Migrations.of(edited), new DirectoryTarget(directory.resolve(
                "backups")), BackupSettings.defaults(), "1.0");
        assertThatThrownBy(() -> different.restore(RestorePlan.of(made.name()).into(free), BackupProgress.NONE))
                .hasMessageContaining("other versions");
        assertThatThrownBy(() -> older.restore(RestorePlan.of("howdah-x-20260101T000000Z-000000"), BackupProgress.NONE))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> older.store().get("../../etc")).hasMessageContaining("no name of a backup");
    }

    @Test
    void leavesNothingBehindWhenItIsStopped() throws Exception {
        var backups = backups(BackupSettings.defaults());
        assertThatThrownBy(() -> backups.run(_ -> false)).isInstanceOf(CancellationException.class);
        try (var files = Files.list(directory.resolve("backups"))) {
            assertThat(files).isEmpty();
        }
        var made = backups.run(BackupProgress.NONE);
        for (var phase : List.of("verify", "load", "index", "analyze")) {
            assertThatThrownBy(
                    () -> backups.restore(RestorePlan.of(made.name()).into(free), step -> !step.phase().equals(
                            phase)))
                    .isInstanceOf(CancellationException.class);
            assertThat(Filled.number(filled.database, "SELECT count(*) FROM pg_namespace WHERE nspname = '" + free
                    + "'")).isZero();
        }
        assertThat(Filled.number(filled.database,
                "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'howdah_restoring_%'")).isZero();
    }

    @Test
    void removesOnlyItsOwn() throws Exception {
        var root = Files.createDirectories(directory.resolve("backups"));
        var settings = BackupSettings.defaults();
        var target = new DirectoryTarget(root);
        var backups = backups(settings);
        var made = backups.run(BackupProgress.NONE);
        var schema = filled.database.settings().schema();
        var foreign = Files.createDirectory(root.resolve("howdah-" + schema + "-20200101T000000Z-ffffff"));
        Files.writeString(foreign.resolve("manifest.json"), "{}");
        Files.writeString(root.resolve("mine.txt"), "mine");
        Files.createDirectory(root.resolve(".mine.partial"));
        try (var alive = target.begin("howdah-" + schema + "-20200102T000000Z-ffffff")) {
            assertThat(target.removeRemains(Duration.ZERO)).isEmpty();
            assertThat(alive).isNotNull();
        }
        assertThatThrownBy(() -> backups.store().remove(foreign.getFileName().toString())).hasMessageContaining(
                "no backup that we made");
        assertThat(backups.store().list()).hasSize(2).extracting(backup -> backup.problem().isPresent())
                .containsExactly(
                        false, true);
        assertThat(backups.store().prune(schema, made.takenAt())).isEmpty();
        backups.store().remove(made.name());
        assertThat(foreign.resolve("manifest.json")).exists();
        assertThat(root.resolve("mine.txt")).exists();
    }

    @Test
    void keysThatWereReplacedStillOpen() {
        var made = backups(sealed()).run(BackupProgress.NONE);
        var both = "k2:" + OTHER_KEYS.substring(3) + "," + KEYS;
        assertThat(EncryptionKeys.problems("x", both)).isEmpty();
        var backups = backups(sealed().withKeys(both));
        assertThat(backups.store().verify(made.name(), BackupProgress.NONE).files()).isPositive();
        assertThat(backups.run(BackupProgress.NONE).key()).contains("k2");
    }
}
