package dev.howdah.postgres;

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

    /** Opens a database that is closed when the JVM ends. */
    public static Database open(DatabaseSettings settings) {
        var database = Database.open(settings);
        OPEN.push(database);
        return database;
    }

    /** Settings of an empty schema of its own. */
    public static DatabaseSettings settings() {
        var schema = "test_" + RUN + "_" + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet();
        var settings = Server.SETTINGS.inSchema(schema).withPool(10, 0);
        try (var connection = java.sql.DriverManager.getConnection(settings.url(), settings.user(),
                settings.password()); var statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + schema);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
        return settings;
    }

    private static final class Server {
        private static final DatabaseSettings SETTINGS = start();

        private static DatabaseSettings start() {
            var url = System.getProperty("howdah.test.url");
            if (url != null) {
                return DatabaseSettings.from(Configuration.of(Map.of(DatabaseSettings.URL.name(), url)));
            }
            var binaries = Path.of(System.getProperty("java.io.tmpdir"),
                    "howdah-" + System.getProperty("user.name"), "postgresql-" + EmbeddedPostgres.VERSION);
            var server = EmbeddedPostgres.start(Path.of("target", "test-postgres"), binaries,
                    Map.of("fsync", "off", "synchronous_commit", "off", "max_connections", "300"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                OPEN.forEach(Database::close);
                server.close();
            }));
            return server.connect(DatabaseSettings.from(Configuration.of(Map.of())));
        }
    }
}
