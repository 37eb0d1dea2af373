package dev.howdah.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.howdah.postgres.DatabaseSettings;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Connections for peers that bring no pool of their own. */
final class PlainSql {
    private PlainSql() {}

    static HikariDataSource pool(DatabaseSettings settings, int size) {
        var config = new HikariConfig();
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.user());
        config.setPassword(settings.password());
        config.setSchema(settings.schema());
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }

    static void execute(DataSource source, String sql) {
        try (var connection = source.getConnection(); var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean isTrue(DataSource source, String sql) {
        try (var connection = source.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            return rows.next() && rows.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
