package dev.howdah.cache;

import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells when so much was written to a bounded cache that it may exceed its bounds long before the next regular look. Counts
 * what this process writes, new or not: only the database knows what was there before. Thread-safe.
 */
final class Pressure {
    /** Of a bound, so much may be written before somebody looks. */
    private static final int SHARE = 20;
    private static final long ENTRIES_MIN = 1_000;
    private static final long BYTES_MIN = 1 << 20;

    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Runnable look;

    /** @param look has somebody look */
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

    private void add(AtomicLong sum, long more, long most) {
        if (sum.addAndGet(more) >= most) {
            sum.set(0);
            look.run();
        }
    }
}
