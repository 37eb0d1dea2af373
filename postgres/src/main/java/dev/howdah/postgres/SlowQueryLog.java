package dev.howdah.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Statements that took too long: kept in a ring of the newest thousand and written to the log, each statement at most
 * once in five minutes. Values are never kept, only the statement's text with placeholders.
 */
public final class SlowQueryLog {
    private static final Logger LOG = LoggerFactory.getLogger(SlowQueryLog.class);
    private static final int ENTRIES_MAX = 1000;
    private static final int STATEMENTS_KNOWN_MAX = 1000;
    private static final Duration REPEAT_AFTER = Duration.ofMinutes(5);
    private static final int CRITICAL_FACTOR = 5;
    private static final int FATAL_FACTOR = 20;

    private final Duration threshold;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Map<String, Instant> logged = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > STATEMENTS_KNOWN_MAX;
        }
    };

    /** How slow: from the threshold, five and twenty times as long (100, 500 and 2,000 ms by default). */
    public enum Severity {
        WARNING, CRITICAL, FATAL
    }

    /**
     * One slow run.
     *
     * @param statement without values, at most 2,000 characters
     * @param type what it does
     * @param time how long it took
     * @param severity how slow that is
     * @param executedAt when it ended
     */
    public record Entry(String statement, StatementType type, Duration time, Severity severity, Instant executedAt) {}

    SlowQueryLog(Duration threshold) {
        this.threshold = threshold;
    }

    void offer(String sql, StatementType type, Duration time) {
        if (time.compareTo(threshold) < 0) {
            return;
        }
        var entry = new Entry(StatementText.normalize(sql), type, time, severity(time), Instant.now());
        if (add(entry)) {
            LOG.warn("Slow statement ({} ms, {}): {}", time.toMillis(), entry.severity, entry.statement);
        }
    }

    synchronized List<Entry> recent(int limit) {
        var newest = new ArrayList<Entry>();
        var iterator = entries.descendingIterator();
        while (iterator.hasNext() && newest.size() < limit) {
            newest.add(iterator.next());
        }
        return newest;
    }

    /** Whether the entry should be logged: its statement was not within the last minutes. */
    private synchronized boolean add(Entry entry) {
        if (entries.size() == ENTRIES_MAX) {
            entries.removeFirst();
        }
        entries.addLast(entry);
        var last = logged.get(entry.statement);
        if (last != null && last.plus(REPEAT_AFTER).isAfter(entry.executedAt)) {
            return false;
        }
        logged.put(entry.statement, entry.executedAt);
        return true;
    }

    private Severity severity(Duration time) {
        return time.compareTo(threshold.multipliedBy(FATAL_FACTOR)) >= 0
                ? Severity.FATAL
                : time.compareTo(threshold.multipliedBy(CRITICAL_FACTOR)) >= 0 ? Severity.CRITICAL : Severity.WARNING;
    }
}
