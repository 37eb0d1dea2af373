package dev.howdah.postgres;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
import java.util.function.Supplier;
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
    /** Bytes of topic and message together; PostgreSQL takes just under 8,000. */
    private static final int PAYLOAD_MAX = 7_900;
    private static final int UNSENT_MAX = 1_000;
    /** Ends the topic of a message; no topic has it. */
    private static final char SEPARATOR = '\n';
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
    private final Map<String, Collection<Listener>> listeners = new ConcurrentHashMap<>();
    private final Set<String> pending = ConcurrentHashMap.newKeySet();
    private final Map<String, Supplier<List<String>>> messages = new ConcurrentHashMap<>();
    /** Messages that could not be sent; only the thread that sends touches them. */
    private final ArrayDeque<String> unsent = new ArrayDeque<>();
    private final Semaphore toSend = new Semaphore(0);
    private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final AtomicLong sentAt = new AtomicLong(System.nanoTime() - GATHER.toNanos());
    private volatile boolean closed;
    private volatile boolean listening;

    Notifications(Database database) {
        this.database = database;
        this.channel = "howdah_" + database.settings().schema();
    }

    /** Takes messages of other processes; called by the one thread that listens. Methods must be quick and must not throw. */
    public interface Listener {
        /** A message came. Those of this process come round, too. */
        void message(String text);

        /** Messages arrive from now on; earlier ones may have been missed. {@link #isListening} is not true yet. */
        void listening();
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

    /** Hands messages of the topic over. While {@link #isListening} is false, some may be missed. */
    public Subscription subscribe(String topic, Listener listener) {
        listeners.computeIfAbsent(check(topic), key -> new CopyOnWriteArrayList<>()).add(listener);
        startOnce();
        return () -> listeners.getOrDefault(topic, List.of()).remove(listener);
    }

    /**
     * Sends messages to those who listen to the topic, soon and together with what else there is then. Returns at once. A message
     * may get lost only with this process or with a database that stays away.
     *
     * @param texts asked when it is time to send, so that what comes up until then can be put together; each so long that topic
     *        and text have at most 7,900 bytes
     */
    public void send(String topic, Supplier<List<String>> texts) {
        check(topic);
        if (database.settings().listen() && !closed && messages.putIfAbsent(topic, texts) == null) {
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
        if (topic.isEmpty() || topic.length() > TOPIC_LENGTH_MAX || topic.indexOf(SEPARATOR) >= 0) {
            throw new IllegalArgumentException(
                    "topic must have 1 to " + TOPIC_LENGTH_MAX + " characters, no line feed");
        }
        return topic;
    }

    private void deliver(String payload) {
        int end = payload.indexOf(SEPARATOR);
        if (end >= 0) {
            var text = payload.substring(end + 1);
            listeners.getOrDefault(payload.substring(0, end), List.of()).forEach(one -> one.message(text));
            return;
        }
        deliverWakeUp(payload);
    }

    private void deliverWakeUp(String topic) {
        subscribers.getOrDefault(topic, List.of()).forEach(Runnable::run);
    }

    private synchronized void startOnce() {
        if (database.settings().listen() && threads.isEmpty() && !closed) {
            // Platform thread: the driver's blocking read under its lock would pin a carrier for long.
            threads.add(Thread.ofPlatform().daemon().name("howdah-listen").start(this::listenLoop));
            threads.add(Thread.ofPlatform().daemon().name("howdah-notify").start(this::sendLoop));
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
                var payloads = new ArrayList<>(topics);
                payloads.addAll(takeMessages());
                if (!payloads.isEmpty()) {
                    sentAt.set(System.nanoTime());
                    boolean sent = send(payloads);
                    // The first wake-up goes at once, those right behind it together.
                    Thread.sleep(gather);
                    gather = pending.isEmpty() && messages.isEmpty() ? GATHER : GATHER_BUSY;
                    if (!sent && keepMessages(payloads)) {
                        toSend.release();
                    }
                }
            } catch (InterruptedException e) {
                return; // closed
            }
        }
    }

    private List<String> takeMessages() {
        var taken = new ArrayList<>(unsent);
        unsent.clear();
        for (var topic : List.copyOf(messages.keySet())) {
            var source = messages.remove(topic); // before it is asked: what comes up meanwhile is sent next time
            if (source != null) {
                source.get().stream().map(text -> topic + SEPARATOR + text).filter(Notifications::isShortEnough)
                        .forEach(taken::add);
            }
        }
        return taken;
    }

    /** One that is not would fail all that are sent with it, for ever. */
    private static boolean isShortEnough(String payload) {
        int length = payload.getBytes(StandardCharsets.UTF_8).length;
        if (length > PAYLOAD_MAX) {
            LOG.error("A message with {} bytes is not sent; {} are the most", length, PAYLOAD_MAX);
        }
        return length <= PAYLOAD_MAX;
    }

    /** A wake-up is found by polling, a message is not. */
    private boolean keepMessages(List<String> payloads) {
        payloads.stream().filter(payload -> payload.indexOf(SEPARATOR) >= 0).limit(UNSENT_MAX).forEach(unsent::add);
        return !unsent.isEmpty();
    }

    private boolean send(List<String> topics) {
        try {
            return database.withHandle(handle -> {
                send(handle.getConnection(), topics);
                return true;
            });
        } catch (RuntimeException e) {
            if (!closed) {
                LOG.warn("Wake-ups were not sent; others find the work by polling: {}", e.getMessage());
            }
            return false;
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
                listeners.values().forEach(all -> all.forEach(Listener::listening));
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
            for (var payload : distinctPayloads(received)) {
                deliver(payload);
            }
        }
    }

    private static Set<String> distinctPayloads(org.postgresql.@Nullable PGNotification @Nullable [] received) {
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
