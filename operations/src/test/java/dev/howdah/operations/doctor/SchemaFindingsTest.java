package dev.howdah.operations.doctor;

import static dev.howdah.operations.doctor.DoctorServer.examine;
import static dev.howdah.operations.doctor.DoctorServer.fix;
import static dev.howdah.operations.doctor.DoctorServer.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each test makes something wrong, has it found, applies the fix that is offered, and has it found well. */
class SchemaFindingsTest {
    private final Database database = DoctorServer.database();

    @AfterEach
    void close() {
        database.close();
    }

    private void repairs(String id, String object) {
        var found = examine(database, id);
        assertThat(found.status()).as(found.toString()).isGreaterThanOrEqualTo(CheckStatus.DEGRADED);
        fix(found, object).lines().forEach(statement -> run(database, statement));
        assertThat(examine(database, id).status()).as(examine(database, id).toString()).isEqualTo(CheckStatus.OK);
    }

    @Test
    void findsAnIndexWhoseConcurrentBuildFailed() {
        run(database, "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
        assertThat(examine(database, "invalid-indexes").status()).isEqualTo(CheckStatus.OK);
        assertThatThrownBy(() -> run(database, "CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)"))
                .hasMessageContaining("could not create unique index");
        assertThat(fix(examine(database, "invalid-indexes"), "broken")).isEqualTo("REINDEX INDEX CONCURRENTLY broken;");
        run(database, "TRUNCATE t");
        repairs("invalid-indexes", "broken");
    }

    @Test
    void findsIndexesThatOthersCover() {
        run(database, "CREATE TABLE t (a int PRIMARY KEY, b int, c text)");
        run(database, "CREATE INDEX b_c ON t (b, c); CREATE INDEX c ON t (c)");
        run(database, "CREATE INDEX b_desc ON t (b DESC); CREATE INDEX b_some ON t (b) WHERE a > 1; "
                + "CREATE INDEX c_pattern ON t (c text_pattern_ops); CREATE INDEX a_lower ON t (lower(c)); "
                + "CREATE INDEX b_hash ON t USING hash (b)");
        assertThat(examine(database, "duplicate-indexes").status()).isEqualTo(CheckStatus.OK);
        run(database, "CREATE INDEX b_only ON t (b)");
        var found = examine(database, "duplicate-indexes");
        assertThat(found.outcome().findings()).hasSize(1);
        assertThat(DoctorServer.finding(found, "b_only").facts().text("covered_by")).isEqualTo("b_c");
        repairs("duplicate-indexes", "b_only");
        run(database, "CREATE INDEX \"C again\" ON t (c)");
        assertThat(examine(database, "duplicate-indexes").outcome().findings()).singleElement()
                .satisfies(one -> assertThat(one.object()).isEqualTo("\"C again\""));
        repairs("duplicate-indexes", "C again");
    }

    @Test
    void findsLargeIndexesThatNothingUses() {
        run(database, "CREATE TABLE t (a int PRIMARY KEY, b int); "
                + "INSERT INTO t SELECT i, i FROM generate_series(1, 1000) AS i; CREATE INDEX lazy ON t (b)");
        assertThat(examine(database, DoctorLimits.DEFAULT, "unused-indexes").status()).isEqualTo(CheckStatus.OK);
        assertThat(examine(database, "unused-indexes").outcome().findings()).hasSize(1);
        repairs("unused-indexes", "lazy");
    }

    @Test
    void findsLargeTablesThatAreReadAsAWhole() {
        run(database, "CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 2000)");
        assertThat(examine(database, "missing-indexes").status()).isEqualTo(CheckStatus.OK);
        database.withHandle(handle -> {
            for (int i = 0; i < 60; i++) {
                handle.createQuery("SELECT count(*) FROM t WHERE a = :a").bind("a", i).mapTo(Long.class).one();
            }
            return handle.execute("SELECT pg_stat_force_next_flush()");
        });
        await().untilAsserted(() -> assertThat(fix(examine(database, "missing-indexes"), "t")).contains("FROM t"));
        assertThat(examine(database, DoctorLimits.DEFAULT, "missing-indexes").status()).isEqualTo(CheckStatus.OK);
    }

    @Test
    void findsConstraintsThatOldRowsMayBreak() {
        run(database, "CREATE TABLE t (a int)");
        assertThat(examine(database, "invalid-constraints").status()).isEqualTo(CheckStatus.OK);
        run(database, "ALTER TABLE t ADD CONSTRAINT \"A is small\" CHECK (a < 10) NOT VALID");
        repairs("invalid-constraints", "A is small");
    }

    @Test
    void findsSequencesThatAreNearTheirEnd() {
        run(database, "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, b bigserial, c smallserial)");
        assertThat(examine(database, "sequences").status()).isEqualTo(CheckStatus.OK);
        run(database, "SELECT setval('t_a_seq', 2040109465)"); // 95 % of an integer
        assertThat(examine(database, "sequences").status()).isEqualTo(CheckStatus.DEGRADED);
        run(database, "SELECT setval('t_c_seq', 32767)");
        assertThat(examine(database, "sequences").status()).isEqualTo(CheckStatus.DOWN);
        assertThat(examine(database, "sequences").outcome().findings()).extracting(Finding::object)
                .containsExactly("t_c_seq", "t_a_seq");
        fix(examine(database, "sequences"), "t_c_seq").lines().forEach(statement -> run(database, statement));
        repairs("sequences", "t_a_seq");
    }

    @Test
    void findsTriggersThatAreSwitchedOff() {
        run(database, "CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p)");
        assertThat(examine(database, "disabled-triggers").status()).isEqualTo(CheckStatus.OK);
        run(database, "ALTER TABLE t DISABLE TRIGGER ALL");
        assertThat(examine(database, "disabled-triggers").outcome().findings()).hasSize(2)
                .allSatisfy(each -> assertThat(each.facts().text("what")).contains("foreign key"));
        repairs("disabled-triggers", "RI_Constraint");
    }

    @Test
    void findsPartitionsThatAreNotAttached() {
        run(database, "CREATE TABLE days (day date, n int) PARTITION BY RANGE (day); "
                + "CREATE TABLE days_other PARTITION OF days DEFAULT; CREATE TABLE days_off (day date, reason text)");
        assertThat(examine(database, "partitions").status()).isEqualTo(CheckStatus.OK);
        run(database, "ALTER TABLE days DETACH PARTITION days_other");
        repairs("partitions", "days_other");
    }

    @Test
    void findsHistoryWithoutAPartitionForTomorrow() {
        assertThat(examine(database, "history-partitions").status()).isEqualTo(CheckStatus.OK);
        new Migrator(database, Migrations.ofModules("queue")).up();
        assertThat(examine(database, "history-partitions").status()).isEqualTo(CheckStatus.OK);
        run(database,
                "DO $$ BEGIN EXECUTE 'DROP TABLE task_history_' || to_char(current_date + 1, 'YYYYMMDD'); END $$");
        repairs("history-partitions", "task_history");
    }

    @Test
    void findsNothingWrongInWhatMigrationsMake() {
        new Migrator(database, Migrations.ofModules("queue", "knowledge", "documents", "cache", "sessions",
                "operations")).up();
        for (var area : new Area[]{Area.SCHEMA, Area.INDEXES}) {
            var report = new Doctor(DatabaseChecks.of(database, false, DoctorLimits.DEFAULT))
                    .examine(java.util.List.of(area));
            assertThat(report.status()).as(report.toScript()).isEqualTo(CheckStatus.OK);
        }
    }
}
