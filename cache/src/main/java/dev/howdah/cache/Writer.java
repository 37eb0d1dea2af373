package dev.howdah.cache;

import dev.howdah.cache.EntryStore.Increment;
import dev.howdah.cache.EntryStore.Write;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes writes of what callers say, within the limits, and carries them out on a connection. What commits the connection tells
 * {@link CacheState#written} afterwards. Thread-safe.
 */
final class Writer {
    /** Entries of one call. */
    static final int MANY_MAX = 10_000;
    /** Bytes of the values of one statement, if there is more than one. */
    private static final long MANY_BYTES_MAX = 128L << 20;
    /** Beyond it, a number is not exact in JSON's readers. */
    private static final long VERSION_BOUND = 1L << 53;

    private final CacheState state;

    Writer(CacheState state) {
        this.state = state;
    }

    CacheKey check(CacheKey key) {
        if (key.raw().length > state.settings.keyMax()) {
            throw new InvalidInputException("cache-key-invalid", "key", "has " + key.raw().length + " bytes",
                    "use at most " + state.settings.keyMax() + ", or raise howdah.cache.key-max");
        }
        return key;
    }

    static <T> Collection<T> checkMany(Collection<T> many) {
        if (many.size() > MANY_MAX) {
            throw new LimitExceededException("cache-too-many", many.size() + " entries in one call",
                    "send at most " + MANY_MAX + " at a time");
        }
        return many;
    }

    Write write(CacheKey key, CacheValue value, EntryOptions options, @Nullable Long expected) {
        check(key);
        if (value.size() > state.settings.valueMax()) {
            throw new LimitExceededException("cache-value-too-large", "the value of \"" + key + "\" has " + value.size()
                    + " bytes, and " + state.settings.valueMax() + " are the most",
                    "store less, or raise howdah.cache.value-max");
        }
        var ttl = ttlMillis(options.ttl());
        return new Write(key, value, newVersion(), ttl, ttl != null && ttl > 0 ? options.staleFor().toMillis() : 0,
                options.tags(), expected);
    }

    /** Remembers that there is nothing. */
    Write negative(CacheKey key, Duration time) {
        return new Write(key, null, newVersion(), time.toMillis(), 0, Set.of(), null);
    }

    Increment increment(CacheKey key, long delta, long initial, EntryOptions options) {
        check(key);
        try {
            Math.addExact(initial, delta);
        } catch (ArithmeticException e) {
            throw overflow(key, delta);
        }
        return new Increment(key, delta, initial, newVersion(), ttlMillis(options.ttl()), options.tags());
    }

    static ConflictException overflow(CacheKey key, long delta) {
        return new ConflictException("cache-number-overflow", "\"" + key + "\" with " + delta
                + " added does not fit into 64 bits", "add less, or set it anew");
    }

    /** Why a key could not be incremented. */
    RuntimeException notIncremented(Connection connection, CacheKey key, long delta) {
        var found = state.store.get(connection, state.definition(), List.of(key)).get(key);
        var value = found == null ? null : found.value();
        return value != null && value.size() <= 20 && value.text().matches("-?[0-9]+")
                ? overflow(key, delta)
                : new ConflictException("cache-not-a-number", "\"" + key + "\" holds no whole number but "
                        + (value == null ? "nothing now" : value), "set it to a number, or use another key");
    }

    /** Versions have no order; two of a key that are the same are as likely as a guess of 53 bits. */
    private static long newVersion() {
        return ThreadLocalRandom.current().nextLong(1, VERSION_BOUND);
    }

    /** Absent for ever. */
    @Nullable
    Long ttlMillis(Ttl ttl) {
        var options = state.definition().options();
        var millis = switch (ttl) {
            case Ttl.Default() -> options.defaultTtl().map(Duration::toMillis).orElse(null);
            case Ttl.Never() -> null;
            case Ttl.After after -> (Long) after.millis();
        };
        var most = options.ttlMax().map(Duration::toMillis).orElse(null);
        return most == null || (millis != null && millis < most) ? millis : most;
    }

    void set(Connection connection, Collection<Write> writes, boolean relaxed) {
        checkBytes(writes); // of several callers, each is then stored by itself
        refuseIfFull(connection, writes);
        state.store.set(connection, state.definition(), writes, relaxed && state.definition().isRelaxed());
        state.counters.sets.add(writes.size());
        state.pressure.written(state.definition().options(), writes);
    }

    Set<CacheKey> add(Connection connection, Collection<Write> writes, boolean relaxed) {
        refuseIfFull(connection, writes);
        var added = state.store.add(connection, state.definition(), writes,
                relaxed && state.definition().isRelaxed());
        state.counters.sets.add(added.size());
        state.pressure.written(state.definition().options(), writes);
        return added;
    }

    Set<CacheKey> replace(Connection connection, Collection<Write> writes, boolean relaxed) {
        var replaced = state.store.replace(connection, state.definition(), writes,
                relaxed && state.definition().isRelaxed());
        state.counters.sets.add(replaced.size());
        return replaced;
    }

    Map<CacheKey, Boolean> delete(Connection connection, Collection<CacheKey> keys, OptionalLong expected,
            boolean relaxed) {
        var gone = state.store.delete(connection, state.definition(), keys, expected,
                relaxed && state.definition().isRelaxed());
        state.counters.deletes.add(gone.values().stream().filter(live -> live).count());
        return gone;
    }

    Map<CacheKey, Long> increment(Connection connection, Collection<Increment> increments, boolean relaxed) {
        var numbers = state.store.increment(connection, state.definition(), increments,
                relaxed && state.definition().isRelaxed());
        state.counters.sets.add(numbers.size());
        state.pressure.written(state.definition().options(), numbers.size());
        return numbers;
    }

    Set<CacheKey> touch(Connection connection, Collection<CacheKey> keys, Ttl ttl, boolean own, boolean relaxed) {
        return state.store.touch(connection, state.definition(), keys, own, own ? null : ttlMillis(ttl),
                relaxed && state.definition().isRelaxed());
    }

    /** A statement has a gigabyte at most, and is in memory some times. */
    private static void checkBytes(Collection<Write> writes) {
        long bytes = 0;
        for (var write : writes) {
            bytes += write.value() == null ? 0 : write.value().size();
        }
        if (writes.size() > 1 && bytes > MANY_BYTES_MAX) {
            throw new LimitExceededException("cache-too-many", bytes + " bytes in one call", "send at most "
                    + MANY_BYTES_MAX + " at a time");
        }
    }

    private void refuseIfFull(Connection connection, Collection<Write> writes) {
        if (!state.isFull()) {
            return;
        }
        var keys = writes.stream().map(Write::key).toList();
        var present = state.store.get(connection, state.definition(), keys);
        for (var key : keys) {
            if (!present.containsKey(key)) {
                throw new LimitExceededException("cache-full", "the cache \"" + state.name
                        + "\" is full, and its eviction is none; \"" + key + "\" is not stored",
                        "delete entries, raise its bounds, or let it evict: howdah cache create --eviction lru "
                                + state.name);
            }
        }
    }
}
