package dev.howdah.operations.doctor;

import static dev.howdah.operations.doctor.DoctorServer.connect;
import static dev.howdah.operations.doctor.DoctorServer.examine;
import static dev.howdah.operations.doctor.DoctorServer.finding;
import static dev.howdah.operations.doctor.DoctorServer.fix;
import static dev.howdah.operations.doctor.DoctorServer.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions that wait, sit and hold, and what holds without a session. */
class SessionFindingsTest {
    private final Database database = DoctorServer.database();

    @AfterEach
    void close() {
        database.close();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(org.postgresql.PGConnection.class).getBackendPID();
    }

    @Test
    void findsASessionThatForgotToCommitWithWhatItHolds() throws SQLException {
        assertThat(examine(database, DoctorLimits.DEFAULT, "idle-in-transaction").status()).isEqualTo(CheckStatus.OK);
        try (var client = connect(database)) {
            client.setAutoCommit(false);
            client.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            execute(client, "SELECT 'secret'");
            var process = "process " + pid(client);
            var found = finding(examine(database, "idle-in-transaction"), process);
            assertThat(found.facts().text("query")).isEqualTo("SELECT ?");
            assertThat(examine(database, DoctorLimits.DEFAULT, "idle-in-transaction").status())
                    .as("it sits there only for a moment").isEqualTo(CheckStatus.OK);
            assertThat(finding(examine(database, "snapshots"), process).facts().text("holder")).isEqualTo("session");
            run(database, fix(examine(database, "idle-in-transaction"), process));
            await().untilAsserted(() -> assertThat(examine(database, "idle-in-transaction").outcome().findings())
                    .noneMatch(each -> each.object().equals(process)));
        }
    }

    @Test
    void findsAPreparedTransactionThatNobodyEnds() throws SQLException {
        run(database, "CREATE TABLE t (a int)");
        try (var client = connect(database)) {
            client.setAutoCommit(false);
            execute(client, "INSERT INTO t VALUES (1)");
            execute(client, "PREPARE TRANSACTION 'left behind'");
        }
        var found = finding(examine(database, "snapshots"), "prepared transaction left behind");
        assertThat(found.facts().text("holder")).isEqualTo("prepared transaction");
        run(database, found.fix().orElseThrow().text());
        assertThat(examine(database, "snapshots").outcome().findings())
                .noneMatch(each -> each.object().contains("left behind"));
    }

    @Test
    void findsASlotThatNobodyReads() {
        assertThat(examine(database, "slots").status()).isEqualTo(CheckStatus.OK);
        run(database, "SELECT pg_create_logical_replication_slot('unread', 'pgoutput')");
        assertThat(finding(examine(database, "slots"), "unread").facts().number("kept_bytes")).isNotNegative();
        assertThat(finding(examine(database, "snapshots"), "replication slot unread").facts().text("holder"))
                .isEqualTo("slot");
        run(database, fix(examine(database, "slots"), "unread"));
        assertThat(examine(database, "slots").status()).isEqualTo(CheckStatus.OK);
    }

    @Test
    void tellsWhoWaitsForWhom() throws Exception {
        run(database, "CREATE TABLE t (a int)");
        assertThat(examine(database, "lock-waits").status()).isEqualTo(CheckStatus.OK);
        try (var holder = connect(database);
                var waiter = connect(database);
                var threads = Executors.newSingleThreadExecutor()) {
            holder.setAutoCommit(false);
            execute(holder, "LOCK TABLE t");
            var waits = threads.submit(() -> {
                execute(waiter, "SELECT a FROM t WHERE a = 42");
                return true;
            });
            var process = "process " + pid(waiter);
            await().untilAsserted(() -> {
                var wait = finding(examine(database, "lock-waits"), process);
                assertThat(wait.facts().text("blocked_by")).isEqualTo(Integer.toString(pid(holder)));
                assertThat(wait.facts().text("locked")).isEqualTo("t");
                assertThat(wait.facts().text("query")).isEqualTo("SELECT a FROM t WHERE a = ?");
            });
            assertThat(finding(examine(database, "long-queries"), process).fix().orElseThrow().text())
                    .isEqualTo("SELECT pg_cancel_backend(" + pid(waiter) + ");");
            run(database, fix(examine(database, "lock-waits"), process));
            await().untilAsserted(() -> assertThat(examine(database, "lock-waits").status()).isEqualTo(CheckStatus.OK));
            assertThat(waits.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void judgesConnectionsByWhatIsLeft() {
        assertThat(examine(database, "pool").status()).isEqualTo(CheckStatus.OK);
        assertThat(pool(197, 10)).isEqualTo(CheckStatus.DOWN);
        assertThat(pool(150, 60)).isEqualTo(CheckStatus.DEGRADED);
        assertThat(pool(150, 50)).isEqualTo(CheckStatus.OK);
    }

    private static CheckStatus pool(long used, long poolMax) {
        return ConnectionChecks.pool(new Facts(Map.of("max_connections", 200L, "used", used, "pool_max", poolMax)));
    }
}
