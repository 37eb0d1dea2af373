package dev.howdah.operations.doctor;

import dev.howdah.postgres.Database;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;

/** Why the server did not answer a check: no right, no time, no such view. */
final class Refusal {
    private static final String NO_RIGHT = "42501";
    private static final String CANCELLED = "57014";

    private Refusal() {}

    static Outcome outcome(JdbiException e, Database database, DoctorLimits limits) {
        return switch (state(e)) {
            case NO_RIGHT -> Outcome.unknown("the role may not see it: " + firstLine(e),
                    Optional.of(new Fix(Fix.Kind.SQL, grant(database))));
            case CANCELLED -> Outcome.unknown("it took longer than " + limits.statementTimeout().toMillis() + " ms",
                    Optional.of(Fix.command("look again when less is going on")));
            default -> Outcome.unknown(firstLine(e), Optional.empty());
        };
    }

    /** What lets the role see what others do. */
    static String grant(Database database) {
        return "GRANT pg_monitor TO \"" + database.settings().user().replace("\"", "\"\"") + "\";";
    }

    /** The server's code; empty if it was not the server. */
    static String state(JdbiException e) {
        return cause(e).map(SQLException::getSQLState).orElse("");
    }

    static String firstLine(JdbiException e) {
        var message = cause(e).map(Throwable::getMessage).orElseGet(e::getMessage);
        return String.valueOf(message).lines().findFirst().orElse("");
    }

    private static Optional<SQLException> cause(Throwable error) {
        for (var e = Optional.<Throwable>of(error); e.isPresent(); e = Optional.ofNullable(e.get().getCause())) {
            if (e.get() instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }
}
