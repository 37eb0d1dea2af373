package dev.howdah.testing;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The server that all tests of a JVM share: an embedded one, which syncs nothing to disk, is kept for the next run in the
 * build's directory and stopped when the JVM ends; or the one that {@code howdah.test.url} names.
 */
final class TestServer {
    private static final String RUN = Long.toString(System.currentTimeMillis(), 36);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private TestServer() {}

    /** A schema that nobody else uses and that is not there yet. */
    static DatabaseSettings newSchema() {
        return Holder.SETTINGS.inSchema("test_" + RUN + "_" + ProcessHandle.current().pid() + "_"
                + COUNT.incrementAndGet()).withPool(10, 0);
    }

    private static DatabaseSettings start() {
        var url = System.getProperty("howdah.test.url");
        if (url != null) {
            return DatabaseSettings.from(Configuration.of(Map.of(DatabaseSettings.URL.name(), url)));
        }
        var server = EmbeddedPostgres.start(directory(), binaries(), Map.of("fsync", "off", "synchronous_commit", "off",
                "full_page_writes", "off", "max_connections", "300"));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "howdah-test-server"));
        return server.connect(DatabaseSettings.from(Configuration.of(Map.of())));
    }

    /** One for each process that Surefire forks: a guest would lose the server with its owner. */
    private static Path directory() {
        var name = "howdah-postgres-" + System.getProperty("surefire.forkNumber", "1");
        var given = System.getProperty("howdah.test.directory");
        if (given != null) {
            return Path.of(given, name);
        }
        return Path.of(Files.isDirectory(Path.of("build")) ? "build" : "target", name);
    }

    /** Unpacked once for all projects of a user. */
    private static Path binaries() {
        return Path.of(System.getProperty("java.io.tmpdir"), "howdah-" + System.getProperty("user.name"),
                "postgresql-" + EmbeddedPostgres.VERSION);
    }

    private static final class Holder {
        private static final DatabaseSettings SETTINGS = start();
    }
}
