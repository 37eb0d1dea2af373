package dev.howdah.operations.inspection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class InspectionTest {
    private final Database database = TestDatabase.create();
    private final Inspection inspection = new Inspection(database);

    @AfterEach
    void close() {
        database.close();
    }

    private Connection connect() throws SQLException {
        var settings = database.settings();
        return DriverManager.getConnection(settings.url() + "?currentSchema=" + settings.schema(), settings.user(),
                settings.password());
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private void run(String sql) {
        database.withHandle(handle -> handle.execute(sql));
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void showsWhatTablesAndTheirPartsTake() {
        run("CREATE TABLE plain (a int PRIMARY KEY, b text); "
                + "INSERT INTO plain SELECT i, repeat('x', 200) FROM generate_series(1, 1000) AS i");
        run("CREATE TABLE days (n int) PARTITION BY RANGE (n)");
        run("CREATE TABLE \"Days 1\" PARTITION OF days FOR VALUES FROM (1) TO (2)");
        run("ANALYZE plain");
        var sizes = inspection.sizes(10);
        assertThat(sizes).extracting(TableSize::name).containsExactly("plain", "\"Days 1\"");
        assertThat(sizes.getLast().parent()).contains("days");
        var plain = sizes.getFirst();
        assertThat(plain.tableBytes()).isGreaterThan(200_000);
        assertThat(plain.indexBytes()).isGreaterThan(16_000);
        assertThat(plain.toastBytes()).isPositive();
        assertThat(plain.totalBytes()).isEqualTo(plain.tableBytes() + plain.indexBytes() + plain.toastBytes());
        await().untilAsserted(() -> assertThat(inspection.sizes(10).getFirst().analyzedAt()).isPresent());
        assertThat(inspection.sizes(1)).hasSize(1);
    }

    @Test
    void showsIndexesWithTheirUse() {
        run("CREATE TABLE t (a int PRIMARY KEY); CREATE INDEX lazy ON t (a) WHERE a > 1");
        assertThat(inspection.indexes(10)).extracting(IndexUse::name).containsExactlyInAnyOrder("t_pkey", "lazy");
        assertThat(inspection.indexes(10)).filteredOn(IndexUse::isUnique).singleElement()
                .satisfies(key -> assertThat(key.definition()).startsWith("CREATE UNIQUE INDEX t_pkey"));
    }

    @Test
    void showsWhoWaitsForWhomAndEndsIt() throws Exception {
        run("CREATE TABLE t (a int)");
        try (var holder = connect();
                var waiter = connect();
                var threads = Executors.newSingleThreadExecutor()) {
            holder.setAutoCommit(false);
            run(holder, "LOCK TABLE t");
            var waits = threads.submit(() -> {
                assertThatThrownBy(() -> run(waiter, "SELECT a FROM t WHERE a = 42")).hasMessageContaining("cancel");
                return true;
            });
            await().untilAsserted(() -> assertThat(inspection.lockWaits(10).waits()).anySatisfy(wait -> {
                assertThat(wait.session().pid()).isEqualTo(pid(waiter));
                assertThat(wait.session().blockedBy()).containsExactly(pid(holder));
                assertThat(wait.session().query()).isEqualTo("SELECT a FROM t WHERE a = ?");
                assertThat(wait.object()).isEqualTo("t");
                assertThat(wait.mode()).isEqualTo("AccessShareLock");
            }));
            assertThat(inspection.lockWaits(10).holders()).extracting(Session::pid).contains(pid(holder));
            assertThat(inspection.sessions(100)).anySatisfy(session -> {
                assertThat(session.pid()).isEqualTo(pid(holder));
                assertThat(session.state()).isEqualTo("idle in transaction");
                assertThat(session.transactionAge()).isPresent();
            });
            inspection.cancel(pid(waiter), false);
            assertThat(waits.get(10, TimeUnit.SECONDS)).isTrue();
            inspection.cancel(pid(holder), true);
            int gone = pid(holder);
            await().untilAsserted(() -> assertThat(inspection.sessions(100)).noneMatch(each -> each.pid() == gone));
            assertThatThrownBy(() -> inspection.cancel(gone, true)).isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void leavesOtherDatabasesAlone() throws SQLException {
        var settings = database.settings();
        var elsewhere = settings.url().replaceFirst("/[^/]*$", "/postgres");
        try (var other = DriverManager.getConnection(elsewhere, settings.user(), settings.password())) {
            assertThatThrownBy(() -> inspection.cancel(pid(other), true)).isInstanceOf(NotFoundException.class);
            run(other, "SELECT 1");
        }
    }

    @Test
    void showsSettingsButNoCommands() {
        assertThat(inspection.settings()).extracting(ServerSetting::name)
                .contains("shared_buffers", "work_mem", "wal_level")
                .doesNotContain("archive_command", "primary_conninfo");
        assertThat(inspection.settings()).filteredOn(setting -> setting.name().equals("work_mem")).singleElement()
                .satisfies(setting -> assertThat(setting.value()).isEqualTo("4MB"));
    }

    @Test
    void showsNoValuesOfStatements() {
        assertThat(QueryText.shown("SELECT 'it''s', E'it\\'s secret', $$very secret$$, $a$secret$a$, 42")).isEqualTo(
                "SELECT ?, ?, ?, ?, ?");
        assertThat(QueryText.shown("INSERT INTO t VALUES ('cut off in the mid")).isEqualTo("INSERT INTO t VALUES (?");
    }

    @Test
    void refusesLimitsThatAreNone() {
        assertThatThrownBy(() -> inspection.sizes(0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> inspection.sessions(1001)).hasMessageContaining("1 to 1000");
    }
}
