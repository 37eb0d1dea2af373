package dev.howdah.postgres;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Makes connections, and does not hang while it does. The driver limits the time to connect, and the time until a statement
 * answers, but a server that froze accepts connections and then never says who may come in: so its answers while a connection
 * is made have a limit of their own, and the statements' limit is set when the connection stands. Of several hosts the one
 * that was the primary last is tried first, so that a frozen one costs its limit once and not with each connection.
 */
final class ConnectionSource implements DataSource {
    /** With one host there is nowhere else to go, so it has more time. */
    private static final int ANSWER_SECONDS_ONE_HOST = 10;
    private static final int ANSWER_SECONDS = 3;
    /** The host that answered last, by all hosts of the URL. As many as there are clusters. */
    private static final Map<String, String> LAST = new ConcurrentHashMap<>();

    private final String url;
    private final Function<String, PGSimpleDataSource> template;
    private final Duration limit;

    /**
     * Makes what the template describes.
     *
     * @param url with one host or several
     * @param template what to connect with for a URL
     * @param limit how long an answer of the server may take once the connection stands; zero for no limit
     */
    ConnectionSource(String url, Function<String, PGSimpleDataSource> template, Duration limit) {
        this.url = url;
        this.template = template;
        this.limit = limit;
    }

    @Override
    public Connection getConnection() throws SQLException {
        var hosts = DatabaseUrls.authority(url);
        boolean several = hosts.contains(",");
        var source = template.apply(several ? DatabaseUrls.startingWith(LAST.get(hosts), url) : url);
        source.setSocketTimeout(several ? ANSWER_SECONDS : ANSWER_SECONDS_ONE_HOST);
        var connection = source.getConnection();
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(limit.toMillis()));
        if (several) {
            LAST.put(hosts, connection.unwrap(BaseConnection.class).getQueryExecutor().getHostSpec().toString());
        }
        return connection;
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("connections are made for the user of the settings");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        // the driver logs by itself
    }

    /** The limits are of the source's own. */
    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("org.postgresql");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
