package dev.howdah.queue.redis;

import dev.howdah.postgres.Notifications.Subscription;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Listens for the scripts' word that there may be something to claim; one connection for all subscribers, opened with the
 * first. It only says "look": after a reconnect every subscriber is called, since words may have been missed, and all of
 * them poll as well. Thread-safe.
 */
final class WakeUps implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WakeUps.class);
    private static final Duration RECONNECT_FIRST = Duration.ofMillis(100);
    private static final Duration RECONNECT_MAX = Duration.ofSeconds(5);

    private final RedisServer server;
    private final String channel;
    private final Collection<Runnable> subscribers = new CopyOnWriteArrayList<>();
    private volatile boolean closed;
    private volatile boolean listening;
    private @Nullable Thread thread;
    private volatile @Nullable Jedis connection;

    WakeUps(RedisServer server, String channel) {
        this.server = server;
        this.channel = channel;
    }

    Subscription subscribe(Runnable look) {
        subscribers.add(look);
        startOnce();
        return () -> subscribers.remove(look);
    }

    /** Whether words arrive now; polling works either way. */
    boolean isListening() {
        return listening;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
        var open = connection;
        if (open != null) {
            open.close(); // ends the read that the thread waits in
        }
    }

    private synchronized void startOnce() {
        if (thread == null && !closed) {
            thread = Thread.ofPlatform().daemon().name("howdah-redis-listen").start(this::listenLoop);
        }
    }

    private void listenLoop() {
        var pause = RECONNECT_FIRST;
        while (!closed) {
            boolean wasListening = false;
            try (var redis = server.connection()) {
                connection = redis;
                if (!closed) {
                    redis.subscribe(new Listener(), channel);
                }
            } catch (JedisException e) {
                wasListening = listening;
                if (wasListening && !closed) {
                    LOG.warn("Wake-ups are lost until Redis at {} is back; polling goes on: {}", server.address(),
                            e.getMessage());
                }
            }
            listening = false;
            pause = wasListening ? RECONNECT_FIRST : longer(pause);
            if (!closed && !sleep(pause)) {
                return;
            }
        }
    }

    private static Duration longer(Duration pause) {
        var doubled = pause.multipliedBy(2);
        return doubled.compareTo(RECONNECT_MAX) < 0 ? doubled : RECONNECT_MAX;
    }

    private static boolean sleep(Duration time) {
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private final class Listener extends JedisPubSub {
        @Override
        public void onSubscribe(String name, int count) {
            listening = true;
            subscribers.forEach(Runnable::run);
        }

        @Override
        public void onMessage(String name, String message) {
            subscribers.forEach(Runnable::run);
        }
    }
}
