package dev.howdah.postgres;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica: its pool, and a thread that asks it on a connection of its own how far it has replayed. What that thread knows
 * can only be older than the truth, and positions only grow, so a read needs no question of its own: a replica that was known
 * to be past a token is past it.
 *
 * <p>A replica that does not answer the question in time is taken out, and the connections in use are cut, so that a read on a
 * frozen server ends then and not at the limit of its socket. Thread-safe.
 */
final class Replica implements AutoCloseable {
    /** Whoever is no standby says the timeline that it writes on itself. */
    static final String LOOK = """
        SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn(), timeline,
               CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_insert_lsn()) END
          FROM heartbeat
         WHERE id = 1
        """;
    static final String LOOK_WITHOUT_HEARTBEAT = """
        SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn(), 0,
               CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_insert_lsn()) END
        """;

    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
    private static final String UNDEFINED_TABLE = "42P01";
    /** What a replica fails that the primary may do: recovery was in the way, or it does not have a new table yet. */
    private static final Set<String> REPEATED = Set.of("40001", "40P01", UNDEFINED_TABLE, "42703", "3F000");
    private static final String QUERY_CANCELED = "57014";
    private static final double LATENCY_WEIGHT = 0.1;
    /** Between two questions while somebody waits for the answer. */
    private static final long HURRY_NANOS = 300_000;

    private final String name;
    private final DatabaseSettings settings;
    private final ReplicaSettings limits;
    private final PrimaryProgress primary;
    private final Waiters waiters;
    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final Breaker breaker = new Breaker();
    private final Set<Connection> inUse = ConcurrentHashMap.newKeySet();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder reads = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Thread poller;
    private volatile @Nullable Seen seen;
    private volatile double latencyNanos;
    private volatile String error = "";
    private volatile boolean closed;

    /**
     * What the replica answered last.
     *
     * @param position replayed up to here
     * @param timeline of the heartbeat that it has replayed, 0 without one; its own if it is no standby
     * @param freshAt everything committed before this {@link System#nanoTime} is there; empty if unknown
     */
    private record Seen(boolean inRecovery, long position, int timeline, Optional<Long> freshAt) {}

    Replica(DatabaseSettings settings, ReplicaSettings limits, PrimaryProgress primary, Waiters waiters,
            QueryMetrics metrics) {
        this.settings = settings;
        this.limits = limits;
        this.primary = primary;
        this.waiters = waiters;
        this.name = DatabaseUrls.authority(settings.url());
        this.pool = new HikariDataSource(Connections.replicaPool(settings, limits));
        this.jdbi = Jdbi.create(new PooledConnections(pool, new PoolMetrics(), Connections.REPLICA_ACQUIRE));
        jdbi.setSqlLogger(metrics);
        // A platform thread: who waits for its answers should not wait for a carrier too.
        this.poller = Thread.ofPlatform().daemon().name("howdah-replica-" + name).unstarted(this::poll);
    }

    void start() {
        poller.start();
    }

    /** Whether it answers, follows the primary and has everything that the token asks for. */
    boolean has(ConsistencyToken token) {
        var last = seen;
        return last != null && last.inRecovery && last.timeline == token.timeline()
                && Long.compareUnsigned(last.position, token.position()) >= 0 && breaker.isClosed();
    }

    /** Whether it answers and has everything that was committed longer ago. */
    boolean isWithin(Duration staleness, long now) {
        var last = seen;
        return last != null && isFollowing(last) && last.freshAt.isPresent()
                && now - last.freshAt.get() <= staleness.toNanos();
    }

    /** Whether it answers and follows the primary, however far behind. */
    boolean isFollowing() {
        var last = seen;
        return last != null && isFollowing(last);
    }

    private boolean isFollowing(Seen last) {
        return last.inRecovery && primary.isOn(last.timeline) && breaker.isClosed();
    }

    /** How long a read will take, to be compared with other replicas. */
    double cost(long now) {
        return (inFlight.get() + 1) * Math.max(latencyNanos, 1) * breaker.slowStart(now);
    }

    /** Asks at once how far it is: somebody waits. */
    void hurry() {
        LockSupport.unpark(poller);
    }

    /** Runs the work on a connection to it. */
    <T> T read(Function<Handle, T> work) {
        inFlight.incrementAndGet();
        long begin = System.nanoTime();
        try {
            T result = jdbi.withHandle(handle -> whileKnown(handle, work));
            reads.increment();
            breaker.readSucceeded();
            double taken = System.nanoTime() - begin;
            latencyNanos = latencyNanos == 0 ? taken : latencyNanos + LATENCY_WEIGHT * (taken - latencyNanos);
            return result;
        } finally {
            inFlight.decrementAndGet();
        }
    }

    /** So that the connection can be cut if the replica freezes. */
    private <T> T whileKnown(Handle handle, Function<Handle, T> work) {
        var connection = handle.getConnection();
        inUse.add(connection);
        try {
            return work.apply(handle);
        } finally {
            inUse.remove(connection);
        }
    }

    /** Whether a read that failed here is to be repeated on the primary. Counts against the replica if its connection did. */
    boolean isToBeRepeated(JdbiException failure) {
        var cause = Database.sqlCause(failure);
        if (cause == null) {
            return false;
        }
        boolean isLost = Database.isLost(cause);
        if (isLost && !isBusy()) {
            breaker.readFailed(System.nanoTime());
        }
        if (isLost || isForThePrimary(cause)) {
            failures.increment();
            LOG.debug("A read on replica {} is repeated on the primary", name, failure);
            return true;
        }
        return false;
    }

    /** No connection was free: it does what it can. */
    private boolean isBusy() {
        return inFlight.get() >= limits.poolMax() && breaker.isClosed();
    }

    private static boolean isForThePrimary(SQLException cause) {
        var state = String.valueOf(cause.getSQLState());
        // A statement cancelled by recovery on some versions; one that took too long has the same state, and would again.
        return REPEATED.contains(state)
                || (state.equals(QUERY_CANCELED) && String.valueOf(cause.getMessage()).contains("recovery"));
    }

    private void poll() {
        long nextLook = System.nanoTime();
        @Nullable
        Connection connection = null;
        while (!closed) {
            long now = System.nanoTime();
            boolean hurried = breaker.isClosed() && !waiters.isEmpty();
            if ((hurried || now - nextLook >= 0) && breaker.mayProbe(now)) {
                connection = ask(connection);
                nextLook = now + limits.poll().toNanos();
            }
            if (breaker.isClosed() && !waiters.isEmpty()) {
                LockSupport.parkNanos(HURRY_NANOS);
            } else {
                LockSupport.parkNanos(limits.poll().toNanos());
            }
        }
        close(connection);
    }

    /** Asks on the connection, or on a new one, and answers the one to ask on next. */
    private @Nullable Connection ask(@Nullable Connection given) {
        @Nullable
        Connection connection = given;
        try {
            if (connection == null) {
                connection = Connections.open(settings);
                connection.setNetworkTimeout(Runnable::run, Math.toIntExact(limits.timeout().toMillis()));
            }
            look(connection);
            if (breaker.state() == Breaker.State.HALF_OPEN) {
                provePool();
            }
            breaker.probeSucceeded(System.nanoTime());
            waiters.serve(this);
            return connection;
        } catch (SQLException e) {
            close(connection);
            if (!closed) {
                takeOut(e);
            }
            return null;
        }
    }

    private void look(Connection connection) throws SQLException {
        try {
            look(connection, LOOK);
        } catch (SQLException e) {
            if (!UNDEFINED_TABLE.equals(e.getSQLState())) {
                throw e;
            }
            look(connection, LOOK_WITHOUT_HEARTBEAT); // the schema is not that far yet
        }
    }

    private void look(Connection connection, String sql) throws SQLException {
        try (var statement = connection.prepareStatement(sql); var rows = statement.executeQuery()) {
            if (!rows.next()) {
                throw new SQLException("the table heartbeat is empty");
            }
            boolean inRecovery = rows.getBoolean(1);
            var replayed = rows.getString(2);
            var ownFile = rows.getString(4);
            int timeline = ownFile == null ? (int) rows.getLong(3) : WalPosition.timelineOf(ownFile);
            long position = replayed == null ? 0 : WalPosition.parse(replayed);
            var freshAt = primary.isOn(timeline) ? primary.freshAt(position) : Optional.<Long>empty();
            seen = new Seen(inRecovery, position, timeline, freshAt);
        }
    }

    /** It may answer again: so must its pool, whose connections are new ones. */
    private void provePool() throws SQLException {
        pool.getHikariConfigMXBean().setMinimumIdle(limits.poolMinIdle());
        try (var connection = pool.getConnection()) {
            LOG.info("Replica {} answers: {}", name, connection.getMetaData().getDatabaseProductVersion());
        }
    }

    private void takeOut(SQLException e) {
        if (breaker.isClosed() || error.isEmpty()) {
            LOG.warn("Replica {} is taken out: {}", name, e.getMessage());
        }
        error = String.valueOf(e.getMessage());
        breaker.probeFailed(System.nanoTime());
        pool.getHikariConfigMXBean().setMinimumIdle(0); // nobody knocks there meanwhile
        var bean = pool.getHikariPoolMXBean();
        if (bean != null) {
            bean.softEvictConnections();
        }
        inUse.forEach(Replica::cut);
    }

    /** Closes the socket; whoever reads from it fails. */
    private static void cut(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("A connection was not cut", e);
        }
    }

    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.debug("A connection was not closed cleanly", e);
        }
    }

    ReplicaStatus status() {
        var last = seen;
        var state = state(last);
        var lagBytes = last == null || !last.inRecovery
                ? Optional.<Long>empty()
                : primary.latest().filter(at -> at.timeline() == last.timeline)
                        .map(at -> Math.max(0, at.position() - last.position));
        var lag = last == null || !primary.isOn(last.timeline)
                ? Optional.<Duration>empty()
                : last.freshAt.map(at -> Duration.ofNanos(System.nanoTime() - at));
        return new ReplicaStatus(name, state, lagBytes, lag, inFlight.get(),
                Duration.ofNanos((long) latencyNanos), breaker.state().name().toLowerCase(Locale.ROOT).replace('_',
                        '-'),
                reads.sum(), failures.sum(), problem(state));
    }

    private ReplicaStatus.State state(@Nullable Seen last) {
        if (last == null && error.isEmpty()) {
            return ReplicaStatus.State.STARTING;
        }
        if (last == null || !breaker.isClosed()) {
            return ReplicaStatus.State.UNREACHABLE;
        }
        if (last.timeline == 0 || primary.latest().isEmpty()) {
            return ReplicaStatus.State.STARTING;
        }
        if (!last.inRecovery) {
            return primary.isOn(last.timeline) ? ReplicaStatus.State.PRIMARY : ReplicaStatus.State.PROMOTED;
        }
        if (!primary.isOn(last.timeline)) {
            return ReplicaStatus.State.LEFT_BEHIND;
        }
        return isWithin(limits.lagMax(), System.nanoTime())
                ? ReplicaStatus.State.READY
                : ReplicaStatus.State.LAGGING;
    }

    private String problem(ReplicaStatus.State state) {
        return switch (state) {
            case READY, STARTING, PRIMARY -> "";
            case LAGGING -> "it is more than " + limits.lagMax().toMillis() + " ms behind; look for a long query or "
                    + "paused replay there, and at the network between";
            case LEFT_BEHIND -> "it has not followed the primary to its timeline; let it follow the new primary, or "
                    + "rebuild it";
            case PROMOTED ->
                "it is no standby and not the primary: it was promoted, or was the primary before; rebuild it "
                        + "as a standby, or take it out of howdah.database.replicas";
            case UNREACHABLE -> "it does not answer: " + error.lines().findFirst().orElse("");
        };
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(poller);
        pool.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
