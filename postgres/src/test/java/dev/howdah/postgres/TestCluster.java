package dev.howdah.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A primary and streaming standbys from the embedded server's programs alone, that can be paused, frozen, killed and promoted.
 * The first takes about two seconds to start, each standby one more. Everything runs on the loopback address below
 * {@code target}, and ends with {@link #close}.
 */
public final class TestCluster implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Set<String> NOT_COPIED = Set.of("pg_wal", "postmaster.pid", "postmaster.opts", "pg_replslot",
            "pg_stat_tmp", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_subtrans");

    private final Path directory;
    private final EmbeddedPostgres primary;
    private final DatabaseSettings settings;
    private final List<Server> standbys = new ArrayList<>();

    private TestCluster(Path directory, EmbeddedPostgres primary, DatabaseSettings settings) {
        this.directory = directory;
        this.primary = primary;
        this.settings = settings;
    }

    /** Starts a primary and standbys, all with the parameters, which win over ours: {@code fsync=off} among them. */
    public static TestCluster start(int standbys, Map<String, String> parameters) {
        try {
            Files.createDirectories(Path.of("target"));
            var directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "cluster");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            var all = new HashMap<>(Map.of("fsync", "off", "wal_keep_size", "512MB", "max_connections", "200",
                    "shared_preload_libraries", ""));
            all.putAll(parameters);
            var server = EmbeddedPostgres.start(directory.resolve("primary"), TestDatabase.binaries(), all);
            var cluster = new TestCluster(directory, server, server.connect(
                    DatabaseSettings.from(Configuration.of(Map.of())).inSchema("howdah").withPool(20, 0)));
            cluster.primary().execute("CREATE SCHEMA howdah");
            for (int i = 0; i < standbys; i++) {
                cluster.addStandby(parameters);
            }
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One with one standby. */
    public static TestCluster start() {
        return start(1, Map.of());
    }

    /** Settings of the primary. */
    public DatabaseSettings settings() {
        return settings;
    }

    /** Settings of whichever of all servers is the primary. */
    public DatabaseSettings failoverSettings() {
        var hosts = new ArrayList<>(List.of("127.0.0.1:" + primary.port()));
        standbys.forEach(standby -> hosts.add(standby.address()));
        return settings.at("jdbc:postgresql://" + String.join(",", hosts) + "/howdah", settings.user(),
                settings.password());
    }

    /** The standbys as replicas. */
    public ReplicaSettings replicas() {
        return ReplicaSettings.of(standbys.stream().map(Server::address).toArray(String[]::new));
    }

    public Server primary() {
        return new Server(directory.resolve("primary"), primary.port());
    }

    public Server standby(int number) {
        return standbys.get(number);
    }

    /** Copies the primary while it runs, and starts the copy as a standby of it. */
    public void addStandby(Map<String, String> parameters) {
        try {
            var home = Files.createDirectory(directory.resolve("standby" + standbys.size()));
            var data = home.resolve("data");
            copy(data);
            Files.createFile(data.resolve("standby.signal"));
            var all = new HashMap<>(Map.of("primary_conninfo", following(primary(), home), "fsync", "off",
                    "wal_receiver_status_interval", "1s", "wal_retrieve_retry_interval", "100ms"));
            all.putAll(parameters);
            var lines = new ArrayList<String>();
            all.forEach((name, value) -> lines.add(name + " = '" + value + "'"));
            Files.write(data.resolve("postgresql.auto.conf"), lines);
            var standby = new Server(home, EmbeddedPostgres.freePort());
            standby.start();
            standbys.add(standby);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of the standby's directory is its name for {@code synchronous_standby_names}. */
    private String following(Server server, Path home) {
        return "host=127.0.0.1 port=" + server.port + " user=" + settings.user() + " password=" + settings.password()
                + " application_name=" + home.getFileName();
    }

    private void copy(Path data) throws IOException {
        try (var connection = primary().connect(); var statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('standby', true)");
            copyTree(directory.resolve("primary/data"), data);
            try (var label = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                label.next();
                Files.writeString(data.resolve("backup_label"), label.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                var copy = Files.createDirectory(to.resolve(from.relativize(folder)));
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwx------"));
                if (from.equals(folder.getParent()) && NOT_COPIED.contains(folder.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!NOT_COPIED.contains(file.getFileName().toString())) {
                    Files.copy(file, to.resolve(from.relativize(file)));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // removed meanwhile; the log has it
            }
        });
    }

    /** Kills all, frozen or not, and removes their files. */
    @Override
    public void close() {
        standbys.forEach(Server::kill);
        primary().kill();
        try {
            PostgresBinaries.deleteTree(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One server of the cluster. */
    public final class Server {
        private final Path home;
        private final int port;

        private Server(Path home, int port) {
            this.home = home;
            this.port = port;
        }

        public String address() {
            return "127.0.0.1:" + port;
        }

        /** Starts it with the port that it had before. */
        public void start() {
            try {
                EmbeddedPostgres.run(home,
                        List.of(TestDatabase.binaries().resolve("bin/pg_ctl").toString(), "start", "-D",
                                home.resolve("data").toString(), "-l", home.resolve("server.log").toString(), "-w",
                                "-o",
                                "-c port=" + port
                                        + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
                                        + " -c max_connections=200"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Kills it with all its processes, without a chance to write anything. */
        public void kill() {
            if (Files.exists(home.resolve("data/postmaster.pid"))) {
                signal("KILL");
                Awaitility.await().atMost(LIMIT).until(() -> processes().isEmpty());
                try {
                    Files.deleteIfExists(home.resolve("data/postmaster.pid"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        /** Stops all its processes where they stand; connections stay open and are still accepted by the kernel. */
        public void freeze() {
            signal("STOP");
        }

        /** Lets them go on. */
        public void thaw() {
            if (Files.exists(home.resolve("data/postmaster.pid"))) {
                signal("CONT");
            }
        }

        /** A standby applies nothing until {@link #resumeReplay}. */
        public void pauseReplay() {
            execute("SELECT pg_wal_replay_pause()");
            Awaitility.await().atMost(LIMIT)
                    .until(() -> text("SELECT pg_get_wal_replay_pause_state()").equals("paused"));
        }

        public void resumeReplay() {
            execute("SELECT pg_wal_replay_resume()");
        }

        /** Makes a primary of a standby; returns when it is one. */
        public void promote() {
            execute("SELECT pg_promote(true, 30)");
        }

        /** Makes a standby follow another server, such as one that was promoted. */
        public void follow(Server other) {
            execute("ALTER SYSTEM SET primary_conninfo = '" + following(other, home) + "'");
            execute("SELECT pg_reload_conf()");
        }

        /** Runs a statement as the owner of everything, in the schema. */
        public void execute(String sql) {
            try (var connection = connect(); var statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The single value that the query answers. */
        public String text(String sql) {
            try (var connection = connect();
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery(sql)) {
                rows.next();
                return String.valueOf(rows.getString(1));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        /** To be closed by the caller. */
        public Connection connect() throws SQLException {
            return DriverManager.getConnection("jdbc:postgresql://" + address() + "/howdah?currentSchema=howdah",
                    settings.user(), settings.password());
        }

        private List<ProcessHandle> processes() {
            return ProcessHandle.allProcesses().filter(process -> process.info().commandLine()
                    .map(line -> line.contains(home.resolve("data").toString())).orElse(false)).toList();
        }

        /** To the postmaster, and to its children. */
        private void signal(String name) {
            try {
                var file = home.resolve("data/postmaster.pid");
                long postmaster = Long.parseLong(Files.readAllLines(file).getFirst().strip());
                var words = new ArrayList<>(List.of("kill", "-" + name, Long.toString(postmaster)));
                ProcessHandle.of(postmaster).stream().flatMap(ProcessHandle::descendants)
                        .forEach(child -> words.add(Long.toString(child.pid())));
                var process = new ProcessBuilder(words).redirectErrorStream(true).start();
                if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IllegalStateException("kill did not end");
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
