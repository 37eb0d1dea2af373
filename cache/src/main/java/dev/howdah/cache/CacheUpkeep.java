package dev.howdah.cache;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The housekeeping of caches. Each process stores what it has counted; one at a time, the holder of a lease, removes what has
 * expired, evicts what is too much and has the space reused. Every step is harmless when two do it. A step that took long is
 * not done again at once: together they take at most a twentieth of the time. Only where much is written to a cache that is
 * full, what is too much is evicted at once.
 */
public final class CacheUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CacheUpkeep.class);

    static final String TAKE_LEASE = """
        INSERT INTO cache_upkeep AS upkeep (name, holder, until)
        VALUES ('upkeep', :holder, now() + :leaseMillis * interval '1 ms')
            ON CONFLICT (name) DO UPDATE
           SET holder = EXCLUDED.holder, until = EXCLUDED.until
         WHERE upkeep.until < now() OR upkeep.holder = EXCLUDED.holder
        """;

    static final String LEAVE_LEASE = "DELETE FROM cache_upkeep WHERE holder = :holder";

    private static final int LEASE_INTERVALS = 5;
    /** One part of work, so many of rest. */
    private static final int REST = 20;
    /** The same where much is written to a bounded cache, but nothing was too much. */
    private static final int REST_IN_VAIN = 4;

    private final Database database;
    private final CacheSettings settings;
    private final Caches caches;
    private final CountStore counts;
    private final Sweeper sweeper;
    private final UUID holder = UUID.randomUUID();
    private final Semaphore pressed = new Semaphore(0);
    private long restUntil = System.nanoTime();
    private long relievedInVainUntil = System.nanoTime();
    private @Nullable Thread loop;

    CacheUpkeep(Database database, CacheSettings settings, Caches caches, EntryStore store) {
        this.database = database;
        this.settings = settings;
        this.caches = caches;
        this.counts = new CountStore(database, store);
        this.sweeper = new Sweeper(database);
    }

    synchronized void start() {
        if (loop == null) {
            loop = Thread.ofVirtual().name("howdah-cache-upkeep").start(this::run);
        }
    }

    /** Stores what was counted, leaves the lease to others, and ends. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            running = loop;
            loop = null;
        }
        if (running != null) {
            running.interrupt();
            try {
                storeCounts();
                database.withHandle(handle -> handle.createUpdate(LEAVE_LEASE).bind("holder", holder).execute());
            } catch (RuntimeException e) {
                LOG.debug("The last counts were not stored", e);
            }
        }
    }

    private void run() {
        long interval = settings.upkeepInterval().toNanos();
        try {
            long next = System.nanoTime() + ThreadLocalRandom.current().nextLong(interval);
            while (!Thread.currentThread().isInterrupted()) {
                if (pressed.tryAcquire(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    // pressed while resting: it waits, since nobody may press again
                    TimeUnit.NANOSECONDS
                            .sleep(Math.min(relievedInVainUntil - System.nanoTime(), next - System.nanoTime()));
                    pressed.drainPermits();
                    tryTo(this::relieve);
                }
                if (System.nanoTime() - next >= 0) { // also if it is pressed all the time
                    tryTo(this::runOnce);
                    next = System.nanoTime() + interval;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private static void tryTo(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.warn("Upkeep of caches failed and is tried again: {}", e.getMessage());
        }
    }

    /** Stores counts, and does the rest if this process has the lease and has rested enough. */
    public void runOnce() {
        storeCounts();
        if (lead() && System.nanoTime() - restUntil >= 0) {
            long begin = System.nanoTime();
            tidy();
            long took = System.nanoTime() - begin;
            restUntil = System.nanoTime() + took * REST;
        }
        caches.refresh();
    }

    /** Has the holder of the lease look whether bounds are exceeded, without waiting for its time. */
    void press() {
        pressed.release();
    }

    /** Evicts what is too much, if this process has the lease; without rest while there is something to evict. */
    private void relieve() {
        if (!lead()) {
            return;
        }
        long begin = System.nanoTime();
        var evicted = new Bounds(database, counts).makeRoom();
        if (evicted.isEmpty()) {
            relievedInVainUntil = System.nanoTime() + (System.nanoTime() - begin) * REST_IN_VAIN;
        } else {
            sweeper.vacuumWhatHasHoles();
        }
        caches.tellLooked(evicted);
        caches.refresh();
    }

    /** Stores what this process has counted. */
    public void storeCounts() {
        counts.store(caches.opened());
    }

    /** Removes what has expired, evicts what is too much, and has the space reused, whoever has the lease. */
    public void tidy() {
        sweeper.analyzeWhatHasGrown();
        sweeper.sweep(counts);
        new Bounds(database, counts).enforce();
        sweeper.vacuumWhatHasHoles();
    }

    private boolean lead() {
        var lease = settings.upkeepInterval().multipliedBy(LEASE_INTERVALS).plus(Duration.ofSeconds(10));
        return database.withHandle(handle -> handle.createUpdate(TAKE_LEASE).bind("holder", holder)
                .bind("leaseMillis", lease.toMillis()).execute()) == 1;
    }
}
