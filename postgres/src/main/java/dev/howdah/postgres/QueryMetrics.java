package dev.howdah.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Counts statements, errors and time by type, over the life of the process and over the last five minutes, and feeds the
 * slow-query log. Unhealthy means that at least 5 % of the last five minutes' statements failed, once there were enough
 * of them to judge. Parameters are never kept. Thread-safe.
 */
public final class QueryMetrics implements SqlLogger {
    private static final double ERROR_RATE_UNHEALTHY = 0.05;
    private static final int STATEMENTS_TO_JUDGE = 20;
    private static final int WINDOW_MINUTES = 5;
    private static final int STATEMENTS_KNOWN_MAX = 2000;

    private final Map<StatementType, Totals> totals = new EnumMap<>(StatementType.class);
    private final Minute[] window = new Minute[WINDOW_MINUTES];
    private final Map<String, StatementType> types = new ConcurrentHashMap<>();
    private final SlowQueryLog slowQueries;

    /**
     * Statements of one type.
     *
     * @param statements that were run
     * @param errors how many of them failed
     * @param time their time together
     */
    public record Count(long statements, long errors, Duration time) {
        public Duration averageTime() {
            return statements == 0 ? Duration.ZERO : time.dividedBy(statements);
        }

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

    private record Minute(long number, LongAdder statements, LongAdder errors) {}

    QueryMetrics(Duration slowQuery) {
        for (var type : StatementType.values()) {
            totals.put(type, new Totals());
        }
        Arrays.fill(window, new Minute(-1, new LongAdder(), new LongAdder()));
        this.slowQueries = new SlowQueryLog(slowQuery);
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

    /** Whether less than 5 % of the last minutes' statements failed. Few or no statements are healthy. */
    public boolean isHealthy() {
        long oldest = minuteNow() - WINDOW_MINUTES;
        long statements = 0;
        long errors = 0;
        synchronized (window) {
            for (var minute : window) {
                if (minute.number > oldest) {
                    statements += minute.statements.sum();
                    errors += minute.errors.sum();
                }
            }
        }
        return statements < STATEMENTS_TO_JUDGE || (double) errors / statements < ERROR_RATE_UNHEALTHY;
    }

    /** The newest slow statements, newest first. */
    public List<SlowQueryLog.Entry> slowQueries(int limit) {
        return slowQueries.recent(limit);
    }

    /** Notes one run of a statement; for code that works on a JDBC connection directly. */
    public void record(String sql, Duration time, boolean failed) {
        var type = typeOf(sql);
        var sum = totals.get(type);
        var minute = minute();
        if (sum == null) {
            return;
        }
        sum.statements.increment();
        sum.nanos.add(time.toNanos());
        minute.statements.increment();
        if (failed) {
            sum.errors.increment();
            minute.errors.increment();
        }
        slowQueries.offer(sql, type, time);
    }

    @Override
    public void logAfterExecution(StatementContext context) {
        record(context.getRawSql(), elapsed(context), false);
    }

    @Override
    public void logException(StatementContext context, SQLException ex) {
        record(context.getRawSql(), elapsed(context), true);
    }

    private static Duration elapsed(StatementContext context) {
        return context.getExecutionMoment() == null
                ? Duration.ZERO
                : Duration.ofNanos(context.getElapsedTime(java.time.temporal.ChronoUnit.NANOS));
    }

    private StatementType typeOf(String sql) {
        var known = types.get(sql);
        if (known != null) {
            return known;
        }
        var type = StatementText.type(sql);
        if (types.size() < STATEMENTS_KNOWN_MAX) {
            types.put(sql, type);
        }
        return type;
    }

    private Minute minute() {
        long now = minuteNow();
        int slot = (int) (now % WINDOW_MINUTES);
        synchronized (window) {
            if (window[slot].number != now) {
                window[slot] = new Minute(now, new LongAdder(), new LongAdder());
            }
            return window[slot];
        }
    }

    private static long minuteNow() {
        return System.nanoTime() / Duration.ofMinutes(1).toNanos();
    }
}
