package dev.howdah.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts statements, errors and time by type, over the life of the process and over the last 1, 5 or 15 minutes, and feeds
 * the slow-query log. Unhealthy means that at least 5 % of the last five minutes' statements failed, once there were enough
 * of them to judge. Parameters are never kept. Thread-safe.
 */
public final class QueryMetrics implements SqlLogger {
    /**
     * Jdbi's attribute of a statement with several parts that write, of which the last answers rows: true says that it has changed
     * nothing if it answers none.
     */
    public static final String NO_ROWS_NO_CHANGE = "no-rows-no-change";

    private static final Logger LOG = LoggerFactory.getLogger(QueryMetrics.class);
    private static final double ERROR_RATE_UNHEALTHY = 0.05;
    private static final int STATEMENTS_TO_JUDGE = 20;
    private static final Duration JUDGED = Duration.ofMinutes(5);
    private static final int STATEMENTS_KNOWN_MAX = 2000;
    private static final int LISTENERS_MAX = 16;

    private final Map<StatementType, Totals> totals = new EnumMap<>(StatementType.class);
    private final QueryWindow window = new QueryWindow(System.nanoTime());
    private final Map<String, Statement> known = new ConcurrentHashMap<>();
    private final List<StatementListener> listeners = new CopyOnWriteArrayList<>();
    private final SlowQueryLog slowQueries;

    /**
     * Statements of one type, or of a time.
     *
     * @param statements that were run
     * @param errors how many of them failed
     * @param time their time together
     */
    public record Count(long statements, long errors, Duration time) {
        /** How long one took on average. */
        public Duration averageTime() {
            return statements == 0 ? Duration.ZERO : time.dividedBy(statements);
        }

        /** Errors among statements, 0 to 1; 0 without any. */
        public double errorRate() {
            return statements == 0 ? 0 : (double) errors / statements;
        }
    }

    private record Totals(LongAdder statements, LongAdder errors, LongAdder nanos) {
        Totals() {
            this(new LongAdder(), new LongAdder(), new LongAdder());
        }

        Count count() {
            return new Count(statements.sum(), errors.sum(), Duration.ofNanos(nanos.sum()));
        }
    }

    QueryMetrics(SlowQuerySettings slow) {
        for (var type : StatementType.values()) {
            totals.put(type, new Totals());
        }
        this.slowQueries = new SlowQueryLog(slow, InstantSource.system());
    }

    /** One type, since the process started. */
    public Count of(StatementType type) {
        return byType().getOrDefault(type, new Count(0, 0, Duration.ZERO));
    }

    /** By type, since the process started. */
    public Map<StatementType, Count> byType() {
        var counts = new EnumMap<StatementType, Count>(StatementType.class);
        totals.forEach((type, sum) -> counts.put(type, sum.count()));
        return counts;
    }

    /** All types together, since the process started. */
    public Count total() {
        return byType().values().stream().reduce(new Count(0, 0, Duration.ZERO), (a, b) -> new Count(
                a.statements + b.statements, a.errors + b.errors, a.time.plus(b.time)));
    }

    /** The last so long, up to a quarter of an hour, in steps of ten seconds. */
    public Count last(Duration length) {
        return window.sum(System.nanoTime(), length);
    }

    /** Whether less than 5 % of the last minutes' statements failed. Few or no statements are healthy. */
    public boolean isHealthy() {
        var judged = last(JUDGED);
        return judged.statements < STATEMENTS_TO_JUDGE || judged.errorRate() < ERROR_RATE_UNHEALTHY;
    }

    /** Statements that took too long. */
    public SlowQueryLog slowQueries() {
        return slowQueries;
    }

    /**
     * Has a listener told of every statement from now on; at most 16.
     *
     * @return ends that
     */
    public Runnable listen(StatementListener listener) {
        if (listeners.size() >= LISTENERS_MAX) {
            throw new IllegalStateException("more than " + LISTENERS_MAX + " listen to statements; end those before");
        }
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Notes one run of a statement; for code that works on a JDBC connection directly. */
    public void record(String sql, Duration time, boolean failed) {
        record(sql, time, failed, OptionalLong.empty());
    }

    /**
     * The same for a statement of which it is known how many rows it changed or answered.
     *
     * @param rows kept if the statement was slow; 0 of one that writes says that nothing was changed
     */
    public void record(String sql, Duration time, boolean failed, OptionalLong rows) {
        var statement = statementOf(sql);
        count(statement.type(), time, failed);
        if (slowQueries.isSlow(time)) {
            slowQueries.add(sql, time, rows);
        }
        for (var listener : listeners) {
            tell(listener, statement, time, rows, failed);
        }
    }

    private void count(StatementType type, Duration time, boolean failed) {
        long nanos = time.toNanos();
        var sum = totals.get(type);
        if (sum != null) {
            sum.statements.increment();
            sum.nanos.add(nanos);
            if (failed) {
                sum.errors.increment();
            }
        }
        window.add(System.nanoTime(), nanos, failed);
    }

    private static void tell(StatementListener listener, Statement statement, Duration time, OptionalLong rows,
            boolean failed) {
        try {
            listener.ran(statement, time, rows, failed);
        } catch (RuntimeException e) {
            LOG.warn("A listener of statements failed", e); // the statement itself is done, and its caller must hear so
        }
    }

    @Override
    public void logAfterExecution(StatementContext context) {
        var time = elapsed(context);
        var sql = context.getRawSql();
        // The last part's count says nothing of what others wrote.
        boolean isWhole = statementOf(sql).written().size() == 1 || context.getAttribute(NO_ROWS_NO_CHANGE) != null;
        var rows = isWhole || slowQueries.isSlow(time) ? changed(context) : OptionalLong.empty();
        record(sql, time, false, isWhole || rows.orElse(0) > 0 ? rows : OptionalLong.empty());
    }

    @Override
    public void logException(StatementContext context, SQLException ex) {
        record(context.getRawSql(), elapsed(context), true);
    }

    /** Rows that were changed; those of a query are not known before they are read, except that there are none. */
    private static OptionalLong changed(StatementContext context) {
        try {
            var statement = context.getStatement();
            if (statement == null) {
                return OptionalLong.empty();
            }
            long rows = statement.getLargeUpdateCount();
            if (rows >= 0) {
                return OptionalLong.of(rows);
            }
            boolean isNone = context.getAttribute(NO_ROWS_NO_CHANGE) != null
                    && !statement.getResultSet().isBeforeFirst();
            return isNone ? OptionalLong.of(0) : OptionalLong.empty();
        } catch (SQLException e) {
            LOG.debug("How many rows a statement changed is not known", e);
            return OptionalLong.empty();
        }
    }

    private static Duration elapsed(StatementContext context) {
        return context.getExecutionMoment() == null
                ? Duration.ZERO
                : Duration.ofNanos(context.getElapsedTime(ChronoUnit.NANOS));
    }

    private Statement statementOf(String sql) {
        var statement = known.get(sql);
        if (statement == null) {
            statement = Statement.of(sql);
            if (known.size() >= STATEMENTS_KNOWN_MAX) {
                known.clear(); // those that are run often are back at once
            }
            known.put(sql, statement);
        }
        return statement;
    }
}
