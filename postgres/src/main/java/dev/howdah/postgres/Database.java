package dev.howdah.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.howdah.postgres.internal.ListeningSockets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One schema of one PostgreSQL, with a pool of connections. Everything that Howdah keeps is reached through it. All
 * connections have the schema first in their {@code search_path}; SQL never names one. Opening does not connect: the
 * server may still be starting (see {@link #awaitReady}). Thread-safe.
 */
public final class Database implements AutoCloseable {
    private static final ScopedValue<Boolean> WITHIN_TRANSACTION = ScopedValue.newInstance();
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final Duration RETRY_FIRST = Duration.ofMillis(250);
    private static final Duration RETRY_MAX = Duration.ofSeconds(5);

    private final DatabaseSettings settings;
    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final QueryMetrics metrics;
    private final Notifications notifications;

    private Database(DatabaseSettings settings) {
        this.settings = settings;
        this.metrics = new QueryMetrics(settings.slowQuery());
        this.pool = new HikariDataSource(poolConfig(settings));
        this.jdbi = Jdbi.create(pool);
        jdbi.setSqlLogger(metrics);
        this.notifications = new Notifications(this);
    }

    /** Opens a pool. The effective settings are logged, the password is not. */
    public static Database open(DatabaseSettings settings) {
        LOG.info("Database settings: {}", settings);
        return new Database(settings);
    }

    public DatabaseSettings settings() {
        return settings;
    }

    /**
     * Runs the work in a transaction: commits when it returns, rolls back when it throws.
     *
     * @throws UnavailableException if the database cannot be reached or the pool is exhausted
     */
    public <T> T inTransaction(Function<Transaction, T> work) {
        var afterCommit = Transaction.actions();
        T result = translating(() -> ScopedValue.where(WITHIN_TRANSACTION, true)
                .call(() -> jdbi.inTransaction(handle -> work.apply(Transaction.of(handle, afterCommit)))));
        afterCommit.forEach(Runnable::run);
        return result;
    }

    /** Whether this thread is within a transaction: what it does with a database besides becomes part of that. */
    static boolean isWithinTransaction() {
        return WITHIN_TRANSACTION.isBound();
    }

    /** {@link #inTransaction} for work without a result. */
    public void useTransaction(Consumer<Transaction> work) {
        inTransaction(tx -> {
            work.accept(tx);
            return true;
        });
    }

    /**
     * Runs statements that each commit by themselves; for reading, and for a single write.
     *
     * @throws UnavailableException if the database cannot be reached or the pool is exhausted
     */
    public <T> T withHandle(Function<Handle, T> work) {
        return translating(() -> jdbi.withHandle(work::apply));
    }

    /** Wake-ups between processes. */
    public Notifications notifications() {
        return notifications;
    }

    public QueryMetrics metrics() {
        return metrics;
    }

    /** How the pool is used now. */
    public PoolUse poolUse() {
        var bean = pool.getHikariPoolMXBean();
        return bean == null
                ? new PoolUse(0, 0, 0, settings.poolMax())
                : new PoolUse(bean.getActiveConnections(), bean.getIdleConnections(),
                        bean.getThreadsAwaitingConnection(), settings.poolMax());
    }

    /**
     * Connections of the pool.
     *
     * @param active connections in use
     * @param idle connections open and free
     * @param waiting callers that wait for one
     * @param max the most that may be open
     */
    public record PoolUse(int active, int idle, int waiting, int max) {}

    /** Asks the server for its version, within the time that a caller waits for a connection. */
    public DatabaseHealth health() {
        var start = System.nanoTime();
        try {
            var version = withHandle(handle -> handle.createQuery("SHOW server_version").mapTo(String.class).one());
            return DatabaseHealth.up(version, Duration.ofNanos(System.nanoTime() - start), metrics.isHealthy());
        } catch (HowdahException e) {
            return DatabaseHealth.down(e);
        }
    }

    /**
     * Waits until the server answers, trying again with growing pauses and saying so in the log.
     *
     * @throws UnavailableException if it does not within the limit; the message names address and cause
     */
    public void awaitReady(Duration limit) {
        var deadline = Instant.now().plus(limit);
        var pause = RETRY_FIRST;
        while (true) {
            try (var connection = connect()) {
                LOG.debug("Connected to {}", connection.getMetaData().getDatabaseProductVersion());
                return;
            } catch (SQLException e) {
                if (!mayComeUp(e) || Instant.now().plus(pause).isAfter(deadline)) {
                    throw new UnavailableException("database-unavailable",
                            "the database at " + address() + " cannot be reached: " + firstLine(e),
                            "start it, or correct host, port, user and password (POSTGRES_HOST, …)", e);
                }
                LOG.warn("Waiting for the database at {}: {}", address(), firstLine(e));
                pause(pause);
                pause = pause.multipliedBy(2).compareTo(RETRY_MAX) < 0 ? pause.multipliedBy(2) : RETRY_MAX;
            }
        }
    }

    /**
     * Gives the work a connection of its own, outside the pool and without limits on time: for what may take minutes and
     * cannot be in a transaction, such as building an index.
     *
     * @throws UnavailableException if the database cannot be reached
     */
    public void useOwnConnection(ConnectionWork work) {
        translating(() -> {
            try (var connection = connect()) {
                work.run(connection);
                return true;
            } catch (SQLException e) {
                throw new ConnectionException(e);
            }
        });
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface ConnectionWork {
        void run(Connection connection) throws SQLException;
    }

    /** A connection of its own, outside the pool, for the migrator's lock. */
    Connection connect() throws SQLException {
        return source().getConnection();
    }

    /** The same for LISTEN. */
    Connection connectToListen() throws SQLException {
        var source = source();
        source.setSocketFactory(ListeningSockets.class.getName());
        return source.getConnection();
    }

    private PGSimpleDataSource source() {
        var source = new PGSimpleDataSource();
        source.setURL(settings.url());
        source.setUser(settings.user());
        source.setPassword(settings.password());
        source.setCurrentSchema(searchPath(settings));
        source.setApplicationName("howdah");
        source.setConnectTimeout(5);
        source.setTcpKeepAlive(true);
        return source;
    }

    @Override
    public void close() {
        notifications.close();
        pool.close();
    }

    private <T> T translating(Supplier<T> work) {
        try {
            return work.get();
        } catch (JdbiException e) {
            var cause = sqlCause(e);
            if (cause instanceof SQLTransientConnectionException && poolUse().active() >= settings.poolMax()) {
                throw new UnavailableException("pool-exhausted",
                        "all " + settings.poolMax() + " connections were in use for "
                                + settings.acquireTimeout().toMillis() + " ms",
                        "try again, or raise howdah.database.pool-max", e);
            }
            if (cause != null && DemotedPrimaryEviction.READ_ONLY.equals(cause.getSQLState())) {
                throw new UnavailableException("database-read-only",
                        "the database at " + address()
                                + " refuses writes: it was demoted to a standby, or is set to read-only",
                        "try again after the failover; otherwise name the primary in HOWDAH_DATABASE_URL", e);
            }
            if (cause != null && isLost(cause)) {
                throw new UnavailableException("database-unavailable",
                        "the database at " + address() + " cannot be reached: " + firstLine(deepest(cause)),
                        "try again; howdah doctor tells what is wrong", e);
            }
            throw e;
        }
    }

    /** The pool's own message counts connections; what the server or the network said stands below it. */
    private static Throwable deepest(SQLException error) {
        return error.getCause() instanceof SQLException cause ? deepest(cause) : error;
    }

    private static @Nullable SQLException sqlCause(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    /** Whether the statement failed because the connection did, not because of what it said. */
    static boolean isLost(SQLException e) {
        var state = e.getSQLState();
        return e instanceof SQLTransientConnectionException
                || (state != null && (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")));
    }

    /** A server that is down may come up; a wrong password or a missing database will not change by waiting. */
    private static boolean mayComeUp(SQLException e) {
        var state = e.getSQLState();
        return isLost(e) || (state == null && !(e.getCause() instanceof IllegalArgumentException));
    }

    private String address() {
        return settings.url().replaceFirst("^jdbc:postgresql://", "").replaceFirst("\\?.*$", "");
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted", "waiting for the database was interrupted", "", e);
        }
    }

    private static String searchPath(DatabaseSettings settings) {
        return settings.schema() + ",public";
    }

    private static HikariConfig poolConfig(DatabaseSettings settings) {
        var config = new HikariConfig();
        config.setPoolName("howdah-" + settings.schema());
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.user());
        config.setPassword(settings.password());
        config.setMaximumPoolSize(settings.poolMax());
        config.setMinimumIdle(settings.poolMinIdle());
        config.setMaxLifetime(settings.maxLifetime().toMillis());
        config.setIdleTimeout(settings.idleTimeout().toMillis());
        config.setConnectionTimeout(settings.acquireTimeout().toMillis());
        config.setInitializationFailTimeout(-1); // the server may come up after us
        config.addDataSourceProperty("currentSchema", searchPath(settings));
        config.addDataSourceProperty("ApplicationName", "howdah");
        config.addDataSourceProperty("connectTimeout", "5");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        // A frozen server keeps TCP alive: without a limit on reads, a caller would hang for ever.
        var statement = settings.statementTimeout();
        if (!statement.isZero()) {
            config.addDataSourceProperty("socketTimeout", Long.toString(statement.toSeconds() + 30));
            config.addDataSourceProperty("options", "-c statement_timeout=" + statement.toMillis());
        }
        config.setExceptionOverride(new DemotedPrimaryEviction());
        return config;
    }
}
