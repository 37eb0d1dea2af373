package dev.howdah.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;

/** Work in a transaction of a connection that is not ours: the schema is first in its search path for so long. */
final class JoinedTransaction {
    /** Only for this transaction, so that no way of its end leaves it behind. */
    static final String SET_PATH = """
        SELECT set_config('search_path', ?, true)
        """;
    static final String PATH = """
        SELECT current_setting('search_path'), to_regnamespace(quote_ident(?)) IS NOT NULL
        """;

    /** Unless named, the connection's temporary tables come before all others. */
    private static final String TEMPORARY_LAST = ",pg_temp";

    private JoinedTransaction() {}

    static <T> T run(Connection connection, DatabaseSettings settings, QueryMetrics metrics,
            Consumer<Runnable> afterCommit, Function<Transaction, T> work) {
        try {
            var before = path(connection, settings.schema());
            setPath(connection, Connections.searchPath(settings) + TEMPORARY_LAST);
            T result;
            try {
                var jdbi = Jdbi.create(connection);
                jdbi.setSqlLogger(metrics);
                result = work.apply(Transaction.joining(jdbi.open(), afterCommit));
            } catch (RuntimeException | Error e) {
                restore(connection, before, e);
                throw e;
            }
            setPath(connection, before);
            return result;
        } catch (SQLException e) {
            throw new ConnectionException(e); // as other statements fail
        }
    }

    private static String path(Connection connection, String schema) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new InvalidInputException("no-transaction", "connection", "commits each statement by itself",
                    "begin a transaction on it: setAutoCommit(false)");
        }
        try (var statement = connection.prepareStatement(PATH)) {
            statement.setString(1, schema);
            try (var row = statement.executeQuery()) {
                row.next();
                if (!row.getBoolean(2)) {
                    throw new InvalidInputException("schema-missing", "connection", "leads to a database without the "
                            + "schema " + schema, "use the database that howdah.database.url names");
                }
                return row.getString(1);
            }
        }
    }

    private static void setPath(Connection connection, String path) throws SQLException {
        try (var statement = connection.prepareStatement(SET_PATH)) {
            statement.setString(1, path);
            statement.execute();
        }
    }

    /** The caller may go on with the transaction, unless it is the database that failed: then it has to roll back anyway. */
    private static void restore(Connection connection, String path, Throwable failure) {
        try {
            setPath(connection, path);
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }
}
