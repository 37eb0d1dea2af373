package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.server.HowdahServer;
import dev.howdah.server.HowdahSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.PGConnection;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseCommandTest {
    private final HowdahServer server = open();

    private static HowdahServer open() {
        var database = TestDatabase.settings();
        return HowdahServer.start(HowdahSettings.from(Configuration.of(Map.of("howdah.database.url", database.url(),
                "howdah.database.user", database.user(), "howdah.database.password", database.password(),
                "howdah.database.schema", database.schema(), "howdah.database.pool-min-idle", "0", "howdah.server.port",
                "0"))));
    }

    @BeforeAll
    void start() throws Exception {
        server.howdah().start(false);
        assertThat(server.howdah().awaitStarted(Duration.ofSeconds(30))).isTrue();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private record Done(int code, String out, String err) {}

    private Done run(String... words) {
        var out = new StringWriter();
        var err = new StringWriter();
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--server", server.url()));
        var code = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(all.toArray(
                String[]::new));
        return new Done(code, out.toString(), err.toString());
    }

    private Connection connect() throws SQLException {
        var settings = server.howdah().settings().database();
        return DriverManager.getConnection(settings.url() + "?currentSchema=" + settings.schema(), settings.user(),
                settings.password());
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void showsTablesIndexesAndSettings() {
        assertThat(run("database", "sizes").out).contains("LARGE VALUES", "tasks", "KiB");
        assertThat(run("database", "indexes", "--limit", "3").out.lines()).hasSize(4);
        assertThat(run("database", "settings").out).contains("shared_buffers", "SET BY");
        assertThat(run("database", "sizes", "--limit", "0").code).isEqualTo(Main.INVALID);
        assertThat(run("database", "sizes", "--json").out).contains("\"total_bytes\"");
    }

    @Test
    void showsWhoWaitsForWhomAndEndsIt() throws Exception {
        assertThat(run("database", "locks").out).contains("nobody waits");
        try (var holder = connect();
                var waiter = connect();
                var threads = Executors.newSingleThreadExecutor()) {
            holder.setAutoCommit(false);
            execute(holder, "LOCK TABLE schedules");
            var waits = threads.submit(() -> {
                execute(waiter, "SELECT count(*) FROM schedules");
                return true;
            });
            var process = Integer.toString(pid(holder));
            await().untilAsserted(() -> assertThat(run("database", "locks").out)
                    .contains("process " + process, "└ process " + pid(waiter), "AccessShareLock on schedules"));
            assertThat(run("database", "activity").out).contains("idle in transaction", "process " + process,
                    "SELECT count(*) FROM schedules");
            assertThat(run("database", "kill", process).out).contains("cancelled");
            assertThat(run("database", "kill", process, "--terminate").out).contains("ended the session");
            assertThat(waits.get(10, TimeUnit.SECONDS)).isTrue();
            await().untilAsserted(() -> assertThat(run("database", "kill", process).code).isEqualTo(Main.NOT_FOUND));
        }
    }

    @Test
    void explainsAStatement() throws SQLException {
        try (var connection = connect()) {
            execute(connection,
                    "CREATE TABLE large AS SELECT i AS id, i % 1000 AS owner FROM generate_series(1, 20000) AS i");
            execute(connection, "ANALYZE large");
        }
        var planned = run("explain", "SELECT id FROM large WHERE owner = 7");
        assertThat(planned.out).contains("Seq Scan on large", "reads all of large",
                "→ CREATE INDEX CONCURRENTLY ON large (owner);").doesNotContain("run in");
        assertThat(run("explain", "--analyze", "SELECT 1").out).contains("run in", "nothing stands out");
        assertThat(run("explain", "--json", "SELECT 1").out).contains("\"advice\" : [ ]");
        assertThat(run("explain", "DELETE FROM large").err).contains("does not read");
        assertThat(run("explain", "DELETE FROM large").code).isEqualTo(Main.INVALID);
        assertThat(run("explain", "SELECT nothing FROM nowhere").err).contains("nowhere");
    }
}
