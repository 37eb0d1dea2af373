package dev.howdah.queue;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * What holds for each queue, as it was a moment ago: read again after a wake-up and every few seconds. Only a hint for
 * which way to go; where a rule must hold exactly, such as a limit, the statement checks the row. Thread-safe.
 */
final class QueueRules {
    /** The wake-up for changed queues. */
    static final String TOPIC = "queues";

    static final String READ = """
        SELECT name, draining_at, sync_commit, fair,
               concurrency IS NOT NULL OR rate IS NOT NULL OR partition_concurrency IS NOT NULL
               OR partition_rate IS NOT NULL AS limited, paused_at IS NOT NULL AS paused
          FROM queues
         WHERE draining_at IS NOT NULL OR NOT sync_commit OR fair OR concurrency IS NOT NULL OR rate IS NOT NULL
            OR partition_concurrency IS NOT NULL OR partition_rate IS NOT NULL
        """;

    private static final Duration AGE_MAX = Duration.ofSeconds(5);
    /** Where changes are told by wake-ups. */
    private static final Duration AGE_MAX_LISTENING = Duration.ofSeconds(30);
    private static final Rule NONE = new Rule(Optional.empty(), true, false, false, false);

    private final Database database;
    private final AtomicBoolean listens = new AtomicBoolean();
    private final AtomicBoolean stale = new AtomicBoolean(true);
    private volatile Map<String, Rule> rules = Map.of();
    private volatile long readAt = System.nanoTime();

    QueueRules(Database database) {
        this.database = database;
    }

    /**
     * What is special about a queue.
     *
     * @param drainingAt since when it takes no new tasks
     * @param syncCommit whether enqueueing waits for the disk
     * @param fair whether its partitions take turns
     * @param limited whether claims have to count
     * @param paused whether nothing is claimed
     */
    record Rule(Optional<Instant> drainingAt, boolean syncCommit, boolean fair, boolean limited, boolean paused) {}

    Rule of(String queue) {
        return current().getOrDefault(queue, NONE);
    }

    boolean anyLimited() {
        return current().values().stream().anyMatch(Rule::limited);
    }

    /** How many queues a claim has to lock. */
    long limitedCount() {
        return current().values().stream().filter(rule -> rule.limited && !rule.paused).count();
    }

    boolean anyFair() {
        return current().values().stream().anyMatch(Rule::fair);
    }

    /** From now on what is asked is read again. */
    void refresh() {
        stale.set(true);
    }

    private Map<String, Rule> current() {
        if (!listens.get() && listens.compareAndSet(false, true)) {
            database.notifications().subscribe(TOPIC, this::refresh);
        }
        if ((stale.get() && stale.compareAndSet(true, false)) || System.nanoTime() - readAt > ageMax().toNanos()) {
            readAt = System.nanoTime();
            try {
                rules = read();
            } catch (UnavailableException e) {
                stale.set(true); // the statement that follows says so
                throw e;
            }
        }
        return rules;
    }

    private Duration ageMax() {
        return database.notifications().isListening() ? AGE_MAX_LISTENING : AGE_MAX;
    }

    private Map<String, Rule> read() {
        return database.withHandle(handle -> handle.createQuery(READ).map((row, context) -> Map.entry(
                row.getString("name"), new Rule(Optional.ofNullable(row.getObject("draining_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant), row.getBoolean("sync_commit"), row.getBoolean("fair"),
                        row.getBoolean("limited"), row.getBoolean("paused"))))
                .list()).stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
