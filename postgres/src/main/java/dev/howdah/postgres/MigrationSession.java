package dev.howdah.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A migrator's own connection: holds the lock, reads and writes the history, runs scripts. The lock is the session's, so
 * it is gone when the process is.
 */
final class MigrationSession implements AutoCloseable {
    /** "Hwdh"; the second key is the schema's. */
    private static final int LOCK_CLASS = 0x48776468;
    private static final Duration LOCK_POLL = Duration.ofMillis(100);
    /** Whoever wants a table that a migration waits for waits behind it: so long for each table of a transaction. */
    private static final String LIMIT_WAIT = "SET lock_timeout = '300ms'";
    private static final String WAIT_FOR_EVER = "SET lock_timeout = 0";
    private static final long PAUSE_MAX_MILLIS = 2_000;
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final Pattern CONCURRENTLY = Pattern.compile("\\bCONCURRENTLY\\b", Pattern.CASE_INSENSITIVE);

    /** Names the schema, because a history further down the search path would not be ours. */
    private static final String HISTORY_EXISTS = "SELECT to_regclass(format('%I.schema_history', ?::text)) IS NOT NULL";
    private static final String SCHEMA_EXISTS = "SELECT to_regnamespace(?) IS NOT NULL";
    private static final String CREATE_HISTORY = """
        CREATE TABLE IF NOT EXISTS schema_history (
            version       bigint      PRIMARY KEY,
            module        text        NOT NULL,
            name          text        NOT NULL,
            checksum      text        NOT NULL,
            down_script   text,
            transactional boolean     NOT NULL,
            irreversible  boolean     NOT NULL,
            state         text        NOT NULL,
            applied_order bigint      GENERATED ALWAYS AS IDENTITY,
            applied_at    timestamptz NOT NULL DEFAULT now(),
            duration_ms   bigint      NOT NULL DEFAULT 0,
            CONSTRAINT migration_state_is_known CHECK (state IN ('applied', 'running'))
        )
        """;
    private static final String SELECT_HISTORY = """
        SELECT version, module, name, checksum, down_script, transactional, irreversible, state, applied_at,
               duration_ms
          FROM schema_history
         ORDER BY applied_order
        """;
    private static final String INSERT_HISTORY = """
        INSERT INTO schema_history (version, module, name, checksum, down_script, transactional, irreversible,
               state, duration_ms)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (version) DO UPDATE
           SET checksum = EXCLUDED.checksum, down_script = EXCLUDED.down_script, state = EXCLUDED.state,
               duration_ms = EXCLUDED.duration_ms, applied_at = now()
        """;
    private static final String ACCEPT = """
        UPDATE schema_history
           SET checksum = ?, down_script = ?, irreversible = ?
         WHERE version = ?
        """;
    private static final String DELETE_HISTORY = "DELETE FROM schema_history WHERE version = ?";
    private static final String INVALID_INDEXES = """
        SELECT c.relname
          FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid
         WHERE NOT i.indisvalid
           AND c.relnamespace = current_schema()::regnamespace
        """;
    private static final String LOCK_HOLDER = """
        SELECT format('process %s (%s)', a.pid, a.application_name)
          FROM pg_locks l
          JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE l.locktype = 'advisory' AND l.granted AND l.classid = ?::bigint::oid AND l.objid = ?::bigint::oid
        """;

    private final Connection connection;
    private final String schema;
    private final Duration tableWait;

    private MigrationSession(Connection connection, String schema, Duration tableWait) {
        this.connection = connection;
        this.schema = schema;
        this.tableWait = tableWait;
    }

    /** A migration of the history. */
    record Applied(long version, String module, String name, String checksum, Optional<String> downScript,
            boolean transactional, boolean irreversible, boolean isRunning, Instant appliedAt, Duration duration) {
        String label() {
            return module + "/V%04d__%s".formatted(version, name);
        }
    }

    /**
     * Connects.
     *
     * @param tableWait how long a migration is tried while others hold what it needs
     */
    static MigrationSession open(Database database, Duration tableWait) {
        try {
            var connection = database.connect();
            var session = new MigrationSession(connection, database.settings().schema(), tableWait);
            session.execute(LIMIT_WAIT);
            session.execute("SET statement_timeout = 0");
            return session;
        } catch (SQLException e) {
            throw new UnavailableException("database-unavailable", "the database cannot be reached: " + e.getMessage(),
                    "start it, or correct host, port, user and password", e);
        }
    }

    /** Waits for the lock by polling, see {@link Migrator}. */
    void lock(Instant deadline) {
        try (var attempt = connection.prepareStatement("SELECT pg_try_advisory_lock(?, ?)")) {
            attempt.setInt(1, LOCK_CLASS);
            attempt.setInt(2, schema.hashCode());
            while (!isTrue(attempt)) {
                if (Instant.now().isAfter(deadline)) {
                    throw new MigrationException("migration-locked", "another migrator holds the lock of schema "
                            + schema + ": " + holder(), "wait for it, or end its session with pg_terminate_backend");
                }
                pause(LOCK_POLL.toMillis());
            }
        } catch (SQLException e) {
            throw failed("the lock cannot be taken", e);
        }
    }

    /** Makes schema and history if need be. */
    void prepare() {
        try {
            // The name is checked by DatabaseSettings. Without the look first, a role that may not create fails here.
            if (!existsInSchema(SCHEMA_EXISTS)) {
                execute("CREATE SCHEMA IF NOT EXISTS " + schema);
            }
            if (!existsInSchema(HISTORY_EXISTS)) {
                execute(CREATE_HISTORY);
            }
        } catch (SQLException e) {
            throw failed("the schema " + schema + " cannot be prepared", e);
        }
    }

    /** In order of application; empty if there is no history yet. */
    List<Applied> history() {
        try {
            if (!existsInSchema(HISTORY_EXISTS)) {
                return List.of();
            }
            var rows = new ArrayList<Applied>();
            try (var statement = connection.createStatement(); var row = statement.executeQuery(SELECT_HISTORY)) {
                while (row.next()) {
                    rows.add(read(row));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw failed("the history cannot be read", e);
        }
    }

    /** Runs script and history in one transaction; for a dry run under a savepoint of the one that ends all. */
    Duration applyInTransaction(Migration migration, boolean dryRun) {
        var start = System.nanoTime();
        inTransaction(migration.module() + "/" + migration.file(), dryRun, () -> {
            run(migration.up());
            insert(migration, "applied", since(start));
        });
        return since(start);
    }

    /** Runs a script statement by statement, noting first that it runs. */
    Duration applyByStatement(Migration migration) {
        var label = migration.module() + "/" + migration.file();
        var start = System.nanoTime();
        try {
            boolean resumed = history().stream().anyMatch(row -> row.version() == migration.version());
            insert(migration, "running", Duration.ZERO);
            if (resumed) {
                dropInvalidIndexes(migration.up());
            }
            for (var statement : SqlScript.statements(migration.up())) {
                executeAlone(statement);
            }
            insert(migration, "applied", since(start));
            return since(start);
        } catch (SQLException e) {
            throw failed(label + " failed; it is not transactional, so a part of it may be done. When the cause is "
                    + "gone, run: howdah migrate up. The database said", e);
        }
    }

    Duration rollBack(Applied row, boolean dryRun) {
        var script = row.downScript().orElseThrow();
        var start = System.nanoTime();
        if (script.lines().anyMatch("-- howdah: non-transactional"::equals)) {
            try {
                for (var statement : dryRun ? List.<String>of() : SqlScript.statements(script)) {
                    executeAlone(statement);
                }
                if (!dryRun) {
                    delete(row.version());
                }
            } catch (SQLException e) {
                throw failed("rolling back " + row.label() + " failed", e);
            }
        } else {
            inTransaction("rolling back " + row.label(), dryRun, () -> {
                run(script);
                delete(row.version());
            });
        }
        return since(start);
    }

    void accept(Migration migration) {
        try (var statement = connection.prepareStatement(ACCEPT)) {
            statement.setString(1, migration.checksum());
            statement.setString(2, migration.down().orElse(null));
            statement.setBoolean(3, migration.isIrreversible());
            statement.setLong(4, migration.version());
            statement.executeUpdate();
        } catch (SQLException e) {
            throw failed("the history cannot be repaired", e);
        }
    }

    void record(Migration migration) {
        try {
            insert(migration, "applied", Duration.ZERO);
        } catch (SQLException e) {
            throw failed("the history cannot be written", e);
        }
    }

    /** Undoes everything that a dry run did. */
    void endDryRun() {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw failed("the dry run cannot be rolled back", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close(); // gives the lock back
        } catch (SQLException e) {
            throw failed("the connection cannot be closed", e);
        }
    }

    private interface Work {
        void run() throws SQLException;
    }

    private void inTransaction(String label, boolean dryRun, Work work) {
        try {
            retrying(() -> {
                connection.setAutoCommit(false);
                var before = connection.setSavepoint();
                try {
                    work.run();
                    if (!dryRun) {
                        connection.commit();
                        connection.setAutoCommit(true);
                    }
                } catch (SQLException e) {
                    undo(before, dryRun, e);
                    throw e;
                }
            });
        } catch (SQLException e) {
            throw failed(label + " failed and left no trace", e);
        }
    }

    private void undo(java.sql.Savepoint before, boolean dryRun, SQLException first) {
        try {
            if (dryRun) {
                connection.rollback(before);
            } else {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            first.addSuppressed(e);
        }
    }

    /** A lock that others hold too long is given up and tried again, so that a migration never stalls the traffic. */
    private void retrying(Work work) throws SQLException {
        var deadline = Instant.now().plus(tableWait);
        for (int attempt = 1;; attempt++) {
            try {
                work.run();
                return;
            } catch (SQLException e) {
                if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                    throw e;
                }
                if (Instant.now().isAfter(deadline)) {
                    throw new MigrationException("migration-blocked", "other transactions have held what the migration "
                            + "needs for " + tableWait.toSeconds() + " s: " + e.getMessage(),
                            "end them (howdah doctor names old ones), and run it again", e);
                }
                pause(ThreadLocalRandom.current().nextLong(100, Math.min(PAUSE_MAX_MILLIS, 200L * attempt) + 1));
            }
        }
    }

    /**
     * A statement outside of a transaction. One that works concurrently keeps nobody from writing while it waits for others,
     * and given up it would leave an invalid index behind.
     */
    private void executeAlone(String statement) throws SQLException {
        if (CONCURRENTLY.matcher(statement).find()) {
            execute(WAIT_FOR_EVER);
            execute(statement);
            execute(LIMIT_WAIT);
        } else {
            retrying(() -> execute(statement));
        }
    }

    /** What an interrupted concurrent build of this script left behind. Others' builds are not ours to drop. */
    private void dropInvalidIndexes(String script) throws SQLException {
        var names = new ArrayList<String>();
        try (var statement = connection.createStatement(); var row = statement.executeQuery(INVALID_INDEXES)) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        for (var name : names) {
            if (script.contains(name)) {
                execute("DROP INDEX \"" + name.replace("\"", "\"\"") + "\"");
            }
        }
    }

    private void run(String script) throws SQLException {
        for (var statement : SqlScript.statements(script)) {
            execute(statement);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private void insert(Migration migration, String state, Duration duration) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT_HISTORY)) {
            statement.setLong(1, migration.version());
            statement.setString(2, migration.module());
            statement.setString(3, migration.name());
            statement.setString(4, migration.checksum());
            statement.setString(5, migration.down().orElse(null));
            statement.setBoolean(6, migration.isTransactional());
            statement.setBoolean(7, migration.isIrreversible());
            statement.setString(8, state);
            statement.setLong(9, duration.toMillis());
            statement.executeUpdate();
        }
    }

    private void delete(long version) throws SQLException {
        try (var statement = connection.prepareStatement(DELETE_HISTORY)) {
            statement.setLong(1, version);
            statement.executeUpdate();
        }
    }

    private String holder() throws SQLException {
        try (var statement = connection.prepareStatement(LOCK_HOLDER)) {
            statement.setLong(1, Integer.toUnsignedLong(LOCK_CLASS));
            statement.setLong(2, Integer.toUnsignedLong(schema.hashCode()));
            try (var row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : "it has just let go";
            }
        }
    }

    private boolean existsInSchema(String sql) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema);
            return isTrue(statement);
        }
    }

    private static boolean isTrue(java.sql.PreparedStatement statement) throws SQLException {
        try (var row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static Applied read(ResultSet row) throws SQLException {
        return new Applied(row.getLong("version"), row.getString("module"), row.getString("name"),
                row.getString("checksum"), Optional.ofNullable(row.getString("down_script")),
                row.getBoolean("transactional"), row.getBoolean("irreversible"),
                row.getString("state").equals("running"),
                row.getObject("applied_at", OffsetDateTime.class).toInstant(),
                Duration.ofMillis(row.getLong("duration_ms")));
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException("interrupted", "the migrator was interrupted", "run it again", e);
        }
    }

    private static MigrationException failed(String what, @Nullable SQLException e) {
        return new MigrationException("migration-failed", what + ": " + (e == null ? "" : e.getMessage()),
                "correct the cause and run it again", e);
    }
}
