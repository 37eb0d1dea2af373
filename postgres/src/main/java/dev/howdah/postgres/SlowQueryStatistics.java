package dev.howdah.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Slow runs of the last day by statement, in spans of ten minutes. Of each span the first few hundred statements are told
 * apart; what comes beyond is counted together, so that memory is bounded and the totals stay right. Thread-safe.
 */
public final class SlowQueryStatistics {
    /** How far back it goes. */
    public static final Duration KEPT = Duration.ofDays(1);
    /** The id under which statements beyond {@link #STATEMENTS_MAX} are counted. */
    public static final String OTHERS = "others";
    /** Statements of a span that are told apart. */
    static final int STATEMENTS_MAX = 200;

    private static final Duration SPAN = Duration.ofMinutes(10);
    private static final int SPANS = (int) KEPT.dividedBy(SPAN);

    private final Span[] spans = new Span[SPANS];

    /**
     * All slow runs of a statement.
     *
     * @param id as in the log; {@link #OTHERS} for what was not told apart
     * @param count how many runs
     * @param total how long they took together
     * @param max the slowest
     * @param lastAt the newest
     */
    public record Sum(String id, String query, Statement statement, long count, Duration total, Duration max,
            Instant lastAt) {
        /** How long one took on average. */
        public Duration average() {
            return count == 0 ? Duration.ZERO : total.dividedBy(count);
        }

        private Sum plus(Sum other) {
            return new Sum(id, query, statement, count + other.count, total.plus(other.total),
                    max.compareTo(other.max) >= 0 ? max : other.max,
                    lastAt.isAfter(other.lastAt) ? lastAt : other.lastAt);
        }
    }

    /** Ten minutes, numbered from the epoch on. */
    private record Span(long number, Map<String, Sum> sums) {}

    SlowQueryStatistics() {}

    synchronized void add(SlowQueryLog.Entry entry) {
        long number = number(entry.executedAt());
        int slot = Math.floorMod(number, SPANS);
        var span = spans[slot];
        if (span == null || span.number != number) {
            span = new Span(number, new HashMap<>());
            spans[slot] = span;
        }
        boolean isTold = span.sums.containsKey(entry.id()) || span.sums.size() < STATEMENTS_MAX;
        var sum = new Sum(isTold ? entry.id() : OTHERS, isTold ? entry.query() : "",
                isTold ? entry.statement() : new Statement(StatementType.OTHER, Optional.empty()), 1,
                entry.duration(), entry.duration(), entry.executedAt());
        span.sums.merge(sum.id, sum, Sum::plus);
    }

    synchronized List<Sum> since(Instant since, Instant now) {
        long first = Math.max(number(since), number(now) - SPANS + 1);
        var sums = new HashMap<String, Sum>();
        for (var span : spans) {
            if (span != null && span.number >= first) {
                span.sums.values().forEach(sum -> sums.merge(sum.id, sum, Sum::plus));
            }
        }
        var sorted = new ArrayList<>(sums.values());
        sorted.sort(Comparator.comparing(Sum::total).reversed().thenComparing(Sum::id));
        return sorted;
    }

    private static long number(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), SPAN.toSeconds());
    }
}
