package dev.howdah.postgres;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.ConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool's connections for callers on any thread. Who has to wait because all are in use waits here, parked; and who has to
 * wait within the pool until a connection is made does so on a platform thread.
 *
 * <p>The reason: whoever gives a connection back to the pool while somebody waits in it spins until that one has taken what
 * it was handed ({@code ConcurrentBag.requite}). Virtual threads that spin, though they park for moments, can keep every
 * carrier to themselves, so that the one they wait for never goes on: two processors and a dozen of threads were enough to stop a
 * process for good (HikariCP 7.1.0, JDK 25; its issue 2398). The system's scheduler lets a platform thread go on.
 *
 * <p>Who asks the pool asks again every {@link #ASKED_AGAIN}: of two that ask at once the pool may order one connection
 * only ({@code HikariPool.addBagItem} compares with the orders that it finds), and the other would wait for one to come back.
 */
final class PooledConnections implements ConnectionFactory {
    /** Longer than it takes to fill most pools: whoever asks again while others do may lose the order again. */
    static final Duration ASKED_AGAIN = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(PooledConnections.class);
    private static final Executor PLATFORM = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("howdah-connections-", 0).factory());

    private final HikariDataSource pool;
    private final PoolMetrics metrics;
    private final Duration timeout;
    /** One for each connection that may be open. */
    private final Semaphore permits;
    /** Callers that are being given a connection. */
    private final AtomicInteger taking = new AtomicInteger();

    /**
     * Of a pool that lets callers wait for {@link #ASKED_AGAIN}, or for the timeout if that is shorter.
     *
     * @param timeout how long a caller waits here
     */
    PooledConnections(HikariDataSource pool, PoolMetrics metrics, Duration timeout) {
        this.pool = pool;
        this.metrics = metrics;
        this.timeout = timeout;
        this.permits = new Semaphore(pool.getMaximumPoolSize());
    }

    /** All connections were in use for as long as a caller waits. */
    static final class BusyException extends SQLTransientConnectionException {
        private static final long serialVersionUID = 1;

        BusyException(Duration timeout) {
            super("no connection became free in " + timeout.toMillis() + " ms");
        }
    }

    @Override
    public Connection openConnection() throws SQLException {
        long begin = System.nanoTime();
        try {
            awaitPermit();
            var connection = take(begin + timeout.toNanos());
            metrics.acquired(Duration.ofNanos(System.nanoTime() - begin));
            return connection;
        } catch (SQLTransientConnectionException e) {
            metrics.timedOut();
            throw e;
        }
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        try {
            connection.close();
        } finally {
            permits.release();
        }
    }

    /** Callers that wait because all connections are in use. */
    int waiting() {
        return permits.getQueueLength();
    }

    private void awaitPermit() throws SQLException {
        try {
            if (!permits.tryAcquire() && !permits.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new BusyException(timeout);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static SQLException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SQLException("interrupted while waiting for a connection", e);
    }

    /** With a permit, which is given back if no connection comes of it. */
    private Connection take(long deadline) throws SQLException {
        // Those ahead may each take one of the idle connections.
        boolean isThere = taking.getAndIncrement() < pool.getHikariPoolMXBean().getIdleConnections();
        try {
            return isThere || !Thread.currentThread().isVirtual() ? takeHere(deadline) : takeElsewhere(deadline);
        } finally {
            taking.decrementAndGet();
        }
    }

    private Connection takeHere(long deadline) throws SQLException {
        boolean isTaken = false;
        try {
            var connection = ask(deadline);
            isTaken = true;
            return connection;
        } finally {
            if (!isTaken) {
                permits.release();
            }
        }
    }

    private Connection ask(long deadline) throws SQLException {
        while (true) {
            try {
                return pool.getConnection();
            } catch (SQLTransientConnectionException e) {
                if (System.nanoTime() - deadline >= 0) {
                    throw new SQLTransientConnectionException(
                            "no connection could be made in " + timeout.toMillis() + " ms", e.getSQLState(),
                            e.getCause());
                }
            }
        }
    }

    private Connection takeElsewhere(long deadline) throws SQLException {
        var taken = CompletableFuture.supplyAsync(() -> {
            try {
                return takeHere(deadline);
            } catch (SQLException e) {
                throw new CompletionException(e);
            }
        }, PLATFORM);
        try {
            return taken.get();
        } catch (InterruptedException e) {
            var _ = taken.thenAcceptAsync(this::giveBack, PLATFORM); // nobody wants it any more
            throw interrupted(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw new SQLException(e.getCause());
        }
    }

    private void giveBack(Connection connection) {
        try {
            closeConnection(connection);
        } catch (SQLException e) {
            LOG.debug("A connection that nobody wanted could not be given back; the pool closes it", e);
        }
    }
}
