package dev.howdah.cache;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The housekeeping of caches. Each process stores what it has counted; one at a time, the holder of a lease, removes what has
 * expired, evicts what is too much and has the space reused. Every step is harmless when two do it. A step that took long is
 * not done again at once: together they take at most a twentieth of the time.
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

    private static final int LEASE_INTERVALS = 5;
    /** One part of work, so many of rest. */
    private static final int REST = 20;

    private final Database database;
    private final CacheSettings settings;
    private final Caches caches;
    private final CountStore counts;
    private final Sweeper sweeper;
    private final UUID holder = UUID.randomUUID();
    private long restUntil = System.nanoTime();
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

    /** Stores what was counted, and ends. */
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
            } catch (RuntimeException e) {
                LOG.debug("The last counts were not stored", e);
            }
        }
    }

    private void run() {
        long interval = settings.upkeepInterval().toMillis();
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(interval));
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    runOnce();
                } catch (RuntimeException e) {
                    LOG.warn("Upkeep of caches failed and is tried again: {}", e.getMessage());
                }
                Thread.sleep(interval);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
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
