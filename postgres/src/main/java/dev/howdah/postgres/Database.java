package dev.howdah.postgres;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One schema of one PostgreSQL, with a pool of connections. Everything that Howdah keeps is reached through it. All
 * connections have the schema first in their {@code search_path}; SQL never names one. Opening does not connect: the
 * server may still be starting (see {@link #awaitReady}). Thread-safe.
 */
public final class Database implements AutoCloseable {
    private static final ScopedValue<Boolean> WITHIN_TRANSACTION = ScopedValue.newInstance();
    private static final ScopedValue<Consistency> CONSISTENCY = ScopedValue.newInstance();
    private static final Consistency STRONG = Consistency.strong();
    private static final String RECOVERY_IN_PROGRESS = "55000";
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    static final String MAX_CONNECTIONS = """
        SELECT CAST(current_setting('max_connections') AS integer)
        """;
    private static final Duration RETRY_FIRST = Duration.ofMillis(250);
    private static final Duration RETRY_MAX = Duration.ofSeconds(5);

    private final DatabaseSettings settings;
    private final HikariDataSource pool;
    private final PooledConnections connections;
    private final Jdbi jdbi;
    private final QueryMetrics metrics;
    private final PoolMetrics poolMetrics = new PoolMetrics();
    private final Notifications notifications;
    private final TableChanges changes;
    private final AcquireTimes acquireTimes = new AcquireTimes();
    private final Optional<Replicas> replicas;

    private Database(DatabaseSettings settings, ReplicaSettings replicaSettings) {
        this.settings = settings;
        this.metrics = new QueryMetrics(settings.slowQuery());
        poolMetrics.listen(acquireTimes);
        this.pool = new HikariDataSource(Connections.pool(settings, poolMetrics));
        this.connections = new PooledConnections(pool, poolMetrics, settings.acquireTimeout());
        this.jdbi = Jdbi.create(connections);
        jdbi.setSqlLogger(metrics);
        this.notifications = new Notifications(this);
        this.changes = new TableChanges(notifications);
        metrics.listen(changes);
        this.replicas = replicaSettings.hasReplicas()
                ? Optional.of(new Replicas(this, replicaSettings))
                : Optional.empty();
        replicas.ifPresent(Replicas::start);
    }

    /** Opens a pool. The effective settings are logged, the password is not. */
    public static Database open(DatabaseSettings settings) {
        return open(settings, ReplicaSettings.none());
    }

    /**
     * The same with replicas that may answer what is asked with {@link #read}, once the schema has the migrations of module
     * {@code postgres}: until then the primary answers everything.
     */
    public static Database open(DatabaseSettings settings, ReplicaSettings replicas) {
        LOG.info("Database settings: {}", settings);
        if (replicas.hasReplicas()) {
            LOG.info("Replica settings: {}", replicas);
        }
        return new Database(settings, replicas);
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
     * Runs the work in a transaction that somebody else commits, such as Spring's or that of a plain connection to the same
     * database. Meanwhile this database's schema stands first in the connection's search path; afterwards the path is as it was.
     *
     * @param connection open and not in auto-commit mode; it is never closed, committed or rolled back here
     * @param afterCommit takes what is to be run once the transaction has committed (wake-ups; losing them costs only time)
     * @throws InvalidInputException if the connection commits each statement, or leads to a database without the schema
     */
    public <T> T join(Connection connection, Consumer<Runnable> afterCommit, Function<Transaction, T> work) {
        return JoinedTransaction.run(connection, settings, metrics, afterCommit, work);
    }

    /**
     * Runs statements that each commit by themselves; for reading, and for a single write.
     *
     * @throws UnavailableException if the database cannot be reached or the pool is exhausted
     */
    public <T> T withHandle(Function<Handle, T> work) {
        return translating(() -> jdbi.withHandle(work::apply));
    }

    /**
     * Runs statements that only read, where the {@link Consistency} bound by {@link #reading} allows: on a replica or on the
     * primary. Where none is bound, or within a transaction of the thread, that is the primary, as with {@link #withHandle}.
     *
     * <p>If a replica fails (its connection is lost, recovery cancels the statement) the whole function is run again on the
     * primary: it must not have handed out anything before it returns. A statement that writes fails on a replica.
     *
     * @throws UnavailableException if the database cannot be reached, the pool is exhausted, or the primary already answers too
     *         many reads in place of replicas ({@code reads-shed})
     */
    public <T> T read(Function<Handle, T> work) {
        return replicas.isEmpty() || isWithinTransaction()
                ? withHandle(work)
                : replicas.get().read(consistency(), work);
    }

    /**
     * Runs the work, in which {@link #read} of any database needs to see no more than this. Holds for the thread and those
     * that it forks in a structured scope.
     */
    public static <T, X extends Throwable> T reading(Consistency consistency, ScopedValue.CallableOp<T, X> work)
            throws X {
        return ScopedValue.where(CONSISTENCY, consistency).call(work);
    }

    /** What {@link #read} needs to see here. */
    public static Consistency consistency() {
        return CONSISTENCY.orElse(STRONG);
    }

    /**
     * How far the primary is: whoever reads with {@link Consistency#session} of it sees everything that was committed before
     * the call, durably or not. To be asked after a commit; callers at the same time share one question. Nothing is asked if
     * there are no replicas, since then nothing is needed.
     *
     * @return empty without replicas
     * @throws UnavailableException if the primary cannot be reached, or is none any more
     */
    public Optional<ConsistencyToken> token() {
        return replicas.map(router -> translating(router::token));
    }

    /** Whether replicas may answer for the token. If not, the primary will, and a new token lets replicas answer again. */
    public boolean isCurrent(ConsistencyToken token) {
        return replicas.map(router -> router.isCurrent(token)).orElse(true);
    }

    /** Whether reads may be answered by anybody but the primary. */
    public boolean hasReplicas() {
        return replicas.isPresent();
    }

    /** How each replica is, in the order of the settings. */
    public List<ReplicaStatus> replicas() {
        return replicas.map(Replicas::statuses).orElse(List.of());
    }

    /** Where reads went. */
    public RouterStatistics routing() {
        return replicas.map(Replicas::statistics).orElse(RouterStatistics.NONE);
    }

    /** Wake-ups between processes. */
    public Notifications notifications() {
        return notifications;
    }

    /** Which tables are written to, as it happens. */
    public TableChanges changes() {
        return changes;
    }

    /** What statements take, and which were slow. */
    public QueryMetrics metrics() {
        return metrics;
    }

    /** What callers wait for connections, and how long they keep them. */
    public PoolMetrics poolMetrics() {
        return poolMetrics;
    }

    /** How the pool is used now. */
    public PoolUse poolUse() {
        var bean = pool.getHikariPoolMXBean();
        return bean == null
                ? new PoolUse(0, 0, connections.waiting(), settings.poolMax(), 0, acquireTimes.acquiring())
                : new PoolUse(bean.getActiveConnections(), bean.getIdleConnections(),
                        bean.getThreadsAwaitingConnection() + connections.waiting(), settings.poolMax(),
                        acquireTimes.peak(),
                        acquireTimes.acquiring());
    }

    /**
     * Whether the pool's size fits.
     *
     * @throws UnavailableException if the server cannot be asked how many connections it allows
     */
    public PoolAdvice poolAdvice() {
        return PoolAdvice.of(poolUse(),
                withHandle(handle -> handle.createQuery(MAX_CONNECTIONS).mapTo(Integer.class).one()));
    }

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
        return Connections.open(settings);
    }

    /** The same for LISTEN. */
    Connection connectToListen() throws SQLException {
        return Connections.openToListen(settings);
    }

    @Override
    public void close() {
        notifications.close();
        replicas.ifPresent(Replicas::close);
        pool.close();
    }

    private <T> T translating(Supplier<T> work) {
        try {
            return work.get();
        } catch (JdbiException e) {
            var cause = sqlCause(e);
            if (cause instanceof PooledConnections.BusyException && areAllOpen()) {
                throw new UnavailableException("pool-exhausted",
                        "all " + settings.poolMax() + " connections were in use for "
                                + settings.acquireTimeout().toMillis() + " ms",
                        "try again, or raise howdah.database.pool-max", e);
            }
            if (cause != null && isDemoted(cause)) {
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

    /** Otherwise connections could not be made. */
    private boolean areAllOpen() {
        var use = poolUse();
        return use.active() + use.idle() >= settings.poolMax();
    }

    private static boolean isDemoted(SQLException cause) {
        return DemotedPrimaryEviction.READ_ONLY.equals(cause.getSQLState())
                || (RECOVERY_IN_PROGRESS.equals(cause.getSQLState())
                        && String.valueOf(cause.getMessage()).contains("recovery"));
    }

    /** The pool's own message counts connections; what the server or the network said stands below it. */
    private static Throwable deepest(SQLException error) {
        return error.getCause() instanceof SQLException cause ? deepest(cause) : error;
    }

    static @Nullable SQLException sqlCause(Throwable error) {
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
}
