package dev.howdah.bench;

import dev.howdah.postgres.DatabaseSettings;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** An A2A server in a process of its own, with an agent that does nothing. */
interface AgentServer extends AutoCloseable {
    /** Where it listens on loopback. */
    int port();

    long pid();

    /** The query for how many tasks are stored as completed. */
    String countCompleted();

    @Override
    void close();

    /** Processor time that it has taken. */
    default Duration processorTime() {
        return ProcessHandle.of(pid()).flatMap(handle -> handle.info().totalCpuDuration()).orElse(Duration.ZERO);
    }

    /** One made with the protocol's own SDK. */
    record Sdk(LineProcess process, int port) implements AgentServer {
        static Sdk start(LineProcess process) {
            return new Sdk(process, process.ask("port").get("port").intValue());
        }

        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public String countCompleted() {
            return "SELECT count(*) FROM tasks WHERE status_state = 'TASK_STATE_COMPLETED'";
        }

        @Override
        public void close() {
            process.close();
        }
    }

    /** Ours, as {@code ./howdah up} starts it. */
    record Howdah(Process process, int port) implements AgentServer {
        private static final Pattern READY = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/");
        /** What finds the JDK, and options for it; settings are those by default. */
        private static final Set<String> INHERITED = Set.of("PATH", "HOME", "JAVA_HOME", "HOWDAH_JAVA_OPTIONS");
        private static final int END_SECONDS = 20;

        /**
         * Starts it on the database and waits until it is ready.
         *
         * @param directory for its log; no settings lie there
         */
        static Howdah start(Path directory, DatabaseSettings settings) {
            var script = System.getProperty("howdah.bench.script");
            if (script == null) {
                throw new IllegalStateException("it is not known how to start a server; use: ./howdah bench agents");
            }
            try {
                Files.createDirectories(directory);
                var builder = new ProcessBuilder(script, "up", "--port", "0", "--profile", "conformance")
                        .directory(directory.toFile()).redirectError(new File(directory.toFile(), "server.log"));
                var environment = builder.environment();
                environment.keySet().retainAll(INHERITED);
                environment.putAll(BenchDatabase.environment(settings));
                environment.put("HOWDAH_DATABASE_SCHEMA", settings.schema());
                var process = builder.start();
                return new Howdah(process, awaitPort(process, directory));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static int awaitPort(Process process, Path directory) throws IOException {
            BufferedReader out = process.inputReader();
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                var ready = READY.matcher(line);
                if (ready.find()) {
                    return Integer.parseInt(ready.group(1));
                }
            }
            throw new IllegalStateException("the server has not started; see " + directory.resolve("server.log"));
        }

        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public String countCompleted() {
            return "SELECT count(*) FROM agent_tasks WHERE state = 'completed'";
        }

        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
