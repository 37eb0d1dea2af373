package dev.howdah.operations.backup;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A server of the newest PostgreSQL that Debian has installed: pgBackRest of the same Debian knows it, and no newer one. */
final class InstalledServer implements AutoCloseable {
    static final String PASSWORD = "no-secret";
    private static final String USER = "howdah";

    final Path data;
    private final Path home;
    private final Path programs;
    private final int port;

    private InstalledServer(Path data, Path programs, int port) {
        this.data = data;
        this.home = Objects.requireNonNull(data.getParent());
        this.programs = programs;
        this.port = port;
    }

    static InstalledServer create(Path home) throws IOException {
        var server = new InstalledServer(Files.createDirectories(home).resolve("data"), programs(),
                EmbeddedPostgres.freePort());
        var password = Files.writeString(home.resolve("password"), PASSWORD);
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        server.run("initdb", "-D", server.data.toString(), "-U", USER, "--pwfile=" + password, "-A", "scram-sha-256",
                "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync");
        server.start();
        return server;
    }

    private static Path programs() throws IOException {
        try (var versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin")).filter(bin -> Files.exists(bin.resolve("postgres")))
                    .max(
                            Path::compareTo)
                    .orElseThrow(() -> new IOException("install Debian's postgresql"));
        }
    }

    /** Another server with files that were restored. */
    InstalledServer at(Path restored) throws IOException {
        var other = new InstalledServer(restored, programs, EmbeddedPostgres.freePort());
        other.start();
        return other;
    }

    private void start() throws IOException {
        run("pg_ctl", "start", "-w", "-D", data.toString(), "-l", data + ".log", "-o", "-c port=" + port
                + " -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories=" + home);
    }

    void restart() throws IOException {
        close();
        start();
    }

    private void run(String program, String... words) throws IOException {
        var all = new ArrayList<>(List.of(programs.resolve(program).toString()));
        all.addAll(List.of(words));
        EmbeddedPostgres.run(home, all);
    }

    DatabaseSettings settings() {
        return DatabaseSettings.from(Configuration.of(Map.of()))
                .at("jdbc:postgresql://127.0.0.1:" + port + "/postgres", USER,
                        PASSWORD)
                .inSchema("howdah").withPool(4, 0);
    }

    Database open() {
        return Database.open(settings());
    }

    @Override
    public void close() throws IOException {
        if (Files.exists(data.resolve("postmaster.pid"))) {
            run("pg_ctl", "stop", "-w", "-D", data.toString(), "-m", "fast");
        }
    }
}
