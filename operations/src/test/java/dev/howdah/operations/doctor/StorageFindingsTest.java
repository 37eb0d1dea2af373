package dev.howdah.operations.doctor;

import static dev.howdah.operations.doctor.DoctorServer.examine;
import static dev.howdah.operations.doctor.DoctorServer.finding;
import static dev.howdah.operations.doctor.DoctorServer.fix;
import static dev.howdah.operations.doctor.DoctorServer.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead rows, bloat, statistics, autovacuum. */
class StorageFindingsTest {
    private final Database database = DoctorServer.database();

    @BeforeEach
    void fill() {
        run(database, "CREATE TABLE t (a int PRIMARY KEY, b text) WITH (autovacuum_enabled = off); "
                + "INSERT INTO t SELECT i, repeat('x', 100) FROM generate_series(1, 20000) AS i");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private CheckStatus status(String id) {
        return examine(database, id).status();
    }

    @Test
    void findsTablesThatAutovacuumLeavesOut() {
        var found = finding(examine(database, "autovacuum-tables"), "t");
        assertThat(found.fix().orElseThrow())
                .isEqualTo(new Fix(Fix.Kind.SQL, "ALTER TABLE t RESET (autovacuum_enabled);"));
        run(database, found.fix().orElseThrow().text());
        assertThat(status("autovacuum-tables")).isEqualTo(CheckStatus.OK);
    }

    @Test
    void findsTablesThatWereNeverAnalyzed() {
        assertThat(fix(examine(database, "statistics"), "t")).isEqualTo("ANALYZE t;");
        run(database, "ANALYZE t");
        await().untilAsserted(() -> assertThat(status("statistics")).isEqualTo(CheckStatus.OK));
    }

    @Test
    void findsDeadRowsThatNobodyRemoved() {
        run(database, "UPDATE t SET b = repeat('y', 100)");
        run(database, "SELECT pg_stat_force_next_flush()");
        await().untilAsserted(() -> assertThat(finding(examine(database, "dead-rows"), "t").facts()
                .number("dead_rows")).isEqualTo(20_000));
        run(database, fix(examine(database, "dead-rows"), "t"));
        await().untilAsserted(() -> assertThat(status("dead-rows")).isEqualTo(CheckStatus.OK));
    }

    @Test
    void estimatesWhatTablesAndIndexesCouldBeSmallerBy() {
        run(database, "CREATE INDEX t_b ON t (b)");
        run(database, "VACUUM (ANALYZE) t");
        assertThat(status("table-bloat")).as(examine(database, "table-bloat").toString()).isEqualTo(CheckStatus.OK);
        assertThat(status("index-bloat")).as(examine(database, "index-bloat").toString()).isEqualTo(CheckStatus.OK);
        run(database, "DELETE FROM t WHERE a % 10 <> 0 OR a < 1000");
        run(database, "VACUUM (ANALYZE) t");
        assertThat(finding(examine(database, "table-bloat"), "t").facts().number("wasted_ratio")).isBetween(.8, .95);
        assertThat(finding(examine(database, "index-bloat"), "t_pkey").facts().number("wasted_ratio"))
                .isBetween(.7, .95);
        assertThat(examine(database, DoctorLimits.DEFAULT, "table-bloat").status()).as("that is not much")
                .isEqualTo(CheckStatus.OK);
        run(database, fix(examine(database, "table-bloat"), "t"));
        assertThat(status("table-bloat")).as(examine(database, "table-bloat").toString()).isEqualTo(CheckStatus.OK);
        assertThat(status("index-bloat")).as(examine(database, "index-bloat").toString()).isEqualTo(CheckStatus.OK);
    }

    @Test
    void tellsWhenAutovacuumIsOff() {
        assertThat(status("autovacuum")).isEqualTo(CheckStatus.OK);
        run(database, "ALTER SYSTEM SET autovacuum = off");
        try {
            run(database, "SELECT pg_reload_conf()");
            await().untilAsserted(() -> assertThat(fix(examine(database, "autovacuum"), "autovacuum"))
                    .startsWith("ALTER SYSTEM SET autovacuum = on;"));
        } finally {
            run(database, "ALTER SYSTEM RESET autovacuum");
            run(database, "SELECT pg_reload_conf()");
        }
    }

    @Test
    void judgesTransactionIdsByTheirDistanceFromTheEnd() {
        assertThat(status("wraparound")).isEqualTo(CheckStatus.OK);
        assertThat(wraparound(999_999_999, 0)).isEqualTo(CheckStatus.OK);
        assertThat(wraparound(1_000_000_000, 0)).isEqualTo(CheckStatus.DEGRADED);
        assertThat(wraparound(5, 1_500_000_000)).isEqualTo(CheckStatus.DEGRADED);
        assertThat(wraparound(2_100_000_000, 0)).isEqualTo(CheckStatus.DOWN);
    }

    private static CheckStatus wraparound(long transactions, long multixacts) {
        return VacuumChecks.wraparound(new Facts(Map.of("transactions", transactions, "multixacts", multixacts)));
    }
}
