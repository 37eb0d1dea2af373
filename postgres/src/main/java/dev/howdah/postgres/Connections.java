package dev.howdah.postgres;

import com.zaxxer.hikari.HikariConfig;
import dev.howdah.postgres.internal.ListeningSockets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/** How connections are made: those of pools, and those outside them. */
final class Connections {
    private static final String APPLICATION = "howdah";
    private static final int CONNECT_SECONDS = 5;
    private static final String CONNECT_TIMEOUT = "connectTimeout";
    /** A connection that was idle is asked for a sign of life: those to a frozen server must not use up a caller's time. */
    private static final long VALIDATION_MILLIS = 2_000;
    /** A connection to a replica is free at once or not worth waiting for. The least that the pool allows. */
    private static final long REPLICA_ACQUIRE_MILLIS = 250;

    private Connections() {}

    /** A connection outside any pool, without limits on time once it is made. */
    static Connection open(DatabaseSettings settings) throws SQLException {
        return source(settings).getConnection();
    }

    /** The same for LISTEN. */
    static Connection openToListen(DatabaseSettings settings) throws SQLException {
        var source = source(settings);
        source.setSocketFactory(ListeningSockets.class.getName());
        return source.getConnection();
    }

    private static PGSimpleDataSource source(DatabaseSettings settings) {
        var source = new PGSimpleDataSource();
        source.setURL(settings.url());
        source.setUser(settings.user());
        source.setPassword(settings.password());
        source.setCurrentSchema(searchPath(settings));
        source.setApplicationName(APPLICATION);
        if (!settings.url().contains(CONNECT_TIMEOUT)) {
            source.setConnectTimeout(CONNECT_SECONDS);
        }
        source.setTcpKeepAlive(true);
        return source;
    }

    /** The primary's pool. */
    static HikariConfig pool(DatabaseSettings settings, PoolMetrics metrics) {
        var config = basic(settings);
        config.setPoolName("howdah-" + settings.schema());
        config.setMaximumPoolSize(settings.poolMax());
        config.setMinimumIdle(settings.poolMinIdle());
        config.setConnectionTimeout(settings.acquireTimeout().toMillis());
        config.setValidationTimeout(Math.min(VALIDATION_MILLIS, settings.acquireTimeout().toMillis()));
        config.setMetricsTrackerFactory((name, statistics) -> metrics.tracker());
        config.setExceptionOverride(new DemotedPrimaryEviction());
        var statement = settings.statementTimeout();
        if (!statement.isZero()) {
            config.addDataSourceProperty("options", "-c statement_timeout=" + statement.toMillis());
        }
        return config;
    }

    /** A replica's pool. It is read-only even if somebody promotes the replica. */
    static HikariConfig replicaPool(DatabaseSettings settings, ReplicaSettings limits) {
        var config = basic(settings);
        config.setPoolName("howdah-" + settings.schema() + "-" + DatabaseUrls.authority(settings.url()));
        config.setMaximumPoolSize(limits.poolMax());
        config.setMinimumIdle(0); // until it has answered
        config.setConnectionTimeout(REPLICA_ACQUIRE_MILLIS);
        config.setValidationTimeout(REPLICA_ACQUIRE_MILLIS);
        config.addDataSourceProperty("options", "-c default_transaction_read_only=on -c statement_timeout="
                + settings.statementTimeout().toMillis());
        return config;
    }

    private static HikariConfig basic(DatabaseSettings settings) {
        var config = new HikariConfig();
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.user());
        config.setPassword(settings.password());
        config.setMaxLifetime(settings.maxLifetime().toMillis());
        config.setIdleTimeout(settings.idleTimeout().toMillis());
        config.setInitializationFailTimeout(-1); // the server may come up after us
        config.addDataSourceProperty("currentSchema", searchPath(settings));
        config.addDataSourceProperty("ApplicationName", APPLICATION);
        config.addDataSourceProperty(CONNECT_TIMEOUT, Integer.toString(CONNECT_SECONDS));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        // A frozen server keeps TCP alive: without a limit on reads, a caller would hang for ever.
        var statement = settings.statementTimeout();
        if (!statement.isZero()) {
            config.addDataSourceProperty("socketTimeout", Long.toString(statement.toSeconds() + 30));
        }
        return config;
    }

    private static String searchPath(DatabaseSettings settings) {
        return settings.schema() + ",public";
    }
}
