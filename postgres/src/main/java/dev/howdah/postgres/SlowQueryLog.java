package dev.howdah.postgres;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Statements that took too long, as this process saw them: the newest thousand are kept and written to the log, the same
 * statement at most once in five minutes unless it got worse; {@link #statistics} counts every run of a day. Values are
 * never kept, neither bound ones nor those in the text. Thread-safe.
 */
public final class SlowQueryLog {
    /** Entries that are kept. */
    public static final int ENTRIES_MAX = 1000;
    /** How long the same statement, no slower than before, is not kept again. */
    public static final Duration REPEAT_AFTER = Duration.ofMinutes(5);
    /** Characters of a statement that are kept. */
    public static final int QUERY_LENGTH_MAX = 2000;

    private static final Logger LOG = LoggerFactory.getLogger(SlowQueryLog.class);
    private static final int STATEMENTS_KNOWN_MAX = 1000;

    private final SlowQuerySettings settings;
    private final InstantSource clock;
    private final SlowQueryStatistics statistics;
    private final SlowQueryAlerts alerts = new SlowQueryAlerts();
    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Map<String, Entry> newest = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SlowQueryLog.Entry> eldest) {
            return size() > STATEMENTS_KNOWN_MAX;
        }
    };

    /** How slow. */
    public enum Severity {
        WARNING, CRITICAL, FATAL
    }

    /**
     * One slow run.
     *
     * @param id recognises the statement: 16 hexadecimal digits of its normalised text
     * @param query on one line, {@code ?} in place of values, at most {@link #QUERY_LENGTH_MAX} characters
     * @param normalized the same in upper case, by which runs of the same statement are recognised
     * @param statement what it does, and to which table
     * @param duration how long it took
     * @param severity how slow that is
     * @param caller the first method outside of the database's libraries, as {@code Class.method(File.java:12)}
     * @param rows how many it changed, if that is known
     * @param executedAt when it ended, by this process's clock
     */
    public record Entry(String id, String query, String normalized, Statement statement, Duration duration,
            Severity severity, Optional<String> caller, OptionalLong rows, Instant executedAt) {}

    SlowQueryLog(SlowQuerySettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.statistics = new SlowQueryStatistics();
    }

    /** Whether a run of so long is slow at all: what else is known of it need not be found out otherwise. */
    boolean isSlow(Duration duration) {
        return duration.compareTo(settings.warning()) >= 0;
    }

    void add(String sql, Duration duration, OptionalLong rows) {
        var text = StatementText.of(sql);
        var entry = new Entry(text.id(), shortened(text.query()), shortened(text.normalized()), text.statement(),
                duration, severity(duration), caller(), rows, clock.instant());
        statistics.add(entry);
        if (keep(entry)) {
            LOG.warn("Slow statement {} ({} ms, {}, table {}, from {}): {}", entry.id, duration.toMillis(),
                    entry.severity, entry.statement.table().orElse("-"), entry.caller.orElse("-"), entry.query);
            alerts.tell(entry);
        }
    }

    /** The newest, newest first. */
    public List<Entry> recent(int limit) {
        return recent(entry -> true, limit);
    }

    /** The newest of at least this severity, newest first. */
    public List<Entry> recent(Severity least, int limit) {
        return recent(entry -> entry.severity.compareTo(least) >= 0, limit);
    }

    /** The newest that were so slow exactly, newest first. */
    public List<Entry> bySeverity(Severity severity, int limit) {
        return recent(entry -> entry.severity == severity, limit);
    }

    /** The newest that match, newest first. */
    public synchronized List<Entry> recent(Predicate<Entry> filter, int limit) {
        return StreamSupport.stream(((Iterable<Entry>) entries::descendingIterator).spliterator(), false)
                .filter(filter).limit(Math.max(limit, 0)).toList();
    }

    /**
     * Slow runs by statement, the one that took most time in total first.
     *
     * @param since at most a day back; whole spans of ten minutes are counted
     */
    public List<SlowQueryStatistics.Sum> statistics(Instant since) {
        return statistics.since(since, clock.instant());
    }

    /**
     * Has a listener told of every entry that is kept, on a thread of its own: what it throws goes to the log, and while it
     * keeps others waiting too long, entries are left out.
     *
     * @return ends that
     */
    public Runnable onEntry(Consumer<Entry> listener) {
        return alerts.add(listener);
    }

    /** Whether the statement was not kept within the last minutes, or was not so slow then. */
    private synchronized boolean keep(Entry entry) {
        var last = newest.get(entry.id);
        if (last != null && last.executedAt.plus(REPEAT_AFTER).isAfter(entry.executedAt)
                && last.severity.compareTo(entry.severity) >= 0) {
            return false;
        }
        newest.put(entry.id, entry);
        if (entries.size() == ENTRIES_MAX) {
            entries.removeFirst();
        }
        entries.addLast(entry);
        return true;
    }

    private Severity severity(Duration duration) {
        return duration.compareTo(settings.fatal()) >= 0
                ? Severity.FATAL
                : duration.compareTo(settings.critical()) >= 0 ? Severity.CRITICAL : Severity.WARNING;
    }

    private static String shortened(String text) {
        return text.length() <= QUERY_LENGTH_MAX ? text : text.substring(0, QUERY_LENGTH_MAX);
    }

    /** Only asked for slow statements: a walk takes some microseconds. */
    private static Optional<String> caller() {
        return StackWalker.getInstance().walk(frames -> frames.filter(frame -> isCaller(frame.getClassName()))
                .findFirst().map(frame -> frame.toStackTraceElement().toString()));
    }

    private static boolean isCaller(String type) {
        return !type.startsWith("dev.howdah.postgres.") && !type.startsWith("org.jdbi.") && !type.startsWith("java.")
                && !type.startsWith("jdk.") && !type.startsWith("org.postgresql.")
                && !type.startsWith("com.zaxxer.");
    }
}
