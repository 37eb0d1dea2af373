package dev.howdah.operations.inspection;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Explains statements that read. It happens on a connection of its own, which is closed afterwards, in a transaction that only reads
 * and is rolled back, with a time limit: whatever a function in the statement does to the session is gone with it. One
 * statement at a time is taken, and none with a semicolon within, because a second one could end the transaction.
 * Thread-safe.
 */
public final class Explainer {
    /** The longest statement, in characters. */
    public static final int LENGTH_MAX = 100_000;
    /** How many statements are explained at once; each takes a connection beside the pool. */
    public static final int CONCURRENT_MAX = 4;
    /** The longest run unless told otherwise. */
    public static final Duration LIMIT_DEFAULT = Duration.ofSeconds(10);
    /** The longest run that may be asked for. */
    public static final Duration LIMIT_MAX = Duration.ofMinutes(1);

    private static final String PARAMETERS = "SELECT cardinality(parameter_types) FROM pg_prepared_statements "
            + "WHERE name = 'explained'";
    private static final Pattern READS = Pattern.compile("(?is)[(\\s]*(SELECT|WITH|VALUES|TABLE)\\b.*");
    private static final String CANCELLED = "57014";
    private static final String READ_ONLY = "25006";

    private final Database database;
    private final Semaphore free = new Semaphore(CONCURRENT_MAX);

    /** Of a database. */
    public Explainer(Database database) {
        this.database = database;
    }

    /**
     * Plans a statement, and says what stands out.
     *
     * @param sql one that reads; without ANALYZE it may have parameters such as {@code $1}
     * @param isRun whether it is run, so that the plan has what really happened
     * @param limit how long it may take
     * @throws InvalidInputException if it is not one statement that reads, is wrong, or takes too long
     * @throws UnavailableException if the database cannot be reached, or {@link #CONCURRENT_MAX} are being explained
     */
    public Explained explain(String sql, boolean isRun, Duration limit) {
        var statement = checked(sql, limit);
        if (!free.tryAcquire()) {
            throw new UnavailableException("explain-busy", CONCURRENT_MAX + " statements are being explained",
                    "try again when one has ended", null);
        }
        try {
            return explained(answer(statement, isRun, limit));
        } finally {
            free.release();
        }
    }

    private JsonNode answer(String statement, boolean isRun, Duration limit) {
        var answer = new AtomicReference<JsonNode>(JsonMapper.shared().createObjectNode());
        database.useOwnConnection(connection -> {
            try {
                answer.set(run(connection, statement, isRun, limit));
            } catch (SQLException e) {
                throw refused(e, limit).orElseThrow(() -> e);
            }
        });
        return answer.get();
    }

    private static String checked(String sql, Duration limit) {
        var statement = sql.strip().replaceFirst(";\\s*$", "");
        if (limit.isNegative() || limit.isZero() || limit.compareTo(LIMIT_MAX) > 0) {
            throw invalid("timeout", limit + " is out of range", "use up to " + LIMIT_MAX.toSeconds() + " s");
        }
        if (statement.length() > LENGTH_MAX) {
            throw invalid("sql", statement.length() + " characters are too many", "use up to " + LENGTH_MAX);
        }
        if (!READS.matcher(statement).matches()) {
            throw invalid("sql", "it does not read", "begin with SELECT, WITH, VALUES or TABLE");
        }
        if (statement.indexOf(';') >= 0) {
            throw invalid("sql", "there is a semicolon in it", "give one statement; within a string write chr(59)");
        }
        return statement;
    }

    private static InvalidInputException invalid(String field, String problem, String remedy) {
        return new InvalidInputException("statement-invalid", field, problem, remedy);
    }

    /**
     * Prepared by SQL, because the driver would take a question mark for a parameter of its own, and because the server then tells how
     * many parameters there are. The plan is the one for any values of them.
     */
    private static JsonNode run(Connection connection, String sql, boolean isRun, Duration limit) throws SQLException {
        connection.setAutoCommit(false); // closing the connection rolls back
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("SET TRANSACTION READ ONLY");
            statement.execute("SET LOCAL statement_timeout = " + limit.toMillis());
            statement.execute("SET LOCAL plan_cache_mode = force_generic_plan");
            statement.execute("PREPARE explained AS " + sql);
            int parameters = number(statement, PARAMETERS);
            if (isRun && parameters > 0) {
                throw invalid("sql", "it has parameters", "give values for them, or explain it without running it");
            }
            var values = parameters == 0 ? "" : "(" + String.join(", ", Collections.nCopies(parameters, "NULL")) + ")";
            try (var rows = statement.executeQuery("EXPLAIN (" + (isRun ? "ANALYZE, " : "") + "BUFFERS, FORMAT JSON) "
                    + "EXECUTE explained" + values)) {
                rows.next();
                return JsonMapper.shared().readTree(rows.getString(1)).path(0);
            }
        }
    }

    private static int number(Statement statement, String sql) throws SQLException {
        try (var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** What the statement is to blame for; absent if it was the connection. */
    private static Optional<InvalidInputException> refused(SQLException e, Duration limit) {
        var state = Optional.ofNullable(e.getSQLState()).orElse("");
        if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) {
            return Optional.empty();
        }
        return Optional.of(switch (state) {
            case CANCELLED -> invalid("sql", "it took longer than " + limit.toMillis() + " ms",
                    "give it more time, or explain it without running it");
            case READ_ONLY -> invalid("sql", "it writes", "explain statements that only read");
            default -> invalid("sql", String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    "correct the statement");
        });
    }

    private Explained explained(JsonNode answer) {
        var plan = PlanNode.of(answer.path("Plan"));
        return new Explained(plan.lines(), PlanReader.read(plan, liveRows(plan)), millis(answer, "Planning Time"),
                millis(answer, "Execution Time"), answer);
    }

    private Map<String, Long> liveRows(PlanNode plan) {
        var tables = new LinkedHashSet<String>();
        plan.forEach(node -> node.relation().ifPresent(tables::add));
        return database.withHandle(handle -> liveRows(handle, tables.toArray(String[]::new)));
    }

    private static Map<String, Long> liveRows(Handle handle, String[] names) {
        return handle.createQuery(InspectionSql.TABLE_ROWS).bind("names", names)
                .map((row, context) -> Map.entry(row.getString("name"), row.getLong("live_rows")))
                .stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Math::max));
    }

    private static Optional<Duration> millis(JsonNode answer, String name) {
        return answer.path(name).isNumber()
                ? Optional.of(Duration.ofNanos((long) (answer.path(name).asDouble() * 1e6)))
                : Optional.empty();
    }
}
