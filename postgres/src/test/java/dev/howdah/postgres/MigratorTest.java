package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MigratorTest {
    private static final Migration ONE = migration(1, "CREATE TABLE one (id bigint PRIMARY KEY, name text NOT NULL);",
            "DROP TABLE one;");
    private static final Migration TWO = migration(2,
            "CREATE INDEX one_by_name ON one (name);\nALTER TABLE one ADD CONSTRAINT name_is_short CHECK (length(name) < 9);",
            "ALTER TABLE one DROP CONSTRAINT name_is_short; DROP INDEX one_by_name;");
    private static final Migration THREE = migration(3, """
        CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS $body$
          SELECT n * 2; -- not the end; of the statement
        $body$;
        """, "DROP FUNCTION twice(int);");

    private final Database database = TestDatabase.create();

    @Test
    void appliesAndRollsBackByEveryVerb() {
        var migrator = migrator(ONE, TWO, THREE);

        assertThat(versions(migrator.up(2))).containsExactly(1L, 2L);
        assertThat(migrator.status().pending()).extracting(MigrationStatus.Entry::version).containsExactly(3L);
        assertThat(versions(migrator.up())).containsExactly(3L);
        assertThat(migrator.up()).isEmpty();
        assertThat(migrator.status().isUpToDate()).isTrue();
        assertThat(migrator.status().version()).isEqualTo(3);
        assertThat(versions(migrator.redo())).containsExactly(3L, 3L);
        assertThat(versions(migrator.down(1))).containsExactly(3L);
        assertThat(versions(migrator.downTo(1))).containsExactly(2L);
        assertThat(migrator.downTo(1)).isEmpty();
        assertThat(migrator.downTo(7)).isEmpty();
        migrator.up();
        assertThat(versions(migrator.down(99))).containsExactly(3L, 2L, 1L);
        assertThat(migrator.status().version()).isZero();
        assertThatThrownBy(() -> migrator.down(0)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("count: 0 is out of range");
    }

    @Test
    void givesTheSameSchemaAfterUpDownUp() {
        var migrator = migrator(ONE, TWO, THREE);
        migrator.up();
        var first = SchemaDescription.of(database);
        migrator.downTo(0);
        assertThat(SchemaDescription.of(database)).doesNotContain("one", "twice");
        migrator.up();
        assertThat(SchemaDescription.of(database)).isEqualTo(first).contains("one_by_name", "name_is_short", "twice");
    }

    @Test
    void makesTheSchemaIfItIsNotThere() {
        var settings = database.settings().inSchema(database.settings().schema() + "_new");
        var fresh = TestDatabase.open(settings);
        new Migrator(fresh, Migrations.of(List.of(ONE))).up();
        assertThat(SchemaDescription.of(fresh)).contains("one_pkey");
    }

    @Test
    void letsFiftyStartersMigrateAtOnce() throws Exception {
        int starters = 50;
        var ready = new CountDownLatch(starters);
        var jobs = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < starters; i++) {
            jobs.add(() -> {
                ready.countDown();
                ready.await();
                return migrator(ONE, TWO, THREE).up().size();
            });
        }
        try (var threads = Executors.newFixedThreadPool(starters)) {
            int applied = 0;
            for (var job : threads.invokeAll(jobs)) {
                applied += job.get();
            }
            assertThat(applied).as("each once").isEqualTo(3);
        }
    }

    @Test
    void refusesAnEditedFileWithBothChecksumsUntilRepaired() {
        migrator(ONE).up();
        var edited = migration(1, ONE.up() + "-- a remark", ONE.down().orElseThrow());
        var migrator = migrator(edited, TWO);

        assertThatThrownBy(migrator::up).isInstanceOf(MigrationException.class)
                .hasMessageContaining("test/V0001__m1 was edited").hasMessageContaining(ONE.checksum())
                .hasMessageContaining(edited.checksum()).hasMessageContaining("howdah migrate repair");
        assertThat(migrator.validate()).hasSize(1).first().asString().contains(edited.checksum());
        assertThat(migrator.status().entries().getFirst().state()).isEqualTo(MigrationStatus.State.CHANGED);
        assertThat(migrator.repair()).containsExactly("test/V0001__m1");
        assertThat(versions(migrator.up())).containsExactly(2L);
    }

    @Test
    void namesMissingDownScriptsBeforeAnythingRuns() {
        var without = new Migration(2, "test", "m2", TWO.up(), Optional.empty());
        var migrator = migrator(ONE, without, THREE);
        migrator.up();

        assertThatThrownBy(() -> migrator.down(3)).isInstanceOf(MigrationException.class)
                .hasMessageContaining("no down script of test/V0002__m2")
                .hasMessageContaining("nothing was rolled back");
        assertThat(migrator.status().version()).isEqualTo(3);
        assertThat(migrator.validate()).containsExactly("test/V0002__m2 has no down script");
    }

    @Test
    void refusesToUndoAnIrreversibleMigration() {
        var migrator = migrator(migration(1, "-- howdah: irreversible\n" + ONE.up(), ""));
        migrator.up();
        assertThatThrownBy(() -> migrator.down(1)).hasMessageContaining("says that it cannot be undone");
    }

    @Test
    void letsAnOlderProgramRollBackWhatANewerOneApplied() {
        migrator(ONE, TWO, THREE).up();
        var older = migrator(ONE);

        assertThat(older.up()).as("newer migrations do not disturb").isEmpty();
        assertThat(older.status().entries()).extracting(MigrationStatus.Entry::state).containsExactly(
                MigrationStatus.State.APPLIED, MigrationStatus.State.NEWER, MigrationStatus.State.NEWER);
        assertThat(versions(older.downTo(1))).containsExactly(3L, 2L);
        assertThat(SchemaDescription.of(database)).contains("one").doesNotContain("twice", "one_by_name");
    }

    @Test
    void aMigrationThatMovedToAnotherModuleStaysApplied() {
        migrator(ONE).up();
        var moved = new Migrator(database, Migrations.of(List.of(Migration.of("another", "V0001__m1", ONE.up(),
                ONE.down()), TWO)));
        assertThat(moved.validate()).isEmpty();
        assertThat(versions(moved.up())).containsExactly(2L);
        assertThat(versions(moved.down(2))).containsExactly(2L, 1L);
    }

    @Test
    void leavesNoTraceOfAFailingMigration() {
        var failing = migration(2, "CREATE TABLE half (id int); SELECT 1 / 0;", "DROP TABLE half;");
        assertThatThrownBy(() -> migrator(ONE, failing, THREE).up()).isInstanceOf(MigrationException.class)
                .hasMessageContaining("test/V0002__m2 failed and left no trace")
                .hasMessageContaining("division by zero");
        assertThat(SchemaDescription.of(database)).contains("one").doesNotContain("half", "twice");
        assertThat(migrator(ONE).status().version()).isEqualTo(1);
    }

    @Test
    void appliesALateComerWithALowerVersionAndRollsBackInOrderOfApplication() {
        migrator(ONE, THREE).up();
        var migrator = migrator(ONE, TWO, THREE);
        assertThat(versions(migrator.up())).containsExactly(2L);
        assertThat(versions(migrator.down(2))).containsExactly(2L, 3L);
    }

    @Test
    void triesWithoutLeavingAnything() {
        var migrator = migrator(ONE, TWO, THREE);
        assertThat(versions(migrator.dryRunUp(Long.MAX_VALUE))).containsExactly(1L, 2L, 3L);
        assertThat(migrator.status().version()).isZero();
        migrator.up();
        assertThat(versions(migrator.dryRunDown(2))).containsExactly(3L, 2L);
        assertThat(migrator.status().version()).isEqualTo(3);
    }

    @Test
    void plansWithTheLocksThatWillBeTaken() {
        var plan = migrator(ONE, TWO).plan(Long.MAX_VALUE);
        assertThat(plan.steps()).extracting(MigrationPlan.Step::version).containsExactly(1L, 2L);
        assertThat(plan.steps().getLast().notes()).anyMatch(note -> note.contains("(SHARE)"))
                .anyMatch(note -> note.contains("ACCESS EXCLUSIVE"));
        assertThat(migrator().status().version()).as("nothing ran").isZero();
    }

    @Test
    void takesASchemaThatHasEverythingAsBaseline() {
        execute(ONE.up());
        var migrator = migrator(ONE, TWO);
        assertThat(migrator.baseline(1)).containsExactly("test/V0001__m1");
        assertThat(versions(migrator.up())).containsExactly(2L);
        assertThatThrownBy(() -> migrator.baseline(2)).hasMessageContaining("has a history");
    }

    @Test
    void refusesTwoMigrationsWithOneVersion() {
        assertThatThrownBy(() -> migrator(ONE, new Migration(1, "other", "also", "", Optional.empty())))
                .hasMessageContaining("version 1 is used twice: test/V0001__m1 and other/V0001__also");
    }

    @Test
    void buildsAnIndexConcurrentlyWhileOthersWaitForTheLock() throws Exception {
        migrator(ONE).up();
        var concurrent = migration(2, """
            -- howdah: non-transactional
            SELECT pg_sleep(0.5);
            CREATE INDEX CONCURRENTLY IF NOT EXISTS one_slowly ON one (name);
            """, "DROP INDEX one_slowly;");
        try (var threads = Executors.newFixedThreadPool(2)) {
            var first = threads.submit(() -> migrator(ONE, concurrent).up().size());
            var second = threads.submit(() -> migrator(ONE, concurrent).up().size());
            assertThat(first.get(30, TimeUnit.SECONDS) + second.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(SchemaDescription.of(database)).contains("one_slowly");
    }

    @Test
    void buildsAnIndexConcurrentlyHoweverLongOthersTake() throws Exception {
        migrator(ONE).up();
        var concurrent = migration(2, "-- howdah: non-transactional\n"
                + "CREATE INDEX CONCURRENTLY IF NOT EXISTS one_later ON one (name);", "DROP INDEX one_later;");
        try (var threads = Executors.newFixedThreadPool(1);
                var blocker = database.connect();
                var statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("INSERT INTO one VALUES (1, 'first')");
            var migration = threads.submit(() -> migrator(ONE, concurrent).up().size());
            await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(20)).until(() -> isTrue(database, """
                SELECT EXISTS (SELECT 1
                                 FROM pg_stat_activity
                                WHERE wait_event_type = 'Lock' AND query LIKE '%INDEX CONCURRENTLY%one_later%')
                """));
            blocker.commit();
            assertThat(migration.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(isTrue(database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'one_later'::regclass"))
                .isTrue();
    }

    @Test
    void goesOnAfterAnInterruptedConcurrentIndex() {
        migrator(ONE).up();
        execute("INSERT INTO one VALUES (1, 'same'), (2, 'same')");
        var unique = migration(2, "-- howdah: non-transactional\n"
                + "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS one_unique ON one (name);", "DROP INDEX one_unique;");
        var migrator = migrator(ONE, unique);

        assertThatThrownBy(migrator::up).hasMessageContaining("a part of it may be done");
        assertThat(migrator.status().entries().getLast().state()).isEqualTo(MigrationStatus.State.INTERRUPTED);
        execute("DELETE FROM one WHERE id = 2");
        migrator.up();
        assertThat(isTrue(database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'one_unique'::regclass"))
                .isTrue();
        assertThat(migrator.status().isUpToDate()).isTrue();
    }

    @Test
    void convergesAfterKillNineInTheMiddle() throws Exception {
        for (var marker : List.of("", "-- howdah: non-transactional\n")) {
            var target = TestDatabase.create();
            var child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), SlowMigration.class.getName(), target.settings().url(),
                    target.settings().user(), target.settings().password(), target.settings().schema(), marker)
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            await().atMost(Duration.ofSeconds(30)).until(() -> isTrue(target, """
                SELECT EXISTS (SELECT 1
                                 FROM pg_stat_activity
                                WHERE query LIKE 'SELECT pg_sleep(3601)%')
                """));
            child.destroyForcibly().waitFor();
            // The server notices a dead client only when it writes to it.
            isTrue(target, "SELECT bool_and(pg_terminate_backend(pid)) FROM pg_stat_activity "
                    + "WHERE query LIKE 'SELECT pg_sleep(3601)%'");

            new Migrator(target, Migrations.of(List.of(SlowMigration.migration(marker, "")))).up();

            assertThat(SchemaDescription.of(target)).contains("first", "second");
        }
    }

    @Test
    void namesTheHolderOfTheLockWhenItGivesUp() throws Exception {
        var held = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(1)) {
            var holder = threads.submit(() -> {
                try (var session = MigrationSession.open(database, Duration.ofMinutes(1))) {
                    session.lock(java.time.Instant.now().plusSeconds(5));
                    held.countDown();
                    return done.await(30, TimeUnit.SECONDS);
                }
            });
            held.await();
            var impatient = new Migrator(database, Migrations.of(List.of(ONE)), Duration.ofMillis(50),
                    Duration.ofMinutes(1));
            assertThatThrownBy(impatient::up).isInstanceOf(MigrationException.class)
                    .hasMessageContaining("another migrator holds the lock").hasMessageContaining("(howdah)");
            done.countDown();
            assertThat(holder.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void waitsForATableLockInSmallPortions() throws Exception {
        migrator(ONE).up();
        try (var blocker = database.connect();
                var statement = blocker.createStatement();
                var threads = Executors.newFixedThreadPool(1)) {
            blocker.setAutoCommit(false);
            statement.execute("LOCK TABLE one IN ACCESS SHARE MODE");
            var migration = threads.submit(() -> migrator(ONE, TWO).up().size());
            await().atMost(Duration.ofSeconds(20)).until(() -> isTrue(database,
                    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'one'::regclass)"));
            blocker.rollback();
            assertThat(migration.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void saysWhoToLookForWhenATableIsHeldTooLong() throws Exception {
        migrator(ONE).up();
        var impatient = new Migrator(database, Migrations.of(List.of(ONE, TWO)), Duration.ofMinutes(1),
                Duration.ofMillis(50));
        try (var blocker = database.connect(); var statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("LOCK TABLE one IN ACCESS SHARE MODE");
            assertThatThrownBy(impatient::up).isInstanceOfSatisfying(MigrationException.class, blocked -> {
                assertThat(blocked.code()).isEqualTo("migration-blocked");
                assertThat(blocked).hasMessageContaining("other transactions have held").hasMessageContaining("doctor");
            });
            assertThat(impatient.status().pending()).hasSize(1);
            blocker.rollback();
        }
        assertThat(impatient.up()).hasSize(1);
    }

    /** A migration that another process is in when it is killed. */
    static final class SlowMigration {
        public static void main(String[] args) throws SQLException {
            var database = Database.open(DatabaseSettings.of(args[0], args[1], args[2], args[3]).withPool(2, 0));
            new Migrator(database, Migrations.of(List.of(migration(args.length > 4 ? args[4] : "",
                    "SELECT pg_sleep(3601);")))).up();
        }

        static Migration migration(String marker, String pause) {
            return MigratorTest.migration(1, marker + "CREATE TABLE IF NOT EXISTS first (id int);\n" + pause
                    + "\nCREATE TABLE IF NOT EXISTS second (id int);", "DROP TABLE second; DROP TABLE first;");
        }
    }

    private static Migration migration(long version, String up, String down) {
        return Migration.of("test", "V%04d__m%d".formatted(version, version), up,
                down.isEmpty() ? Optional.empty() : Optional.of(down));
    }

    private Migrator migrator(Migration... migrations) {
        return new Migrator(database, Migrations.of(Arrays.asList(migrations)));
    }

    private static boolean isTrue(Database database, String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(Boolean.class).one());
    }

    private void execute(String sql) {
        database.withHandle(handle -> handle.execute(sql));
    }

    private static List<Long> versions(List<Migrator.Done> done) {
        return done.stream().map(Migrator.Done::version).toList();
    }
}
