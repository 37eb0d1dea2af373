package dev.howdah.postgres;

import com.zaxxer.hikari.HikariConfig;
import dev.howdah.postgres.internal.ListeningSockets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/** How connections are made: those of pools, and those outside them. */
final class Connections {
    private static final String APPLICATION = "howdah";
    private static final int CONNECT_SECONDS = 5;
    private static final String CONNECT_TIMEOUT = "connectTimeout";
    /** A connection that was idle is asked for a sign of life: those to a frozen server must not use up a caller's time. */
    private static final long VALIDATION_MILLIS = 2_000;
    /** A connection to a replica is free at once or not worth waiting for. The least that the pool allows. */
    static final Duration REPLICA_ACQUIRE = Duration.ofMillis(250);
    /** A server that works keeps the limit on a statement by itself. One that froze keeps TCP alive, and is given up then. */
    private static final Duration GRACE = Duration.ofSeconds(10);
    /**
     * As for SSDs and what is in memory. With the server's default of 4 a table that is still empty would be read whole instead
     * of by its index, and prepared statements keep to that while it grows.
     */
    private static final String RANDOM_PAGE_COST = "-c random_page_cost=1.1 ";

    private Connections() {}

    /** A connection outside any pool, without limits on time once it is made. */
    static Connection open(DatabaseSettings settings) throws SQLException {
        return new ConnectionSource(settings.url(), url -> source(url, settings), Duration.ZERO).getConnection();
    }

    /** The same for LISTEN. */
    static Connection openToListen(DatabaseSettings settings) throws SQLException {
        return new ConnectionSource(settings.url(), url -> {
            var source = source(url, settings);
            source.setSocketFactory(ListeningSockets.class.getName());
            return source;
        }, Duration.ZERO).getConnection();
    }

    /** The primary's pool. */
    static HikariConfig pool(DatabaseSettings settings, PoolMetrics metrics) {
        var config = basic(settings, "");
        config.setPoolName("howdah-" + settings.schema());
        config.setMaximumPoolSize(settings.poolMax());
        config.setMinimumIdle(settings.poolMinIdle());
        config.setConnectionTimeout(
                Math.min(PooledConnections.ASKED_AGAIN.toMillis(), settings.acquireTimeout().toMillis()));
        config.setValidationTimeout(Math.min(VALIDATION_MILLIS, settings.acquireTimeout().toMillis()));
        config.setMetricsTrackerFactory((name, statistics) -> metrics.tracker());
        config.setExceptionOverride(new DemotedPrimaryEviction());
        return config;
    }

    /** A replica's pool. It is read-only even if somebody promotes the replica. */
    static HikariConfig replicaPool(DatabaseSettings settings, ReplicaSettings limits) {
        var config = basic(settings, "-c default_transaction_read_only=on ");
        config.setPoolName("howdah-" + settings.schema() + "-" + DatabaseUrls.authority(settings.url()));
        config.setMaximumPoolSize(limits.poolMax());
        config.setMinimumIdle(0); // until it has answered
        config.setConnectionTimeout(REPLICA_ACQUIRE.toMillis());
        config.setValidationTimeout(REPLICA_ACQUIRE.toMillis());
        return config;
    }

    private static HikariConfig basic(DatabaseSettings settings, String options) {
        var statement = settings.statementTimeout();
        var config = new HikariConfig();
        config.setDataSource(new ConnectionSource(settings.url(), url -> {
            var source = source(url, settings);
            source.setReWriteBatchedInserts(true);
            source.setOptions(options + RANDOM_PAGE_COST + "-c statement_timeout=" + statement.toMillis());
            return source;
        }, statement.isZero() ? statement : statement.plus(GRACE)));
        config.setMaxLifetime(settings.maxLifetime().toMillis());
        config.setIdleTimeout(settings.idleTimeout().toMillis());
        config.setInitializationFailTimeout(-1); // the server may come up after us
        return config;
    }

    private static PGSimpleDataSource source(String url, DatabaseSettings settings) {
        var source = new PGSimpleDataSource();
        source.setURL(url);
        source.setUser(settings.user());
        source.setPassword(settings.password());
        source.setCurrentSchema(searchPath(settings));
        source.setApplicationName(APPLICATION);
        if (!url.contains(CONNECT_TIMEOUT)) {
            source.setConnectTimeout(CONNECT_SECONDS);
        }
        source.setTcpKeepAlive(true);
        return source;
    }

    /**
     * The schema is ours, so what is in it may stand before what the server has: a test's clock does. What others may have put
     * into {@code public} comes last.
     */
    static String searchPath(DatabaseSettings settings) {
        return settings.schema() + ",pg_catalog,public";
    }
}
