package dev.howdah.operations.doctor;

import dev.howdah.operations.inspection.QueryText;
import dev.howdah.postgres.Database;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * A statement on the server's catalogue, whose rows may be findings. Of its columns, {@code object} names what the row is about
 * and {@code fix} what to do; every other is a fact. The statement takes {@code :findingsMax}, runs in a transaction of its own that
 * only reads, and is cancelled when it takes too long.
 */
final class CatalogCheck implements Check {
    private static final String MAY_SEE_OTHERS = "SELECT pg_has_role('pg_read_all_stats', 'USAGE')";
    private static final String UNDEFINED_TABLE = "42P01";

    private final Topic topic;
    private final Database database;
    private final DoctorLimits limits;
    private final String sql;
    private final Map<String, Object> parameters = new HashMap<>();
    private Function<Facts, CheckStatus> judgement = facts -> CheckStatus.DEGRADED;
    private Fix.Kind fixKind = Fix.Kind.SQL;
    private boolean seesOthers;
    private Optional<Check> otherwise = Optional.empty();

    CatalogCheck(Topic topic, Database database, DoctorLimits limits, String sql) {
        this.topic = topic;
        this.database = database;
        this.limits = limits;
        this.sql = sql;
    }

    /** With a parameter of the statement. */
    CatalogCheck with(String name, Object value) {
        parameters.put(name, value);
        return this;
    }

    /** Judges each row; without this, each is something that is degraded. */
    CatalogCheck judging(Function<Facts, CheckStatus> given) {
        judgement = given;
        return this;
    }

    /** How its fixes are to be used; without this, at once. */
    CatalogCheck fixedBy(Fix.Kind kind) {
        fixKind = kind;
        return this;
    }

    /** Says that without the right to see what others do, finding nothing means nothing. */
    CatalogCheck seeingOthers() {
        seesOthers = true;
        return this;
    }

    /** What to do where the server has no such view. */
    CatalogCheck otherwise(Check check) {
        otherwise = Optional.of(check);
        return this;
    }

    @Override
    public Topic topic() {
        return topic;
    }

    @Override
    public Outcome examine() {
        try {
            return database.inTransaction(tx -> examine(tx.handle()));
        } catch (JdbiException e) {
            return otherwise.isPresent() && Refusal.state(e).equals(UNDEFINED_TABLE)
                    ? otherwise.get().examine()
                    : Refusal.outcome(e, database, limits);
        }
    }

    private Outcome examine(Handle handle) {
        handle.execute("SET TRANSACTION READ ONLY");
        handle.execute("SET LOCAL statement_timeout = " + limits.statementTimeout().toMillis());
        var rows = handle.createQuery(sql).bind("findingsMax", limits.findingsMax()).bindMap(parameters)
                .map((row, context) -> judged(row)).list();
        var outcome = outcome(rows);
        return outcome.status() == CheckStatus.OK && seesOthers
                && !handle.createQuery(MAY_SEE_OTHERS).mapTo(Boolean.class).one()
                        ? Outcome.unknown("the role may not see what others do",
                                Optional.of(new Fix(Fix.Kind.SQL, Refusal.grant(database))))
                        : outcome;
    }

    private static Outcome outcome(List<Finding> rows) {
        var wrong = rows.stream().filter(row -> row.status() != CheckStatus.OK).toList();
        if (!wrong.isEmpty()) {
            return Outcome.of(wrong);
        }
        return Outcome.ok(rows.isEmpty()
                ? "nothing found"
                : rows.stream().map(CatalogCheck::line).collect(Collectors.joining("; ")));
    }

    private static String line(Finding row) {
        return row.facts().values().isEmpty() ? row.object() : row.object() + ": " + row.facts();
    }

    private Finding judged(ResultSet row) throws SQLException {
        var facts = new LinkedHashMap<String, Object>();
        var fixes = new ArrayList<Fix>(1);
        var columns = row.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            var name = columns.getColumnLabel(i);
            var value = row.getObject(i);
            if (name.equals("object") || value == null) {
                continue;
            }
            if (name.equals("fix")) {
                fixes.add(new Fix(fixKind, value.toString()));
            } else {
                facts.put(name, fact(name, value));
            }
        }
        var measured = new Facts(facts);
        return new Finding(judgement.apply(measured), row.getString("object"), measured, fixes.stream().findFirst());
    }

    private static Object fact(String name, Object value) {
        return switch (value) {
            case Integer whole -> whole.longValue();
            case Long whole -> whole;
            case BigDecimal number -> number.doubleValue();
            case Number number -> number.doubleValue();
            case Boolean flag -> flag;
            default -> name.equals("query") ? QueryText.shown(value.toString()) : value.toString();
        };
    }
}
