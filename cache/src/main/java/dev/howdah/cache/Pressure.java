package dev.howdah.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells when so much was written to a bounded cache that it may exceed its bounds long before the next regular look, and has
 * its writers wait where more is written than is evicted. Counts what this process writes, new or not: only the database knows
 * what was there before. Thread-safe.
 */
final class Pressure {
    /** Of a bound, so much may be written before somebody looks. */
    private static final int SHARE = 20;
    private static final long ENTRIES_MIN = 1_000;
    private static final long BYTES_MIN = 1 << 20;
    /** So many shares may be written until the look is over. */
    private static final int BEHIND = 2;
    /** Then whoever evicted is gone, and the next regular look makes up for it. */
    private static final Duration WAIT_MAX = Duration.ofSeconds(2);

    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Runnable look;
    private volatile boolean evicts;
    private volatile boolean isBehind;

    /** @param look has somebody look, who is to have {@link #looked} called */
    Pressure(Runnable look) {
        this.look = look;
    }

    void written(CacheOptions options, int count) {
        options.entriesMax().ifPresent(most -> add(entries, count, Math.max(ENTRIES_MIN, most / SHARE)));
    }

    void written(CacheOptions options, Collection<EntryStore.Write> writes) {
        written(options, writes.size());
        options.bytesMax().ifPresent(most -> add(bytes, writes.stream().mapToLong(Pressure::size).sum(),
                Math.max(BYTES_MIN, most / SHARE)));
    }

    private static long size(EntryStore.Write write) {
        return (long) write.key().raw().length + (write.value() == null ? 0 : write.value().size());
    }

    private void add(AtomicLong sum, long more, long share) {
        long written = sum.addAndGet(more);
        if (written / share > (written - more) / share) {
            look.run();
        }
        if (written >= BEHIND * share) {
            synchronized (this) {
                isBehind = sum.get() >= BEHIND * share; // somebody may have looked just now
            }
        }
    }

    /** Somebody has looked. While they find too much, writers wait for them. */
    synchronized void looked(boolean evicted) {
        entries.set(0);
        bytes.set(0);
        evicts = evicted;
        isBehind = false;
        notifyAll();
    }

    /** Returns at once unless more was written than is evicted meanwhile. For callers without a connection. */
    void awaitLook() {
        if (evicts && isBehind) {
            waitForLook();
        }
    }

    private synchronized void waitForLook() {
        long end = System.nanoTime() + WAIT_MAX.toNanos();
        try {
            while (evicts && isBehind) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    evicts = false;
                } else {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // what is written is written
        }
    }
}
