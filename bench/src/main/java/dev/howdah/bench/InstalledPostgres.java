package dev.howdah.bench;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.DatabaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server of the PostgreSQL that the system has installed, with the programs that fit it; run as user postgres if we are root. */
final class InstalledPostgres implements AutoCloseable {
    private static final String USER = "howdah";
    private static final int LIMIT_SECONDS = 120;

    private final Path programs;
    private final Path home;
    private final int port;

    private InstalledPostgres(Path programs, Path home, int port) {
        this.programs = programs;
        this.home = home;
        this.port = port;
    }

    /** Whether the system has one. */
    static boolean isInstalled() {
        try {
            return !run(List.of("pg_config", "--bindir")).isBlank();
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Starts one on the loopback address, in a directory of its own, which is removed at the end. */
    static InstalledPostgres start() {
        try {
            var programs = Path.of(run(List.of("pg_config", "--bindir")).strip());
            var home = Files.createTempDirectory("howdah-bench-postgres-");
            if (isRoot()) {
                run(List.of("chown", "postgres", home.toString()));
            }
            var server = new InstalledPostgres(programs, home, freePort());
            var data = home.resolve("data").toString();
            server.serve("initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8");
            server.serve("pg_ctl", "start", "-w", "-D", data, "-l", home.resolve("log").toString(), "-o",
                    "-c port=" + server.port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' "
                            + "-c shared_buffers=512MB -c max_wal_size=4GB");
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is. */
    DatabaseSettings settings(String schema) {
        return DatabaseSettings.from(Configuration.of(Map.of("howdah.database.schema", schema))).at(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", USER, "");
    }

    /** Runs one of its programs on it, and answers the seconds that it took. */
    double seconds(String program, String... arguments) {
        var words = new ArrayList<>(
                List.of(programs.resolve(program).toString(), "-h", "127.0.0.1", "-p", String.valueOf(
                        port), "-U", USER, "-d", "postgres"));
        words.addAll(List.of(arguments));
        long start = System.nanoTime();
        run(words);
        return (System.nanoTime() - start) / 1e9;
    }

    private void serve(String program, String... arguments) {
        var words = new ArrayList<String>(isRoot() ? List.of("runuser", "-u", "postgres", "--") : List.of());
        words.add(programs.resolve(program).toString());
        words.addAll(List.of(arguments));
        run(words);
    }

    private static String run(List<String> words) {
        try {
            var output = Files.createTempFile("howdah-bench-", ".log");
            try {
                var process = new ProcessBuilder(words).directory(Path.of("/").toFile()).redirectErrorStream(true)
                        .redirectOutput(output.toFile()).start();
                boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
                var said = Files.readString(output, StandardCharsets.UTF_8);
                if (!ended || process.exitValue() != 0) {
                    process.destroyForcibly();
                    throw new IllegalStateException(words.getFirst() + " failed: " + said);
                }
                return said;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        serve("pg_ctl", "stop", "-w", "-m", "immediate", "-D", home.resolve("data").toString());
        run(List.of("rm", "-rf", home.toString()));
    }
}
