package dev.howdah.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.ConnectionException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The LISTEN hub: wake-ups by topic, within this process at once and between processes by NOTIFY. A wake-up only says
 * "look": it may come late, twice or not at all (a lost connection, PgBouncer), so every subscriber polls as well.
 *
 * <p>One connection listens for all subscribers, on one channel per schema; it never opens a transaction, so it cannot
 * pin the server's notification queue. After a reconnect every subscriber is woken, since wake-ups may have been missed.
 * Sending is coalesced: one statement for all topics that came up while the last one was under way, never within the
 * caller's transaction, because NOTIFY takes a lock over all commits of the server; and without waiting for the disk, since
 * a wake-up may get lost. Thread-safe.
 */
public final class Notifications implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);
    private static final int TOPIC_LENGTH_MAX = 200;
    private static final int WAIT_MILLIS = 500;
    private static final Duration GATHER = Duration.ofMillis(5);
    /** While they keep coming: as often as a worker that has found something looks by itself. */
    private static final Duration GATHER_BUSY = Duration.ofMillis(10);
    private static final Duration RECONNECT_MAX = Duration.ofSeconds(5);
    private static final String NOTIFY = """
        SELECT pg_notify(?, topic), set_config('synchronous_commit', 'off', true)
          FROM unnest(?::text[]) AS topic
        """;

    private final Database database;
    private final String channel;
    private final Map<String, Collection<Runnable>> subscribers = new ConcurrentHashMap<>();
    private final Set<String> pending = ConcurrentHashMap.newKeySet();
    private final Semaphore toSend = new Semaphore(0);
    private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final AtomicLong sentAt = new AtomicLong(System.nanoTime() - GATHER.toNanos());
    private volatile boolean closed;
    private volatile boolean listening;

    Notifications(Database database) {
        this.database = database;
        this.channel = "howdah_" + database.settings().schema();
    }

    /** What ends a subscription. */
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Runs the action on every wake-up of the topic. It must be quick and must not throw; usually it releases a
     * semaphore.
     */
    public Subscription subscribe(String topic, Runnable action) {
        subscribers.computeIfAbsent(check(topic), key -> new CopyOnWriteArrayList<>()).add(action);
        startOnce();
        return () -> subscribers.getOrDefault(topic, List.of()).remove(action);
    }

    /**
     * Wakes the subscribers of the topic here and in other processes. Returns at once; call it after the commit
     * ({@link Transaction#afterCommit}).
     */
    public void wake(String topic) {
        deliver(check(topic));
        wakeOthers(topic);
    }

    /**
     * Wakes the subscribers of the topic in other processes, for a caller that has told those here already. The wake-up comes
     * round to this process as well.
     */
    public void wakeOthers(String topic) {
        check(topic);
        if (database.settings().listen() && !closed && pending.add(topic)) {
            startOnce();
            toSend.release();
        }
    }

    /**
     * The channel, for a caller that notifies others with its own statement, {@code pg_notify(channel, topic)}, which saves
     * them a round trip and a commit. Empty if others were woken a moment ago or nobody is to be: then {@link #wake} is the
     * way, so that a busy process does not hold the lock over all commits again and again.
     */
    public Optional<String> channelIfQuiet() {
        long now = System.nanoTime();
        long last = sentAt.get();
        return database.settings().listen() && !closed && pending.isEmpty() && now - last > GATHER.toNanos()
                && sentAt.compareAndSet(last, now) ? Optional.of(channel) : Optional.empty();
    }

    /** Wakes the subscribers of the topic in this process only. */
    public void wakeHere(String topic) {
        deliver(check(topic));
    }

    /** Whether wake-ups of other processes arrive now; polling works either way. */
    public boolean isListening() {
        return listening;
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }

    private static String check(String topic) {
        if (topic.isEmpty() || topic.length() > TOPIC_LENGTH_MAX) {
            throw new IllegalArgumentException("topic must have 1 to " + TOPIC_LENGTH_MAX + " characters");
        }
        return topic;
    }

    private void deliver(String topic) {
        subscribers.getOrDefault(topic, List.of()).forEach(Runnable::run);
    }

    private synchronized void startOnce() {
        if (database.settings().listen() && threads.isEmpty() && !closed) {
            // Platform thread: the driver's blocking read under its lock would pin a carrier for long.
            threads.add(Thread.ofPlatform().daemon().name("howdah-listen").start(this::listenLoop));
            threads.add(Thread.ofVirtual().name("howdah-notify").start(this::sendLoop));
        }
    }

    private void sendLoop() {
        var gather = GATHER;
        while (!closed) {
            try {
                toSend.acquire();
                toSend.drainPermits();
                var topics = List.copyOf(pending);
                pending.removeAll(topics);
                if (!topics.isEmpty()) {
                    sentAt.set(System.nanoTime());
                    send(topics);
                    // The first wake-up goes at once, those right behind it together.
                    Thread.sleep(gather);
                    gather = pending.isEmpty() ? GATHER : GATHER_BUSY;
                }
            } catch (InterruptedException e) {
                return; // closed
            }
        }
    }

    private void send(List<String> topics) {
        try {
            database.withHandle(handle -> {
                send(handle.getConnection(), topics);
                return topics;
            });
        } catch (RuntimeException e) {
            if (!closed) {
                LOG.warn("Wake-ups were not sent; others find the work by polling: {}", e.getMessage());
            }
        }
    }

    /** Without Jdbi, which made it cost a busy process several times as much. */
    private void send(Connection connection, List<String> topics) {
        long begin = System.nanoTime();
        boolean failed = true;
        try (var statement = connection.prepareStatement(NOTIFY)) {
            statement.setString(1, channel);
            statement.setArray(2, connection.createArrayOf("text", topics.toArray()));
            statement.execute();
            failed = false;
        } catch (SQLException e) {
            throw new ConnectionException(e); // translated with those of the other statements
        } finally {
            database.metrics().record(NOTIFY, Duration.ofNanos(System.nanoTime() - begin), failed);
        }
    }

    private void listenLoop() {
        var pause = Duration.ofMillis(100);
        boolean first = true;
        while (!closed) {
            try (var connection = database.connectToListen(); var statement = connection.createStatement()) {
                statement.execute("LISTEN \"" + channel + "\"");
                listening = true;
                if (!first) {
                    LOG.info("Listening for wake-ups again");
                    subscribers.keySet().forEach(this::deliver);
                }
                first = false;
                pause = Duration.ofMillis(100);
                receive(connection);
            } catch (SQLException e) {
                if (closed) {
                    return;
                }
                if (listening || first) {
                    LOG.warn("Wake-ups are lost until the connection is back; polling goes on: {}", e.getMessage());
                }
                first = false;
                listening = false;
                if (!sleep(pause)) {
                    return;
                }
                pause = pause.multipliedBy(2).compareTo(RECONNECT_MAX) < 0 ? pause.multipliedBy(2) : RECONNECT_MAX;
            }
        }
    }

    private void receive(Connection connection) throws SQLException {
        var postgres = connection.unwrap(PGConnection.class);
        while (!closed) {
            var received = postgres.getNotifications(WAIT_MILLIS);
            for (var topic : distinctTopics(received)) {
                deliver(topic);
            }
        }
    }

    private static Set<String> distinctTopics(org.postgresql.@Nullable PGNotification @Nullable [] received) {
        var topics = new java.util.HashSet<String>();
        if (received != null) {
            for (var notification : received) {
                if (notification != null) {
                    topics.add(notification.getParameter());
                }
            }
        }
        return topics;
    }

    private static boolean sleep(Duration time) {
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
