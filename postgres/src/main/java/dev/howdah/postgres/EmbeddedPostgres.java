package dev.howdah.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server that runs from a directory, for trying, developing and testing without installing anything.
 * Data are kept over restarts, {@code fsync} is on, and it listens on the loopback address only, with a password that
 * only the owner of the directory can read. It works for ordinary users and for root (PostgreSQL itself refuses root, so
 * the server then runs in a user namespace).
 *
 * <p>The directory belongs to one process at a time, which holds a lock on its file {@code lock}:
 * <ul>
 * <li>nobody holds the lock and no server runs: a server is started, and stopped by {@link #close};
 * <li>nobody holds the lock but a server runs: it is the orphan of a killed process; it is adopted, and stopped by
 * {@link #close};
 * <li>another process holds the lock: its server is joined as a guest, and left running by {@link #close}.
 * </ul>
 */
public final class EmbeddedPostgres implements AutoCloseable {
    /** The server's version. */
    public static final String VERSION = "17.10.0";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final String USER = "howdah";
    private static final String DATABASE = "howdah";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final int START_ATTEMPTS = 3;
    /** Beside PostgreSQL's defaults, which are durable. */
    private static final Map<String, String> PARAMETERS = Map.of("listen_addresses", "127.0.0.1",
            "unix_socket_directories", "", "max_connections", "200", "shared_preload_libraries", "pg_stat_statements",
            "jit", "off", "max_wal_size", "2GB", "log_min_messages", "warning", "timezone", "UTC");
    private static final Map<String, String> EPHEMERAL = Map.of("fsync", "off", "full_page_writes", "off",
            "synchronous_commit", "off");

    private final Path directory;
    private final int port;
    private final String password;
    private final @Nullable FileLock lock;
    private final boolean ephemeral;

    private EmbeddedPostgres(Path directory, int port, String password, @Nullable FileLock lock, boolean ephemeral) {
        this.directory = directory;
        this.port = port;
        this.password = password;
        this.lock = lock;
        this.ephemeral = ephemeral;
    }

    /** Starts, adopts or joins the server of the directory, which is made if need be. */
    public static EmbeddedPostgres start(Path directory) {
        return start(directory, directory.resolve("postgresql-" + VERSION), Map.of());
    }

    /**
     * The same with more control.
     *
     * @param binaries where the server's programs are, or are to be unpacked
     * @param parameters server parameters that win over ours, such as {@code fsync=off} for tests
     * @throws UnavailableException if it cannot be started; the message says why and what to do
     */
    public static EmbeddedPostgres start(Path directory, Path binaries, Map<String, String> parameters) {
        var home = directory.toAbsolutePath().normalize();
        makeWritable(home);
        try {
            var lock = tryLock(home.resolve("lock"));
            if (lock == null) {
                return join(home);
            }
            try {
                return own(home, PostgresBinaries.unpack(binaries.toAbsolutePath().normalize()), parameters, lock);
            } catch (IOException | RuntimeException e) {
                lock.channel().close();
                throw e;
            }
        } catch (IOException e) {
            throw failure("the embedded PostgreSQL in " + home + " cannot be started: " + e.getMessage(),
                    "check that the directory is writable and the disk has space", e);
        }
    }

    /**
     * Starts a server for a try or a test: in a directory of its own beside the data of {@link #start(Path)}, which is deleted
     * when the server is closed. What a killed process left there is deleted as well.
     *
     * @throws UnavailableException if another process has one there, or it cannot be started
     */
    public static EmbeddedPostgres startEphemeral(Path directory) {
        return startEphemeral(directory.resolve("ephemeral"), directory.resolve("postgresql-" + VERSION));
    }

    static EmbeddedPostgres startEphemeral(Path home, Path binaries) {
        if (Files.exists(home)) {
            ownEphemeral(home, binaries).close();
        }
        return ownEphemeral(home, binaries);
    }

    private static EmbeddedPostgres ownEphemeral(Path home, Path binaries) {
        var server = start(home, binaries, EPHEMERAL);
        if (!server.isOwner()) {
            throw failure("process " + holder(home) + " has an ephemeral PostgreSQL in " + home,
                    "end that process, or choose another directory with HOWDAH_HOME", null);
        }
        return new EmbeddedPostgres(server.directory, server.port, server.password, server.lock, true);
    }

    /**
     * Adds an extension to the server's programs, before it is started: the files under {@code lib/postgresql} and
     * {@code share/postgresql/extension} of the directory, such as pgvector's.
     */
    public static void addExtension(Path binaries, Path extension) {
        try {
            var home = PostgresBinaries.unpack(binaries.toAbsolutePath().normalize());
            for (var folder : List.of("lib/postgresql", "share/postgresql/extension")) {
                try (var files = Files.list(extension.resolve(folder))) {
                    for (var file : files.toList()) {
                        Files.copy(file, home.resolve(folder).resolve(file.getFileName().toString()),
                                StandardCopyOption.REPLACE_EXISTING);
                    }
                }
            }
        } catch (IOException e) {
            throw failure("the extension in " + extension + " cannot be added: " + e.getMessage(),
                    "build it with config/pgvector.sh", e);
        }
    }

    /** The given settings, pointed at this server. */
    public DatabaseSettings connect(DatabaseSettings settings) {
        return settings.at(url(DATABASE, port), USER, password);
    }

    public int port() {
        return port;
    }

    /** Whether this process started or adopted the server and so stops it; false for a guest. */
    public boolean isOwner() {
        return lock != null;
    }

    /** Stops the server if this process owns it: clients are disconnected, everything committed is on disk, or deleted if ephemeral. */
    @Override
    public void close() {
        if (lock == null) {
            return;
        }
        try {
            var binaries = Path.of(Files.readString(directory.resolve("binaries")));
            run(directory, List.of(binaries.resolve("bin/pg_ctl").toString(), "stop", "-D",
                    directory.resolve("data").toString(), "-m", "fast", "-w", "-t", "60"));
            if (ephemeral) {
                PostgresBinaries.deleteTree(directory);
            }
            lock.channel().close();
        } catch (IOException e) {
            throw failure("the embedded PostgreSQL in " + directory + " was not stopped cleanly: " + e.getMessage(),
                    "the next start adopts it", e);
        }
    }

    private static EmbeddedPostgres own(Path home, Path binaries, Map<String, String> parameters, FileLock lock)
            throws IOException {
        var data = home.resolve("data");
        Files.writeString(home.resolve("binaries"), binaries.toString());
        if (!Files.exists(data.resolve("PG_VERSION"))) {
            initialize(home, binaries, data);
        }
        checkVersion(data);
        var password = Files.readString(home.resolve("password"));
        var orphan = runningServer(data);
        int port;
        if (orphan.isPresent()) {
            port = orphan.get().port();
            LOG.warn("Adopted the PostgreSQL server (process {}, port {}) that a killed process left behind in {}",
                    orphan.get().pid(), port, home);
        } else {
            port = startServer(home, binaries, data, parameters);
        }
        ensureDatabase(port, password);
        LOG.info("Embedded PostgreSQL {} runs on 127.0.0.1:{}, data in {}", VERSION, port, data);
        return new EmbeddedPostgres(home, port, password, lock, false);
    }

    /** Waits for the server that another process is starting or has started. */
    private static EmbeddedPostgres join(Path home) throws IOException {
        var deadline = Instant.now().plus(START_LIMIT);
        while (Instant.now().isBefore(deadline)) {
            var server = runningServer(home.resolve("data"));
            if (server.isPresent() && server.get().ready()) {
                var password = Files.readString(home.resolve("password"));
                ensureDatabase(server.get().port(), password);
                LOG.info("Joined the embedded PostgreSQL of another process on 127.0.0.1:{}", server.get().port());
                return new EmbeddedPostgres(home, server.get().port(), password, null, false);
            }
            sleep();
        }
        throw failure("process " + holder(home) + " holds " + home + ", but no server came up there in "
                + START_LIMIT.toSeconds() + " s", "end that process, or choose another directory with HOWDAH_HOME",
                null);
    }

    /** Makes the cluster under another name first, so that a kill in the middle leaves nothing half made. */
    private static void initialize(Path home, Path binaries, Path data) throws IOException {
        LOG.info("Making a new PostgreSQL cluster in {}", data);
        var fresh = home.resolve("data.new");
        PostgresBinaries.deleteTree(fresh);
        var secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        var passwordFile = home.resolve("password");
        Files.deleteIfExists(passwordFile);
        Files.createFile(passwordFile,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passwordFile, HexFormat.of().formatHex(secret));
        run(home, List.of(binaries.resolve("bin/initdb").toString(), "-D", fresh.toString(), "-U", USER,
                "--pwfile=" + passwordFile, "-A", "scram-sha-256", "--encoding=UTF8", "--locale=C",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"));
        Files.move(fresh, data);
    }

    private static void checkVersion(Path data) throws IOException {
        var found = Files.readString(data.resolve("PG_VERSION")).strip();
        var expected = VERSION.substring(0, VERSION.indexOf('.'));
        if (!found.equals(expected)) {
            throw failure("the data in " + data + " were written by PostgreSQL " + found + ", this is " + expected,
                    "use the Howdah release that wrote them to make a backup, or choose another directory", null);
        }
    }

    private static int startServer(Path home, Path binaries, Path data, Map<String, String> parameters)
            throws IOException {
        for (int attempt = 1;; attempt++) {
            int port = freePort();
            var all = new TreeMap<>(PARAMETERS);
            all.putAll(parameters);
            all.put("port", Integer.toString(port));
            var options = new StringBuilder();
            all.forEach((name, value) -> options.append(" -c ").append(name).append("='").append(value).append('\''));
            try {
                run(home, List.of(binaries.resolve("bin/pg_ctl").toString(), "start", "-D", data.toString(), "-l",
                        home.resolve("server.log").toString(), "-w", "-t", Long.toString(START_LIMIT.toSeconds()),
                        "-o", options.toString().strip()));
                return port;
            } catch (IOException e) {
                // Another process may have taken the port between our look and the server's start.
                if (attempt == START_ATTEMPTS) {
                    throw failure("the embedded PostgreSQL did not start: " + lastLine(home.resolve("server.log")),
                            "see " + home.resolve("server.log"), e);
                }
            }
        }
    }

    private static void ensureDatabase(int port, String password) {
        try (var connection = DriverManager.getConnection(url("postgres", port), USER, password);
                var statement = connection.createStatement()) {
            try (var found = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                if (found.next()) {
                    return;
                }
            }
            statement.execute("CREATE DATABASE " + DATABASE);
        } catch (SQLException e) {
            // Made by another process meanwhile: seen before, or only by the catalogue's unique index.
            if (!List.of("42P04", "23505").contains(e.getSQLState())) {
                throw failure("the embedded PostgreSQL on port " + port + " refuses us: " + e.getMessage(),
                        "if another program runs a server from this directory, stop it", e);
            }
        }
    }

    private static String url(String database, int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** What postmaster.pid says about a server that is alive. */
    private record Server(long pid, int port, boolean ready) {}

    private static Optional<Server> runningServer(Path data) throws IOException {
        var file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        // Lines: pid, data directory, start time, port, socket directory, listen address, shared memory, status.
        var lines = Files.readAllLines(file);
        if (lines.size() < 4) {
            return Optional.empty();
        }
        long pid = Long.parseLong(lines.get(0).strip());
        var alive = ProcessHandle.of(pid).filter(ProcessHandle::isAlive)
                .filter(process -> process.info().command().map(c -> c.endsWith("/postgres")).orElse(false));
        if (alive.isEmpty()) {
            LOG.debug("Removing {} of a server that is gone", file);
            Files.deleteIfExists(file); // its process id may belong to somebody else now, which stops the server
            return Optional.empty();
        }
        return Optional.of(new Server(pid, Integer.parseInt(lines.get(3).strip()),
                lines.size() >= 8 && lines.get(7).strip().equals("ready")));
    }

    private static @Nullable FileLock tryLock(Path file) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            var lock = channel.tryLock();
            if (lock != null) {
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(
                        Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("This process holds {} already", file);
        }
        channel.close();
        return null;
    }

    private static String holder(Path home) {
        try {
            return Files.readString(home.resolve("lock"));
        } catch (IOException e) {
            return "(unknown)";
        }
    }

    private static void makeWritable(Path home) {
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw failure("the directory " + home + " cannot be made: " + e.getMessage(),
                    "choose one you can write to with HOWDAH_HOME", e);
        }
        if (!Files.isWritable(home)) {
            throw failure("the directory " + home + " is not writable",
                    "choose one you can write to with HOWDAH_HOME", null);
        }
    }

    /** A port of the loopback address that nobody listens on just now. */
    public static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * Runs a program of a server, of whatever version, as root within a user namespace, where PostgreSQL does not see root.
     *
     * @param home the directory that it runs in
     * @throws IOException if it fails; with what it said
     */
    public static void run(Path home, List<String> command) throws IOException {
        var words = new ArrayList<String>();
        if ("root".equals(System.getProperty("user.name"))) {
            words.addAll(List.of("unshare", "-U"));
        }
        words.addAll(command);
        // Into a file, not a pipe: the server inherits it, and a pipe would stay open as long as the server.
        var output = Files.createTempFile(home, "run", ".log");
        try {
            var builder = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile())
                    .directory(home.toFile());
            builder.environment().put("LC_ALL", "C");
            var process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(START_LIMIT.toSeconds() + 10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.getFirst() + " did not end in time");
            }
            if (process.exitValue() != 0) {
                throw new IOException(Path.of(command.getFirst()).getFileName() + " failed: " + Files.readString(output)
                        .strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static String lastLine(Path log) throws IOException {
        return Files.exists(log) ? Files.readAllLines(log).stream().reduce("", (a, b) -> b) : "no log was written";
    }

    private static void sleep() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted", e));
        }
    }

    private static UnavailableException failure(String problem, String remedy, @Nullable Throwable cause) {
        return new UnavailableException("embedded-postgres-failed", problem, remedy, cause);
    }
}
