package dev.howdah.sessions;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When sessions were read, written a moment later and many at once: a request does not wait for it. A process that is killed
 * loses the last half second of it, which makes a session end earlier by the touch interval at most. Thread-safe.
 */
final class Touches {
    private static final Logger LOG = LoggerFactory.getLogger(Touches.class);
    private static final Duration DELAY = Duration.ofMillis(500);
    /** Noted ones; beyond it new ones are left out, and noted when their sessions are read again. */
    private static final int PENDING_MAX = 100_000;
    private static final int BATCH = 1000;

    private final Database database;
    private Map<UUID, Instant> pending = new HashMap<>();
    private boolean scheduled;

    Touches(Database database) {
        this.database = database;
    }

    synchronized void note(UUID handle, Instant readAt) {
        if (pending.size() >= PENDING_MAX && !pending.containsKey(handle)) {
            return;
        }
        pending.merge(handle, readAt, (one, other) -> one.isAfter(other) ? one : other);
        if (!scheduled) {
            scheduled = true;
            Thread.ofVirtual().name("howdah-session-touches").start(this::writeSoon);
        }
    }

    private void writeSoon() {
        try {
            Thread.sleep(DELAY);
        } catch (InterruptedException e) {
            LOG.debug("Written at once", e);
        }
        flush();
    }

    /** Writes what was noted. What cannot be written is noted again by the next reader. */
    void flush() {
        var writing = take();
        var batch = new HashMap<UUID, Instant>();
        try {
            for (var touch : writing.entrySet()) {
                batch.put(touch.getKey(), touch.getValue());
                if (batch.size() == BATCH) {
                    write(batch);
                    batch.clear();
                }
            }
            write(batch);
        } catch (RuntimeException e) {
            LOG.warn("The last access of {} sessions could not be written; it is when they are used again",
                    writing.size());
            LOG.debug("Writing the last access", e);
        }
    }

    private synchronized Map<UUID, Instant> take() {
        var taken = pending;
        pending = new HashMap<>();
        scheduled = false;
        return taken;
    }

    private void write(Map<UUID, Instant> batch) {
        if (!batch.isEmpty()) {
            database.withHandle(handle -> write(handle, batch));
        }
    }

    static int write(Handle handle, Map<UUID, Instant> touches) {
        var handles = touches.keySet().toArray(UUID[]::new);
        var micros = new long[handles.length];
        for (int i = 0; i < handles.length; i++) {
            micros[i] = ChronoUnit.MICROS.between(Instant.EPOCH, touches.get(handles[i]));
        }
        return handle.createUpdate(SessionsSql.TOUCH).bind("handles", handles).bind("micros", micros).execute();
    }
}
