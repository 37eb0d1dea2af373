package dev.howdah.bench;

import dev.howdah.postgres.DatabaseSettings;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;

/** The server that all are measured on. Each measurement begins with an empty schema. */
final class BenchDatabase {
    private static final String SCHEMA = "bench";

    private static final String SET = """
        SELECT set_config('bench.' || ?, ?, false)
        """;

    private final DatabaseSettings settings;

    BenchDatabase(DatabaseSettings server) {
        this.settings = server.inSchema(SCHEMA);
    }

    private BenchDatabase(DatabaseSettings settings, String schema) {
        this.settings = settings.inSchema(schema);
    }

    /** Another schema of it, for what is too much to be made for each measurement. */
    BenchDatabase aside(String name) {
        return new BenchDatabase(settings, SCHEMA + "_" + name);
    }

    /** The variables of libpq that lead another process to the database. */
    static Map<String, String> environment(DatabaseSettings settings) {
        var url = URI.create(settings.url().replaceFirst("^jdbc:", ""));
        return Map.of("PGHOST", url.getHost(), "PGPORT", Integer.toString(url.getPort()), "PGDATABASE",
                url.getPath().substring(1), "PGUSER", settings.user(), "PGPASSWORD", settings.password());
    }

    /** The schema as it is. */
    DatabaseSettings settings() {
        return settings;
    }

    /** The schema without anything in it. */
    DatabaseSettings fresh() {
        drop();
        execute("CREATE SCHEMA " + settings.schema());
        return settings;
    }

    void drop() {
        execute("DROP SCHEMA IF EXISTS " + settings.schema() + " CASCADE");
    }

    /** Before a drain, so that none starts with what enqueueing left to autovacuum. */
    void vacuum() {
        execute("VACUUM ANALYZE");
    }

    /** Writes out what was loaded, which would otherwise go on beside what is measured next. */
    void checkpoint() {
        execute("CHECKPOINT");
    }

    /** A statement that may take long. */
    void execute(String sql) {
        execute(sql, Map.of());
    }

    /**
     * The same with parameters, also for what takes none.
     *
     * @param parameters read by {@code current_setting('bench.NAME')}
     */
    void execute(String sql, Map<String, ?> parameters) {
        try (var connection = connect();
                var setting = connection.prepareStatement(SET);
                var statement = connection.createStatement()) {
            for (var parameter : parameters.entrySet()) {
                setting.setString(1, parameter.getKey());
                setting.setString(2, String.valueOf(parameter.getValue()));
                setting.execute();
            }
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The single number that the query answers. */
    double number(String sql) {
        try (var connection = connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getDouble(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** To be closed by the caller. */
    Connection connect() throws SQLException {
        var connection = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
        try (var statement = connection.createStatement()) {
            statement.execute("SET search_path = " + settings.schema() + ", public"); // extensions live in the latter
        }
        return connection;
    }
}
