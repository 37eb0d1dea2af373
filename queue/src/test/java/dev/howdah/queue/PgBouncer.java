package dev.howdah.queue;

import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.DatabaseSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** A PgBouncer in transaction mode before a schema of a test database. */
final class PgBouncer implements AutoCloseable {
    private static final List<Path> PLACES = Stream.of("/usr/sbin", "/usr/bin", "/usr/local/bin")
            .map(place -> Path.of(place, "pgbouncer")).toList();

    private final Process process;
    private final DatabaseSettings settings;

    private PgBouncer(Process process, DatabaseSettings settings) {
        this.process = process;
        this.settings = settings;
    }

    static PgBouncer before(DatabaseSettings database) {
        var program = PLACES.stream().filter(Files::isExecutable).findFirst().orElseThrow(
                () -> new IllegalStateException("there is no pgbouncer; install the package pgbouncer"));
        try {
            var directory = Files.createTempDirectory("howdah-pgbouncer", PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwxr-xr-x")));
            var target = java.net.URI.create(database.url().substring("jdbc:".length()));
            int port = freePort();
            Files.writeString(directory.resolve("users"), "\"%s\" \"%s\"%n".formatted(database.user(),
                    database.password()));
            Files.writeString(directory.resolve("pgbouncer.ini"), """
                [databases]
                bounced = host=%s port=%d dbname=%s connect_query='SET search_path TO %s, public'
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = trust
                auth_file = %s
                pool_mode = transaction
                default_pool_size = 4
                ignore_startup_parameters = search_path, options, extra_float_digits
                """.formatted(target.getHost(), target.getPort(), target.getPath().substring(1), database.schema(),
                    port, directory.resolve("users")));
            var command = new java.util.ArrayList<>(List.of(program.toString()));
            if (System.getProperty("user.name").equals("root")) {
                command.addAll(List.of("-u", "nobody")); // it refuses to run as root
            }
            command.add(directory.resolve("pgbouncer.ini").toString());
            var process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile()).start();
            await().until(() -> isOpen(port) || !process.isAlive());
            if (!process.isAlive()) {
                throw new IllegalStateException("pgbouncer ended: " + Files.readString(directory.resolve("log")));
            }
            return new PgBouncer(process, database.at("jdbc:postgresql://127.0.0.1:" + port
                    + "/bounced?prepareThreshold=0", database.user(), database.password()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How to connect through it. */
    DatabaseSettings settings() {
        return settings;
    }

    @Override
    public void close() {
        process.destroy();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isOpen(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
