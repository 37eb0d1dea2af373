package dev.howdah.operations.backup;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema that is filled under another name and gets its own in one transaction, so that a restore is there as a whole or not at
 * all. It holds a table that marks it; the process that fills it keeps that table locked, which ends with its connection. Whoever
 * can drop such a schema may: its process is dead.
 */
final class ScratchSchema implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchSchema.class);
    private static final String PREFIX = "howdah_restoring_";
    private static final int RANDOM_BYTES = 6;
    private static final int CONNECTIONS = 4;
    private static final int NAME_MAX = 63;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss")
            .withZone(ZoneOffset.UTC);
    private static final String SHORT_WAIT = "SET lock_timeout = '500ms'";

    private final Database database;
    private final String name;
    private final String into;
    private final boolean replace;

    private ScratchSchema(Database database, String name, String into, boolean replace) {
        this.database = database;
        this.name = name;
        this.into = into;
        this.replace = replace;
    }

    /**
     * A new one, after those of killed processes were dropped.
     *
     * @param into the name that it is to get
     * @param replace whether a schema of that name is renamed if it holds something
     * @throws ConflictException if there is such a schema, and it is not to be replaced
     */
    static ScratchSchema create(Database database, String into, boolean replace) {
        var random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        var schema = new ScratchSchema(database, PREFIX + HexFormat.of().formatHex(random), into, replace);
        schema.with(connection -> {
            dropUnfinished(connection);
            schema.checkTarget(connection);
        });
        return schema;
    }

    /** Drops what restores left behind whose processes are dead. */
    static List<String> dropUnfinished(Connection connection) throws SQLException {
        var dropped = new java.util.ArrayList<String>();
        Sessions.execute(connection, SHORT_WAIT);
        for (var unfinished : Jdbi.open(connection).createQuery(CatalogueSql.UNFINISHED_RESTORES).mapTo(String.class)
                .list()) {
            try {
                Sessions.execute(connection, "DROP SCHEMA " + Sql.name(unfinished) + " CASCADE");
                dropped.add(unfinished);
                LOG.warn("Dropped the schema {}, which a restore that did not end has left", unfinished);
            } catch (SQLException e) {
                LOG.info("The schema {} is being restored by another process: {}", unfinished, e.getMessage());
            }
        }
        return dropped;
    }

    private void checkTarget(Connection connection) {
        if (!replace && !is(connection, CatalogueSql.IS_EMPTY, into)) {
            throw occupied();
        }
    }

    private ConflictException occupied() {
        return new ConflictException("restore-target-not-empty", "the schema " + into + " holds something",
                "restore into another one with --into NAME, or rename it aside with --replace");
    }

    /**
     * Fills it and gives it its name.
     *
     * @param fill fills the schema of the given database, and returns what is not as it was
     */
    RestoreReport fill(Manifest manifest, Function<Database, List<String>> fill) {
        long start = System.nanoTime();
        var report = new AtomicReference<@Nullable RestoreReport>();
        with(connection -> {
            connection.setAutoCommit(false); // the schema never is without its marker
            Sessions.execute(connection, "CREATE SCHEMA " + Sql.name(name));
            Sessions.execute(connection, "CREATE TABLE " + marker() + " (target text)");
            connection.commit();
            Sessions.execute(connection, "LOCK TABLE " + marker() + " IN ROW EXCLUSIVE MODE");
            List<String> warnings;
            try (var scratch = Database.open(database.settings().inSchema(name).withPool(CONNECTIONS, 0))) {
                warnings = fill.apply(scratch);
            }
            var replaced = publish(connection);
            report.set(new RestoreReport(manifest.name(), into, manifest.takenAt(), manifest.tables().size(), manifest
                    .rows(), manifest.bytes(), Duration.ofNanos(System.nanoTime() - start), replaced, warnings));
        });
        var made = report.get();
        if (made == null) {
            throw new IllegalStateException("neither failed nor done");
        }
        return made;
    }

    private Optional<String> publish(Connection connection) throws SQLException {
        var replaced = Optional.<String>empty();
        if (!is(connection, CatalogueSql.IS_EMPTY, into)) {
            if (!replace) {
                throw occupied(); // somebody made it meanwhile
            }
            var aside = into.substring(0, Math.min(into.length(), NAME_MAX - 24)) + "_replaced_" + TIME.format(Instant
                    .now());
            Sessions.execute(connection, "ALTER SCHEMA " + Sql.name(into) + " RENAME TO " + Sql.name(aside));
            replaced = Optional.of(aside);
        } else if (is(connection, CatalogueSql.SCHEMA_EXISTS, into)) {
            Sessions.execute(connection, "DROP SCHEMA " + Sql.name(into));
        }
        Sessions.execute(connection, "DROP TABLE " + marker());
        Sessions.execute(connection, "ALTER SCHEMA " + Sql.name(name) + " RENAME TO " + Sql.name(into));
        connection.commit();
        LOG.info("Restored into schema {}", into);
        return replaced;
    }

    /** Drops it, unless it has got its name. */
    @Override
    public void close() {
        try {
            with(connection -> Sessions.execute(connection, "DROP SCHEMA IF EXISTS " + Sql.name(name) + " CASCADE"));
        } catch (HowdahException e) {
            LOG.warn("The schema {} could not be dropped, and will be by the next restore: {}", name, e.getMessage());
        }
    }

    private String marker() {
        return Sql.name(name) + ".howdah_restore";
    }

    private static boolean is(Connection connection, String question, String schema) {
        return Jdbi.open(connection).createQuery(question).bind("schema", schema).mapTo(Boolean.class).one();
    }

    private void with(Crew.Preparation work) {
        database.useOwnConnection(connection -> {
            try {
                Sessions.prepare(connection);
                work.run(connection);
            } catch (SQLException e) {
                throw Failures.of(e);
            }
        });
    }
}
