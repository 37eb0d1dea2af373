package dev.howdah.postgres;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Databases for tests: one embedded server per JVM, a fresh schema per call. The property {@code howdah.test.url} points
 * the tests at another server instead ({@code postgresql://user:password@host:port/name}).
 */
public final class TestDatabase {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final ConcurrentLinkedDeque<Database> OPEN = new ConcurrentLinkedDeque<>();
    private static final String RUN = Long.toString(System.currentTimeMillis(), 36);

    private TestDatabase() {}

    /** An open database in an empty schema of its own, with a small pool; closed when the JVM ends. */
    public static Database create() {
        return open(settings());
    }

    /** The same on a server that has pgvector, whose extension is created. */
    public static Database createWithPgvector() {
        return open(newSchema(PgvectorServer.SETTINGS));
    }

    /** Opens a database that is closed when the JVM ends. */
    public static Database open(DatabaseSettings settings) {
        var database = Database.open(settings);
        OPEN.push(database);
        return database;
    }

    /** Settings of an empty schema of its own. */
    public static DatabaseSettings settings() {
        return newSchema(Server.SETTINGS);
    }

    private static DatabaseSettings newSchema(DatabaseSettings server) {
        var schema = "test_" + RUN + "_" + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet();
        execute(server, "CREATE SCHEMA " + schema);
        return server.inSchema(schema).withPool(10, 0);
    }

    private static void execute(DatabaseSettings server, String sql) {
        try (var connection = java.sql.DriverManager.getConnection(server.url(), server.user(), server.password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DatabaseSettings start(String name, Path binaries) {
        var server = EmbeddedPostgres.start(Path.of("target", name), binaries,
                Map.of("fsync", "off", "synchronous_commit", "off", "max_connections", "300"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            OPEN.forEach(Database::close);
            server.close();
        }));
        return server.connect(DatabaseSettings.from(Configuration.of(Map.of())));
    }

    static Path binaries() {
        return Path.of(System.getProperty("java.io.tmpdir"), "howdah-" + System.getProperty("user.name"),
                "postgresql-" + EmbeddedPostgres.VERSION);
    }

    private static final class Server {
        private static final DatabaseSettings SETTINGS = start();

        private static DatabaseSettings start() {
            var url = System.getProperty("howdah.test.url");
            return url == null
                    ? TestDatabase.start("test-postgres", binaries())
                    : DatabaseSettings.from(Configuration.of(Map.of(DatabaseSettings.URL.name(), url)));
        }
    }

    private static final class PgvectorServer {
        private static final DatabaseSettings SETTINGS = start();

        private static DatabaseSettings start() {
            var built = Path.of(System.getProperty("howdah.test.pgvector", "../target/pgvector"));
            if (!Files.exists(built)) {
                throw new IllegalStateException("these tests need pgvector, and " + built.toAbsolutePath().normalize()
                        + " is not there; build it with: config/pgvector.sh target/pgvector");
            }
            var binaries = binaries().resolveSibling(binaries().getFileName() + "-pgvector");
            EmbeddedPostgres.addExtension(binaries, built);
            var settings = TestDatabase.start("test-pgvector", binaries);
            execute(settings, "CREATE EXTENSION IF NOT EXISTS vector SCHEMA public");
            return settings;
        }
    }
}
