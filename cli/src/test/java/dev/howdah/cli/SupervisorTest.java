package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.HowdahException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** deploy/supervisor/howdah.conf under Debian's supervisor, with processes of Howdah that are killed with -9. */
class SupervisorTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String FIRST_WORKER = "howdah:howdah-worker-1";

    @TempDir
    Path directory;

    private List<ProcessHandle> started = List.of();

    @AfterEach
    void endProcesses() {
        started.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void runsAServerAndTwoWorkersAndStartsAgainWhatIsKilled() throws Exception {
        int port = Installation.freePort();
        var installation = Installation.in(directory);
        installation.configure(port);
        var supervisor = installation.process("supervisord", "-n", "-c", configuration().toString())
                .redirectOutput(directory.resolve("log/supervisord.log").toFile()).start();
        var api = Api.at("http://127.0.0.1:" + port);
        try {
            await().atMost(LIMIT).ignoreExceptionsInstanceOf(HowdahException.class)
                    .untilAsserted(() -> assertThat(workers(api)).as(logs()).isEqualTo(2));
            assertThat(check(installation, port)).isZero();

            long killed = pid(FIRST_WORKER);
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            await().atMost(LIMIT).untilAsserted(() -> assertThat(pid(FIRST_WORKER)).isNotIn(0L, killed));
            await().atMost(LIMIT).untilAsserted(() -> assertThat(workers(api)).isEqualTo(2));
        } finally {
            started = supervisor.descendants().toList();
            supervisor.destroy();
        }
        assertThat(supervisor.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(started).hasSize(3).noneMatch(ProcessHandle::isAlive);
        assertThat(check(installation, port)).as("nobody serves").isNotZero();
    }

    /** How many workers say that they run; the server is none. */
    private static long workers(Api api) {
        return api.get("/api/workers").path("items").valueStream()
                .filter(worker -> worker.path("id").asString().matches(".+-[12]")).count();
    }

    private static int check(Installation installation, int port) throws IOException, InterruptedException {
        return installation.process(installation.path("bin/healthcheck").toString(), Integer.toString(port)).start()
                .waitFor();
    }

    private long pid(String program) throws IOException, InterruptedException {
        var process = new ProcessBuilder("supervisorctl", "-c", configurationPath().toString(), "pid", program).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return output.matches("\\d+") ? Long.parseLong(output) : 0;
    }

    private Path configurationPath() {
        return directory.resolve("supervisord.conf");
    }

    /** The file as it is, with other places and this user. */
    private Path configuration() throws IOException {
        var programs = Files.readString(Installation.deploy("supervisor/howdah.conf"))
                .replace("/opt/howdah/", directory + "/").replace("/var/lib/howdah", directory + "/state")
                .replace("/var/log/howdah", directory + "/log").replace("user=howdah\n", "");
        return Files.writeString(configurationPath(), """
            [supervisord]
            logfile=/dev/null
            logfile_maxbytes=0
            pidfile=%1$s/supervisord.pid
            [unix_http_server]
            file=%1$s/supervisor.sock
            [rpcinterface:supervisor]
            supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
            [supervisorctl]
            serverurl=unix://%1$s/supervisor.sock
            """.formatted(directory) + programs);
    }

    private String logs() throws IOException {
        var logs = new StringBuilder();
        try (var files = Files.list(directory.resolve("log"))) {
            for (var file : files.toList()) {
                logs.append(file.getFileName()).append(":\n").append(Files.readString(file));
            }
        }
        return logs.toString();
    }
}
