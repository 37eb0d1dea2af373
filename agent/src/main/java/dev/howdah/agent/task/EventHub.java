package dev.howdah.agent.task;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Notifications.Subscription;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to whoever follows tasks in this process: those that this process stores at once, those of others by one
 * reader for all followers, which looks when it is woken and, since a wake-up may get lost, every few seconds. Tasks share a
 * thousand topics, so a wake-up names few tasks too many. With 64, what this process stored itself, and is woken for as
 * well, had it read about nearly all others under way, which cost a tenth of its time under load. Thread-safe.
 */
final class EventHub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventHub.class);
    private static final int BUCKETS = 1024;
    private static final List<String> TOPICS = IntStream.range(0, BUCKETS).mapToObj(i -> "agent-tasks-" + i).toList();
    private static final Set<Integer> ALL = IntStream.range(0, BUCKETS).boxed().collect(Collectors.toUnmodifiableSet());
    private static final Duration POLL = Duration.ofSeconds(5);
    /** Wake-ups that come together are looked at together. */
    private static final Duration GATHER = Duration.ofMillis(2);
    private static final int TASKS_MAX = 1000;
    private static final int EVENTS_MAX = 100;

    private final Database database;
    private final Map<UUID, Collection<Follower>> followers = new ConcurrentHashMap<>();
    private final Set<Integer> woken = ConcurrentHashMap.newKeySet();
    private final Semaphore look = new Semaphore(0);
    private final List<Subscription> subscriptions = new ArrayList<>();
    private @Nullable Thread reader;

    EventHub(Database database) {
        this.database = database;
    }

    Database database() {
        return database;
    }

    /** Tells those who follow here and wakes the other processes; to be called after the commit. */
    void stored(List<TaskEvent> events) {
        events.forEach(event -> followers.getOrDefault(event.taskId(), List.of()).forEach(each -> each.offer(event)));
        events.stream().map(event -> bucketOf(event.taskId())).distinct()
                .forEach(bucket -> database.notifications().wakeOthers(TOPICS.get(bucket)));
    }

    void add(Follower follower) {
        startOnce();
        followers.computeIfAbsent(follower.taskId(), key -> new CopyOnWriteArrayList<>()).add(follower);
    }

    void remove(Follower follower) {
        followers.computeIfPresent(follower.taskId(), (key, all) -> {
            all.remove(follower);
            return all.isEmpty() ? null : all;
        });
    }

    /** Streams that are open here. */
    int size() {
        return followers.values().stream().mapToInt(Collection::size).sum();
    }

    @Override
    public synchronized void close() {
        subscriptions.forEach(Subscription::close);
        if (reader != null) {
            reader.interrupt();
        }
        followers.values().forEach(all -> all.forEach(Follower::close));
    }

    /** By the random bits of the id: the first ones are the time. */
    private static int bucketOf(UUID task) {
        return (int) (task.getLeastSignificantBits() & (BUCKETS - 1));
    }

    private synchronized void startOnce() {
        if (reader == null) {
            for (int i = 0; i < BUCKETS; i++) {
                int bucket = i;
                subscriptions.add(database.notifications().subscribe(TOPICS.get(i), () -> {
                    woken.add(bucket);
                    look.release();
                }));
            }
            reader = Thread.ofVirtual().name("howdah-agent-events").start(this::run);
        }
    }

    private void run() {
        try {
            while (true) {
                boolean isWoken = look.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
                look.drainPermits();
                try {
                    look(isWoken ? takeWoken() : ALL);
                } catch (UnavailableException e) {
                    LOG.debug("Following tasks goes on when the database is back", e);
                } catch (RuntimeException e) { // one look that fails must not end all streams
                    LOG.warn("Events of tasks were not read; the next look is due soon", e);
                }
                Thread.sleep(GATHER);
            }
        } catch (InterruptedException e) {
            LOG.debug("No longer following tasks");
        }
    }

    private Set<Integer> takeWoken() {
        var taken = Set.copyOf(woken);
        woken.removeAll(taken);
        return taken;
    }

    /** Reads what is new of the tasks in these buckets. */
    private void look(Set<Integer> buckets) {
        var contexts = new HashMap<UUID, String>();
        var after = new HashMap<UUID, Long>();
        for (var entry : followers.entrySet()) {
            if (buckets.contains(bucketOf(entry.getKey()))) {
                entry.getValue().stream().filter(Follower::isWaiting).forEach(follower -> {
                    contexts.put(entry.getKey(), follower.contextId());
                    after.merge(entry.getKey(), follower.known(), Math::min);
                });
            }
            if (after.size() >= TASKS_MAX) {
                read(contexts, after);
                contexts.clear();
                after.clear();
            }
        }
        if (!after.isEmpty()) {
            read(contexts, after);
        }
    }

    private void read(Map<UUID, String> contexts, Map<UUID, Long> after) {
        var events = database.withHandle(handle -> TaskReader.events(handle, contexts, after, EVENTS_MAX));
        events.forEach(event -> followers.getOrDefault(event.taskId(), List.of()).forEach(each -> each.offer(event)));
    }
}
