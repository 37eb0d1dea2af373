package dev.howdah.operations.backup;

import java.sql.Connection;
import java.sql.SQLException;

/** How connections of backups and restores are set. */
final class Sessions {
    /** So that texts are the same everywhere, and the server's limits for short work do not end long work. */
    private static final String PREPARE = """
        SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '30s';
        SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 3; SET TimeZone = 'UTC';
        SET application_name = 'howdah-backup'
        """;
    /** What is published at the end is on disk with everything before it. */
    private static final String FOR_LOADING = """
        SET synchronous_commit = off; SET maintenance_work_mem = '256MB'
        """;

    private Sessions() {}

    static void prepare(Connection connection) throws SQLException {
        execute(connection, PREPARE);
    }

    static void prepareLoad(Connection connection) throws SQLException {
        prepare(connection);
        execute(connection, FOR_LOADING);
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
