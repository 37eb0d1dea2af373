package dev.howdah.testing;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An empty schema with the tables of some modules, and what a test needs around it. The first one of a JVM starts an embedded
 * PostgreSQL; with the system property {@code howdah.test.url} ({@code postgresql://user:password@host:port/name}) that server
 * is used. For JUnit there is {@link HowdahExtension}.
 */
public final class TestEnvironment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TestEnvironment.class);
    private static final String DEADLOCK = "40P01";
    private static final int DROP_TRIES_MAX = 5;

    private final Database database;
    private final PostgresTaskQueue queue;
    private final TestClock clock;
    private final TestTasks tasks;

    private TestEnvironment(Database database) {
        this.database = database;
        this.queue = new PostgresTaskQueue(database, QueueSettings.defaults());
        this.clock = new TestClock(database);
        this.tasks = new TestTasks(database, queue);
    }

    /**
     * Makes one.
     *
     * @param modules whose tables it has, such as {@code workflow}; those of {@code postgres} and {@code queue} are always there
     */
    public static TestEnvironment create(String... modules) {
        var environment = new TestEnvironment(Database.open(TestServer.newSchema()));
        try {
            environment.prepare(modules);
            return environment;
        } catch (RuntimeException e) {
            environment.close();
            throw e;
        }
    }

    private void prepare(String... modules) {
        database.withHandle(handle -> handle.execute("CREATE SCHEMA " + settings().schema()));
        clock.install(); // before there are tables whose defaults ask it
        new Migrator(database, Migrations.ofModules(Stream.concat(Stream.of("postgres", "queue"), Stream.of(modules))
                .distinct().toArray(String[]::new))).up();
    }

    /** With a pool of ten connections. */
    public Database database() {
        return database;
    }

    /** With default settings. */
    public PostgresTaskQueue queue() {
        return queue;
    }

    public TestTasks tasks() {
        return tasks;
    }

    public TestClock clock() {
        return clock;
    }

    /** For whatever opens the database itself, such as an application under test. */
    public DatabaseSettings settings() {
        return database.settings();
    }

    /** Drops the schema. */
    @Override
    public void close() {
        var settings = settings();
        database.close();
        try (var last = Database.open(settings.withPool(2, 0))) {
            for (int i = 1; !isDropped(last, i == DROP_TRIES_MAX); i++) {
                LOG.debug("Schema {} was in use while it was being dropped, try {}", settings.schema(), i);
            }
        }
    }

    /** False if it was in a circle with what the test has left running, and may be tried again. */
    private static boolean isDropped(Database database, boolean isLast) {
        try {
            database.withHandle(handle -> handle.execute("DROP SCHEMA IF EXISTS " + database.settings().schema()
                    + " CASCADE"));
            return true;
        } catch (JdbiException e) {
            if (isLast || !(e.getCause() instanceof SQLException cause && DEADLOCK.equals(cause.getSQLState()))) {
                throw e;
            }
            return false;
        }
    }
}
