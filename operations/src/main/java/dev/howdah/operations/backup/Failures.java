package dev.howdah.operations.backup;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.sql.SQLException;
import org.jdbi.v3.core.JdbiException;

/** Makes errors that say what to do of those that streams and the driver throw. */
final class Failures {
    private static final String DISK_FULL = "53100";

    private Failures() {}

    static RuntimeException of(Throwable error) {
        return switch (error) {
            case DamagedException damaged -> new ConflictException("backup-damaged", "the backup is damaged: " + damaged
                    .getMessage(), "use another one, see: howdah backups");
            case IOException io -> new UnavailableException("backup-target-unavailable",
                    "the backup's files cannot be read or written: " + describe(io),
                    "check the target's space and rights; nothing half made was left", io);
            case SQLException sql -> ofSql(sql, sql);
            case JdbiException jdbi when jdbi.getCause() instanceof SQLException sql -> ofSql(sql, jdbi);
            case RuntimeException runtime -> runtime;
            default -> new IllegalStateException(error);
        };
    }

    private static String describe(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static UnavailableException ofSql(SQLException sql, Exception cause) {
        var message = String.valueOf(sql.getMessage()).lines().findFirst().orElse("");
        return DISK_FULL.equals(sql.getSQLState())
                ? new UnavailableException("database-disk-full", "the database server has no space left: " + message,
                        "free some, and try again; what was begun is removed", cause)
                : new UnavailableException("backup-database-failed", "the database refused: " + message,
                        "see the server's log, and try again; what was begun is removed", cause);
    }
}
