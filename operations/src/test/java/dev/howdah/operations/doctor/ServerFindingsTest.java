package dev.howdah.operations.doctor;

import static dev.howdah.operations.doctor.DoctorServer.examine;
import static dev.howdah.operations.doctor.DoctorServer.finding;
import static dev.howdah.operations.doctor.DoctorServer.fix;
import static dev.howdah.operations.doctor.DoctorServer.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.TestDatabase;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The server's settings, its log's archive, what it counted, and who may do what. */
class ServerFindingsTest {
    private final Database database = DoctorServer.database();

    @AfterEach
    void close() {
        database.close();
    }

    private CheckStatus status(String id) {
        return examine(database, id).status();
    }

    private static Facts facts(Object... namesAndValues) {
        var facts = new java.util.LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            facts.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return new Facts(facts);
    }

    @Test
    void tellsOfSettingsThatLoseData() {
        assertThat(fix(examine(database, "durability"), "fsync")).isEqualTo(
                "ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf();");
        assertThat(status("checksums")).isEqualTo(CheckStatus.OK);
        assertThat(ServerChecks.checksums(facts("data_checksums", "off"))).isEqualTo(CheckStatus.DEGRADED);
        assertThat(ServerChecks.checksums(facts("data_checksums", "on", "failures", 1L))).isEqualTo(CheckStatus.DOWN);
    }

    @Test
    void tellsWhenTheArchiveFails() {
        run(database, "SELECT pg_switch_wal()");
        await().atMost(java.time.Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(fix(examine(database, "archiver"),
                        "archiver")).contains("archive_command"));
        assertThat(examine(database, "archive-backlog").outcome().detail()).contains("files");
        assertThat(examine(TestDatabase.create(), "archiver").status()).as("without an archive")
                .isEqualTo(CheckStatus.OK);
    }

    @Test
    void tellsHowCloseStandbysFollow() {
        assertThat(status("replicas")).isEqualTo(CheckStatus.OK);
        assertThat(ReplicationChecks.replica(facts("state", "streaming", "lag_seconds", 2.0, "lag_bytes", 10L)))
                .isEqualTo(CheckStatus.OK);
        assertThat(ReplicationChecks.replica(facts("state", "streaming", "lag_seconds", 31.0)))
                .isEqualTo(CheckStatus.DEGRADED);
        assertThat(ReplicationChecks.replica(facts("state", "streaming", "lag_bytes", 2L << 30)))
                .isEqualTo(CheckStatus.DEGRADED);
        assertThat(ReplicationChecks.replica(facts("state", "a standby, which refuses writes")))
                .isEqualTo(CheckStatus.DOWN);
    }

    @Test
    void judgesVersions() {
        assertThat(status("version")).isEqualTo(CheckStatus.OK);
        assertThat(examine(database, "version").outcome().detail()).startsWith("PostgreSQL 17");
        assertThat(ServerChecks.version(facts("version_number", 140_022L))).isEqualTo(CheckStatus.DOWN);
        assertThat(ServerChecks.version(facts("version_number", 170_002L))).as("old").isEqualTo(CheckStatus.DEGRADED);
        assertThat(ServerChecks.version(facts("version_number", 150_020L))).isEqualTo(CheckStatus.OK);
        assertThat(ServerChecks.version(facts("version_number", 190_000L))).as("untested")
                .isEqualTo(CheckStatus.DEGRADED);
        assertThat(status("extensions")).isEqualTo(CheckStatus.OK);
    }

    @Test
    void judgesClocksByWhatIsCertain() {
        assertThat(status("clock")).isEqualTo(CheckStatus.OK);
        var before = Instant.parse("2026-11-21T10:00:00Z");
        var after = before.plusSeconds(20);
        assertThat(ServerChecks.clock(before, before.plusSeconds(10), after, "UTC").status()).isEqualTo(CheckStatus.OK);
        assertThat(ServerChecks.clock(before, after.plusSeconds(6), after, "UTC").status())
                .isEqualTo(CheckStatus.DEGRADED);
        assertThat(ServerChecks.clock(before, before.minusSeconds(6), after, "UTC").status())
                .isEqualTo(CheckStatus.DEGRADED);
    }

    @Test
    void judgesMemoryByTheSizeOfTheDatabase() {
        assertThat(status("memory")).isEqualTo(CheckStatus.OK);
        assertThat(ServerChecks.memory(facts("memory_bytes", 128L << 20, "database_bytes", 1L << 30)))
                .isEqualTo(CheckStatus.DEGRADED);
        assertThat(ServerChecks.memory(facts("memory_bytes", 512L << 20, "database_bytes", 100L << 30)))
                .isEqualTo(CheckStatus.OK);
    }

    @Test
    void judgesWhatTheServerCounted() {
        for (var id : new String[]{"table-cache", "index-cache", "temporary-files", "deadlocks", "checkpoints"}) {
            assertThat(examine(database, DoctorLimits.DEFAULT, id).status()).as(id).isEqualTo(CheckStatus.OK);
        }
        assertThat(PerformanceChecks.cache(facts("hits", 980L, "reads", 20L, "hit_ratio", .98), 1000))
                .isEqualTo(CheckStatus.DEGRADED);
        assertThat(PerformanceChecks.cache(facts("hits", 98L, "reads", 2L, "hit_ratio", .98), 1000)).as("too few")
                .isEqualTo(CheckStatus.OK);
        assertThat(PerformanceChecks.temporaryFiles(facts("per_day_bytes", 2L << 30))).isEqualTo(CheckStatus.DEGRADED);
        assertThat(PerformanceChecks.deadlocks(facts("per_day", 10.0))).isEqualTo(CheckStatus.DEGRADED);
        assertThat(PerformanceChecks.checkpoints(facts("timed", 10L, "requested", 11L)))
                .isEqualTo(CheckStatus.DEGRADED);
        assertThat(PerformanceChecks.checkpoints(facts("timed", 1L, "requested", 11L))).as("too few")
                .isEqualTo(CheckStatus.OK);
    }

    @Test
    void findsSlowStatementsIfTheyAreCounted() {
        var without = examine(TestDatabase.create(), "slow-statements");
        assertThat(without.status()).isEqualTo(CheckStatus.OK);
        assertThat(without.outcome().detail()).startsWith("not counted").contains("CREATE EXTENSION");
        run(database, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public");
        run(database, "SELECT pg_stat_statements_reset()");
        assertThat(status("slow-statements")).isEqualTo(CheckStatus.OK);
        database.withHandle(handle -> {
            for (int i = 0; i < 10; i++) {
                handle.createQuery("SELECT pg_sleep(0.11)").mapTo(String.class).one();
            }
            return true;
        });
        assertThat(finding(examine(database, "slow-statements"), "statement").facts().text("query"))
                .contains("pg_sleep");
    }

    @Test
    void tellsOfARoleThatMayDoMoreThanItNeeds() {
        assertThat(fix(examine(database, "role"), "role howdah")).contains("NOSUPERUSER");
        assertThat(status("passwords")).isEqualTo(CheckStatus.OK);
        assertThat(status("encryption")).as("all come from this machine").isEqualTo(CheckStatus.OK);
        assertThat(status("public-schema")).isEqualTo(CheckStatus.OK);
        run(database, "GRANT CREATE ON SCHEMA public TO PUBLIC");
        run(database, fix(examine(database, "public-schema"), "public"));
        assertThat(status("public-schema")).isEqualTo(CheckStatus.OK);
        run(database, "ALTER ROLE howdah SET password_encryption = 'md5'");
        try (var again = Database.open(database.settings())) {
            assertThat(fix(examine(again, "passwords"), "password_encryption")).contains("scram-sha-256");
        } finally {
            run(database, "ALTER ROLE howdah RESET password_encryption");
        }
    }

    @Test
    void tellsWhenForgottenTransactionsGoOnForEver() {
        assertThat(status("idle-timeout")).isEqualTo(CheckStatus.OK);
        var other = TestDatabase.create();
        assertThat(fix(examine(other, "idle-timeout"), "idle")).startsWith("ALTER ROLE ");
        var embedded = new Doctor(DatabaseChecks.of(other, true, DoctorLimits.DEFAULT)).examine(
                java.util.List.of(Area.SECURITY));
        assertThat(embedded.status()).as(embedded.toScript()).isEqualTo(CheckStatus.OK);
    }

    @Test
    void saysWhatARoleMayNotSee() {
        run(database, "DROP ROLE IF EXISTS modest; CREATE ROLE modest LOGIN PASSWORD 'modest'");
        var settings = database.settings();
        var modest = Database.open(settings.at(settings.url(), "modest", "modest"));
        try (modest) {
            for (var id : new String[]{"long-queries", "idle-in-transaction", "archive-backlog"}) {
                var diagnosis = examine(modest, DoctorLimits.DEFAULT, id);
                assertThat(diagnosis.status()).as(id).isEqualTo(CheckStatus.UNKNOWN);
                assertThat(diagnosis.remedy()).isEqualTo("GRANT pg_monitor TO \"modest\";");
            }
            assertThat(examine(modest, "role").status()).isEqualTo(CheckStatus.OK);
            var all = new Doctor(DatabaseChecks.of(modest, false, DoctorLimits.DEFAULT)).examine(java.util.List.of());
            assertThat(all.diagnoses()).extracting(Diagnosis::status).doesNotContain(CheckStatus.DOWN);
            run(database, examine(modest, "long-queries").remedy());
            assertThat(examine(modest, DoctorLimits.DEFAULT, "long-queries").status()).isEqualTo(CheckStatus.OK);
        }
    }
}
