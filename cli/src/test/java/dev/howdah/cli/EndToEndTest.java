package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.EmbeddedPostgres;
import dev.howdah.postgres.HowdahException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The program as users run it, in processes of its own, killed with -9 in the middle of a thousand tasks. */
class EndToEndTest {
    private static final int TASKS = 1000;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String EVENT = """
        {"source_repo": "acme/api", "commit_sha": "0123456789abcdef", "commit_message": "Drop an endpoint",
         "branch": "main", "changed_files": [{"path": "app.py", "diff": "@@ -1 +1 @@\\n-@app.get(\\"/x\\")\\n"}]}""";

    @TempDir
    Path directory;

    private final List<Process> processes = new ArrayList<>();
    private final int port = unusedPort();
    private final Api api = Api.at("http://127.0.0.1:" + port);

    @AfterEach
    void endProcesses() throws Exception {
        for (var process : processes.reversed()) {
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void finishesEveryTaskOnceThoughTheServerIsKilled() throws Exception {
        var server = start("up", "--port", Integer.toString(port));
        notifyThousand();
        kill(server);
        assertThat(api.isUp()).isFalse();

        var second = start("up", "--port", Integer.toString(port));
        awaitAllFinished();
        checkEachFinishedOnce();

        second.destroy(); // SIGTERM: graceful, and the adopted database is stopped too
        assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(directory.resolve("home/data/postmaster.pid")).doesNotExist();
    }

    @Test
    void finishesEveryTaskOnceThoughTheWorkerIsKilled() throws Exception {
        start("up", "--no-worker", "--port", Integer.toString(port));
        var worker = start("worker");
        notifyThousand();
        kill(worker);
        start("worker");
        awaitAllFinished();
        checkEachFinishedOnce();
    }

    private void notifyThousand() {
        await().atMost(LIMIT).ignoreExceptionsInstanceOf(HowdahException.class)
                .until(() -> api.get("/health/ready").path("status").asString().equals("ok"));
        api.post("/api/relationships", JsonMapper.shared().readTree(IntStream.range(0, TASKS)
                .mapToObj("{\"repo\": \"acme/consumer%d\", \"interface_files\": [\"client.py\"]}"::formatted)
                .collect(Collectors.joining(",", "{\"relationships\": {\"acme/api\": {\"consumers\": [", "]}}}"))));
        var accepted = api.execute("receive_change_notification", (ObjectNode) JsonMapper.shared().readTree(EVENT));
        assertThat(accepted.path("total_dependents").asInt()).isEqualTo(TASKS);
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(() -> finished() > 20);
    }

    private void kill(Process process) throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private void awaitAllFinished() {
        await().atMost(LIMIT).ignoreExceptionsInstanceOf(HowdahException.class).until(() -> finished() == TASKS);
    }

    private long finished() {
        return api.get("/api/statistics").path("by_state").path("finished").asLong();
    }

    private void checkEachFinishedOnce() {
        try (var guest = EmbeddedPostgres.start(directory.resolve("home"), binaries(), Map.of());
                var database = Database.open(guest.connect(DatabaseSettings.of("jdbc:postgresql://x/x", "", "",
                        "howdah")))) {
            assertThat(guest.isOwner()).isFalse();
            assertThat(number(database, "SELECT count(*) FROM task_history WHERE state = 'finished'"))
                    .isEqualTo(TASKS);
            assertThat(number(database, "SELECT count(DISTINCT id) FROM task_history WHERE state = 'finished'"))
                    .isEqualTo(TASKS);
            assertThat(number(database, "SELECT count(*) FROM actions WHERE kind = 'issue'")).isEqualTo(TASKS);
        }
    }

    private static int number(Database database, String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(Integer.class).one());
    }

    private Process start(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--home", directory.resolve("home").toString()));
        Files.createDirectories(directory.resolve("home"));
        if (!Files.exists(directory.resolve("home/postgresql-" + EmbeddedPostgres.VERSION))
                && Files.exists(binaries())) {
            Files.createSymbolicLink(directory.resolve("home/postgresql-" + EmbeddedPostgres.VERSION), binaries());
        }
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()));
        builder.environment().putAll(Map.of("HOWDAH_QUEUE_LEASE", "3s", "HOWDAH_QUEUE_HEARTBEAT", "500ms",
                "HOWDAH_QUEUE_CONCURRENCY", "4"));
        var process = builder.start();
        processes.add(process);
        return process;
    }

    /** Unpacked once for all tests. */
    private static Path binaries() {
        return Path.of(System.getProperty("java.io.tmpdir"), "howdah-" + System.getProperty("user.name"),
                "postgresql-" + EmbeddedPostgres.VERSION);
    }

    private static int unusedPort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
