package dev.howdah.cache;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;

/**
 * What holds for a cache. Checked at construction.
 *
 * @param durability what a crash of the database costs; cannot change between unlogged and the others
 * @param defaultTtl how long an entry lives if nothing is said; absent: for ever
 * @param ttlMax how long an entry lives at most, whatever is said
 * @param entriesMax how many entries it has at most. It is measured each {@code howdah.cache.upkeep-interval}, and when
 *        a process has written a twentieth of it; what is written meanwhile can be above it
 * @param bytesMax how many bytes keys, values and their rows take at most, estimated from a sample
 * @param eviction what goes when there is more
 * @param near whether each process keeps a copy of what it has read
 * @param nearBytesMax bytes of that copy, in each process
 * @param nearTtl how old it may be: the most that a reader can be behind if the process that wrote is killed between its
 *        commit and telling others
 * @param negativeTtl for how long {@link Cache#getOrLoad} remembers that there is no value; zero: it does not
 */
public record CacheOptions(Durability durability, Optional<Duration> defaultTtl, Optional<Duration> ttlMax,
        Optional<Long> entriesMax, Optional<Long> bytesMax, Eviction eviction, boolean near, long nearBytesMax,
        Duration nearTtl, Duration negativeTtl) {
    /** Durable but for the last moment, an hour, unbounded, without a copy in the processes. */
    public static final CacheOptions DEFAULT = new CacheOptions(Durability.ASYNC, Optional.of(Duration.ofHours(1)),
            Optional.empty(), Optional.empty(), Optional.empty(), Eviction.LRU, false, 64L << 20,
            Duration.ofSeconds(30), Duration.ZERO);

    public CacheOptions {
        var faults = new ArrayList<Fault>();
        defaultTtl.ifPresent(time -> checkTime(faults, "default_ttl", time, 1));
        ttlMax.ifPresent(time -> checkTime(faults, "ttl_max", time, 1));
        checkTime(faults, "near_ttl", nearTtl, 1);
        checkTime(faults, "negative_ttl", negativeTtl, 0);
        entriesMax.ifPresent(count -> checkCount(faults, "entries_max", count));
        bytesMax.ifPresent(count -> checkCount(faults, "bytes_max", count));
        checkCount(faults, "near_bytes_max", nearBytesMax);
        if (!faults.isEmpty()) {
            throw new InvalidInputException("cache-options-invalid", faults);
        }
    }

    private static void checkTime(ArrayList<Fault> faults, String field, Duration time, long millisMin) {
        if (time.compareTo(Duration.ofMillis(millisMin)) < 0 || time.compareTo(Ttl.MAX) > 0) {
            faults.add(new Fault(field, time + " is out of bounds", "use " + millisMin + " ms to 36500 days"));
        }
    }

    private static void checkCount(ArrayList<Fault> faults, String field, long count) {
        if (count < 1) {
            faults.add(new Fault(field, count + " is less than one", "use a positive number, or leave it out"));
        }
    }

    /** The same with another durability. */
    public CacheOptions withDurability(Durability value) {
        return new CacheOptions(value, defaultTtl, ttlMax, entriesMax, bytesMax, eviction, near, nearBytesMax, nearTtl,
                negativeTtl);
    }

    /** The same with a time to live for entries that bring none; empty: they live for ever. */
    public CacheOptions withDefaultTtl(Optional<Duration> value) {
        return new CacheOptions(durability, value, ttlMax, entriesMax, bytesMax, eviction, near, nearBytesMax, nearTtl,
                negativeTtl);
    }

    /** The same with the longest time to live. */
    public CacheOptions withTtlMax(Duration value) {
        return new CacheOptions(durability, defaultTtl, Optional.of(value), entriesMax, bytesMax, eviction, near,
                nearBytesMax, nearTtl, negativeTtl);
    }

    /** The same, bounded by a number of entries. */
    public CacheOptions withEntriesMax(long value, Eviction policy) {
        return new CacheOptions(durability, defaultTtl, ttlMax, Optional.of(value), bytesMax, policy, near,
                nearBytesMax, nearTtl, negativeTtl);
    }

    /** The same, bounded by bytes. */
    public CacheOptions withBytesMax(long value, Eviction policy) {
        return new CacheOptions(durability, defaultTtl, ttlMax, entriesMax, Optional.of(value), policy, near,
                nearBytesMax, nearTtl, negativeTtl);
    }

    /** The same with a copy of so many bytes in each process that is at most so old. */
    public CacheOptions withNear(long bytesMost, Duration ttl) {
        return new CacheOptions(durability, defaultTtl, ttlMax, entriesMax, bytesMax, eviction, true, bytesMost, ttl,
                negativeTtl);
    }

    /** The same, remembering for so long that a loader found nothing. */
    public CacheOptions withNegativeTtl(Duration value) {
        return new CacheOptions(durability, defaultTtl, ttlMax, entriesMax, bytesMax, eviction, near, nearBytesMax,
                nearTtl, value);
    }
}
