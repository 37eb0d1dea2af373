package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.ReplicaStatus;
import dev.howdah.postgres.TestCluster;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.server.HowdahServer;
import dev.howdah.server.HowdahSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class OperationsCommandsTest {
    @TempDir
    Path directory;

    private record Done(int code, String out, String err) {}

    private static Done run(String... words) {
        var out = new StringWriter();
        var err = new StringWriter();
        var code = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(words);
        return new Done(code, out.toString(), err.toString());
    }

    @Test
    void scansReportsEditsAndUndoes() throws Exception {
        Files.writeString(directory.resolve(".env"), "REDIS_URL=redis://:hush@h\n");
        Files.writeString(directory.resolve("app.py"), "import pymongo\n");
        var report = directory.resolve("report.md");
        var path = directory.toString();
        var found = run("infra", "scan", path, "--report", report.toString(), "--fail-on-findings");
        assertThat(found.code).isEqualTo(Main.FAILED);
        assertThat(found.out).contains(".env:1", "Redis", "app.py:1", "documents", "2 places to replace")
                .doesNotContain("hush");
        assertThat(Files.readString(report)).contains("howdah-infra-report", "app.py");
        run("infra", "scan", path, "--report", directory.resolve("report.json").toString());
        assertThat(JsonMapper.shared().readTree(Files.readString(directory.resolve("report.json"))).path("findings"))
                .hasSize(2);
        assertThat(run("infra", "scan", path, "--technology", "kafka", "--fail-on-findings").code).isZero();

        var applied = run("infra", "scan", path, "--apply");
        assertThat(applied.out).contains("edited .env", "line 1: REDIS_URL", "left   app.py", "howdah infra undo");
        assertThat(Files.readString(directory.resolve(".env"))).startsWith("# howdah-infra: REDIS_URL");
        assertThat(run("infra", "scan", path, "--apply", "--json").out).contains("\"edited\" : [ ]");
        assertThat(run("infra", "undo", path).out).contains("restored .env");
        assertThat(Files.readString(directory.resolve(".env"))).isEqualTo("REDIS_URL=redis://:hush@h\n");
        assertThat(run("infra", "undo", path).code).isEqualTo(Main.NOT_FOUND);
        assertThat(run("infra", "scan", directory.resolve("none").toString()).code).isEqualTo(Main.NOT_FOUND);
        assertThat(run("infra", "scan", path, "--technology", "redsi").code).isEqualTo(Main.INVALID);
    }

    @Test
    void saysOfEachServiceHowItIs() throws Exception {
        var database = TestDatabase.settings();
        var yaml = Files.writeString(directory.resolve("howdah.yml"), """
            howdah.database:
              url: "%s"
              user: "%s"
              password: "%s"
              schema: "%s"
              pool-min-idle: 0
            """.formatted(database.url(), database.user(), database.password(), database.schema()));
        try (var server = HowdahServer.start(HowdahSettings.load(Map.of("howdah.server.port", "0"), Map.of(), yaml))) {
            server.howdah().start(true);
            assertThat(server.howdah().awaitStarted(Duration.ofSeconds(30))).isTrue();
            var checked = run("services", "check", "--config", yaml.toString(), "--server", server.url());
            assertThat(checked.out).contains("database", "pgvector", "server", "queue workers", "sessions");
            assertThat(checked.err).isEmpty();
            var json = JsonMapper.shared().readTree(run("services", "check", "--json", "--config", yaml.toString(),
                    "--server", server.url()).out);
            assertThat(json.path("services").get(2).path("status").asString()).isEqualTo("ok");
        }
        var down = run("services", "check", "--config", yaml.toString(), "--server", "http://127.0.0.1:1");
        assertThat(down.code).isEqualTo(Main.FAILED);
        assertThat(down.out).contains("down", "howdah up");
        assertThat(run("services", "check", "--home", directory.resolve("none").toString(), "--config",
                directory.resolve("none.yml").toString()).out).contains("no embedded database");
        assertThat(run("services", "check", "--server", "nonsense").code).isEqualTo(Main.INVALID);
    }

    @Test
    void showsReplicasAndWhoAnsweredReads() throws Exception {
        try (var cluster = TestCluster.start()) {
            var database = cluster.settings();
            var yaml = Files.writeString(directory.resolve("howdah.yml"), """
                howdah.database:
                  url: "%s"
                  user: "%s"
                  password: "%s"
                  schema: "%s"
                  pool-min-idle: 0
                  replicas: ["%s", "127.0.0.1:1"]
                  read-consistency: eventual
                """.formatted(database.url(), database.user(), database.password(), database.schema(),
                    cluster.standby(0).address()));
            try (var server = HowdahServer.start(HowdahSettings.load(Map.of("howdah.server.port", "0"), Map.of(),
                    yaml))) {
                server.howdah().start(false);
                assertThat(server.howdah().awaitStarted(Duration.ofSeconds(30))).isTrue();
                var json = run("replicas", "--json", "--server", server.url());
                assertThat(JsonMapper.shared().readTree(json.out).path("items")).hasSize(2);
                var shown = run("replicas", "--server", server.url());
                assertThat(shown.code).as(shown.err).isZero();
                assertThat(shown.out).contains("REPLICA", cluster.standby(0).address(),
                        "127.0.0.1:1: it does not answer",
                        "Reads by the primary");
                await().atMost(Duration.ofSeconds(30)).until(() -> server.howdah().database().replicas().stream()
                        .anyMatch(ReplicaStatus::isReady));
                cluster.standby(0).pauseReplay();
                run("tasks", "enqueue", "late", "{}", "--server", server.url());
                assertThat(run("tasks", "list", "--server", server.url()).out).as("what a command wrote")
                        .contains("late");
            }
        }
    }
}
