package dev.howdah.cache;

import dev.howdah.cache.EntryStore.Increment;
import dev.howdah.cache.EntryStore.Write;
import dev.howdah.postgres.GroupCommit;
import dev.howdah.postgres.Transaction;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * A named cache. An entry that has expired is absent at once for everybody: whoever reads compares its end with the clock of
 * the database. A write is seen by its process when it returns, and by others at once, or, where copies are kept near, some
 * milliseconds later.
 *
 * <pre>{@code
 * var cache = caches.open("prices");
 * cache.set("apple", CacheValue.number(42), EntryOptions.DEFAULT.withTtl(Duration.ofMinutes(5)));
 * var price = cache.getOrLoad(CacheKey.of("pear"), key -> Optional.of(ask(key)));
 * }</pre>
 *
 * Calls that many threads make at the same time share one statement and one commit. Every method may throw
 * {@link dev.howdah.postgres.UnavailableException}, {@link dev.howdah.postgres.NotFoundException} if the cache was dropped,
 * and {@link dev.howdah.postgres.InvalidInputException} or {@link dev.howdah.postgres.LimitExceededException} for keys, values
 * and options beyond their limits. Thread-safe.
 */
public final class Cache {
    /** Increments of different callers in one statement. They have one group, since of two one would wait for a busy key. */
    private static final int INCREMENTS_MAX = 128;

    private final CacheState state;
    private final Reader reader;
    private final Writer writer;
    private final Loads loads;
    private final Listing listing;
    private final Groups<Write, Boolean> sets = new Groups<>(this::setGroup);
    private final Groups<CacheKey, Boolean> deletes = new Groups<>(this::deleteGroup);
    private final GroupCommit<Increment, Optional<Long>> increments = new GroupCommit<>(
            INCREMENTS_MAX, this::incrementGroup);

    Cache(CacheState state, LoadWakeUps wakeUps) {
        this.state = state;
        this.reader = new Reader(state);
        this.writer = new Writer(state);
        this.loads = new Loads(state, reader, writer, wakeUps);
        this.listing = new Listing(state);
    }

    CacheState state() {
        return state;
    }

    /** Its name. */
    public String name() {
        return state.name;
    }

    /** What holds for it. */
    public CacheOptions options() {
        return state.definition().options();
    }

    /** The value, if it is there. */
    public Optional<CacheValue> get(String key) {
        return get(CacheKey.of(key));
    }

    /** The value, if it is there. */
    public Optional<CacheValue> get(CacheKey key) {
        var near = reader.near(writer.check(key));
        return near.isPresent() ? near : getEntry(key).map(CacheEntry::value);
    }

    /** The value with its version, from the database. */
    public Optional<CacheEntry> getEntry(CacheKey key) {
        var found = reader.find(writer.check(key)).orElse(null);
        var value = found == null || !found.live() ? null : found.value();
        if (found == null || value == null) {
            state.counters.misses.increment();
            return Optional.empty();
        }
        state.counters.hit(key);
        return Optional.of(new CacheEntry(value, found.version()));
    }

    /** The values that are there, of at most 10,000 keys. */
    public Map<CacheKey, CacheValue> getMany(Collection<CacheKey> keys) {
        Writer.checkMany(keys).forEach(writer::check);
        return keys.isEmpty() ? Map.of() : reader.getMany(keys);
    }

    /**
     * The value, or what the loader finds, which is stored. Of all threads of all processes, one loads while the others wait
     * for it. A value that has expired but may be served stale is answered at once, and one loads it anew in the background.
     * What is deleted while it is loaded is not stored.
     *
     * @return empty if the loader found nothing, now or, where that is remembered, a while ago
     * @throws dev.howdah.postgres.UnavailableException if others have been loading, one after the other, four times as long as
     *         {@code howdah.cache.load-lease}
     */
    public Optional<CacheValue> getOrLoad(CacheKey key, CacheLoader loader, EntryOptions options) {
        writer.check(key);
        var near = reader.near(key);
        return near.isPresent() ? near : loads.getOrLoad(key, loader, options);
    }

    /** The same with the cache's time to live. */
    public Optional<CacheValue> getOrLoad(CacheKey key, CacheLoader loader) {
        return getOrLoad(key, loader, EntryOptions.DEFAULT);
    }

    /** Whether there is a value. Counts neither as hit nor as miss. */
    public boolean exists(CacheKey key) {
        return listing.describe(writer.check(key)).isPresent();
    }

    /** What is left of an entry's life, {@link Ttl#NEVER} or {@link Ttl.After}; empty if it is not there. */
    public Optional<Ttl> ttl(CacheKey key) {
        return describe(key).map(EntryDescription::ttl);
    }

    /** Everything about an entry but its value. Counts neither as hit nor as miss. */
    public Optional<EntryDescription> describe(CacheKey key) {
        return listing.describe(writer.check(key));
    }

    /** Stores a value for the cache's time to live, and answers its version. */
    public long set(String key, CacheValue value) {
        return set(CacheKey.of(key), value, EntryOptions.DEFAULT);
    }

    /** Stores a value, and answers its version. */
    public long set(String key, CacheValue value, EntryOptions options) {
        return set(CacheKey.of(key), value, options);
    }

    /** Stores a value, and answers its version. Whatever was there is replaced: its time to live and its tags, too. */
    public long set(CacheKey key, CacheValue value, EntryOptions options) {
        var write = writer.write(key, value, options, null);
        sets.call(List.of(write));
        grown(List.of(key));
        return write.version();
    }

    private void grown(Collection<CacheKey> keys) {
        state.written(keys);
        state.pressure.awaitLook();
    }

    private List<Boolean> setGroup(List<Write> writes) {
        return onConnection(connection -> {
            writer.set(connection, writes, true);
            return writes.stream().map(write -> true).toList();
        });
    }

    /** Stores at most 10,000 values, all or none. */
    public void setMany(Map<CacheKey, CacheValue> values, EntryOptions options) {
        Writer.checkMany(values.entrySet());
        if (!values.isEmpty()) {
            sets.call(values.entrySet().stream().map(entry -> writer.write(entry.getKey(), entry.getValue(), options,
                    null)).toList());
            grown(values.keySet());
        }
    }

    /** Stores a value if there is none, and answers its version; empty if there is one. An expired one counts as none. */
    public OptionalLong add(CacheKey key, CacheValue value, EntryOptions options) {
        var write = writer.write(key, value, options, null);
        return conditional(write, connection -> writer.add(connection, List.of(write), true));
    }

    /** Stores a value if there is one, and answers its version; empty if there is none. */
    public OptionalLong replace(CacheKey key, CacheValue value, EntryOptions options) {
        var write = writer.write(key, value, options, null);
        return conditional(write, connection -> writer.replace(connection, List.of(write), true));
    }

    /** Stores a value if that of the version is there, and answers the new version; empty if another or none is there. */
    public OptionalLong compareAndSet(CacheKey key, long version, CacheValue value, EntryOptions options) {
        var write = writer.write(key, value, options, version);
        return conditional(write, connection -> writer.replace(connection, List.of(write), true));
    }

    private OptionalLong conditional(Write write, Function<Connection, Set<CacheKey>> store) {
        boolean stored = !onConnection(store).isEmpty();
        if (stored) {
            grown(List.of(write.key()));
        }
        return stored ? OptionalLong.of(write.version()) : OptionalLong.empty();
    }

    /** Deletes an entry; whether it was there. */
    public boolean delete(String key) {
        return delete(CacheKey.of(key));
    }

    /** Deletes an entry; whether it was there. Who is loading it will not store it. */
    public boolean delete(CacheKey key) {
        boolean wasThere = deletes.call(List.of(writer.check(key))).getFirst();
        state.written(List.of(key));
        return wasThere;
    }

    private List<Boolean> deleteGroup(List<CacheKey> keys) {
        var gone = onConnection(connection -> writer.delete(connection, keys, OptionalLong.empty(), true));
        // Of two who delete the same, one has found it.
        return keys.stream().map(key -> Boolean.TRUE.equals(gone.put(key, false))).toList();
    }

    /** Deletes an entry of the version; whether that was there. */
    public boolean compareAndDelete(CacheKey key, long version) {
        boolean wasThere = onConnection(connection -> writer.delete(connection, List.of(writer.check(key)),
                OptionalLong.of(version), true)).containsValue(true);
        if (wasThere) {
            state.written(List.of(key));
        }
        return wasThere;
    }

    /** Deletes at most 10,000 entries, and answers how many were there. */
    public int deleteMany(Collection<CacheKey> keys) {
        var given = Set.copyOf(Writer.checkMany(keys));
        given.forEach(writer::check);
        if (given.isEmpty()) {
            return 0;
        }
        int count = (int) deletes.call(List.copyOf(given)).stream().filter(wasThere -> wasThere).count();
        state.written(given);
        return count;
    }

    /** Adds to a number that begins with zero, and answers the sum. */
    public long increment(CacheKey key, long delta) {
        return increment(key, delta, 0, EntryOptions.DEFAULT);
    }

    /**
     * Adds to a number, and answers the sum. Numbers, and texts and JSON that are whole numbers, can be added to.
     *
     * @param initial what it is added to if there is none
     * @param options for an entry that begins now; one that is there keeps its time to live and its tags
     * @throws dev.howdah.postgres.ConflictException if what is there is no whole number, or the sum does not fit into 64 bits
     */
    public long increment(CacheKey key, long delta, long initial, EntryOptions options) {
        var sum = increments.write(List.of(writer.increment(key, delta, initial, options))).getFirst();
        if (sum.isEmpty()) {
            throw onConnection(connection -> writer.notIncremented(connection, key, delta));
        }
        grown(List.of(key));
        return sum.get();
    }

    /** Those of the same key are added up first, as long as they have one direction, and told apart again afterwards. */
    private List<Optional<Long>> incrementGroup(List<Increment> given) {
        var sums = new LinkedHashMap<CacheKey, Increment>();
        for (var one : given) {
            var before = sums.putIfAbsent(one.key(), one);
            if (before != null) {
                sums.put(one.key(), Increments.together(before, one));
            }
        }
        var ends = onConnection(connection -> writer.increment(connection, sums.values(), true));
        var left = new HashMap<CacheKey, Long>();
        sums.forEach((key, sum) -> left.put(key, sum.delta()));
        var answers = new ArrayList<Optional<Long>>(given.size());
        for (var one : given) {
            long rest = left.merge(one.key(), -one.delta(), Long::sum);
            answers.add(Optional.ofNullable(ends.get(one.key())).map(end -> end - rest));
        }
        return answers;
    }

    /** Gives an entry the time to live that it was stored with again; whether it was there. */
    public boolean touch(CacheKey key) {
        return touch(key, Ttl.DEFAULT, true);
    }

    /** Gives an entry another time to live; whether it was there. Zero and less delete it. */
    public boolean expire(CacheKey key, Ttl ttl) {
        boolean isOver = ttl instanceof Ttl.After after && after.millis() <= 0;
        return isOver ? delete(key) : touch(key, ttl, false);
    }

    private boolean touch(CacheKey key, Ttl ttl, boolean own) {
        boolean isThere = !onConnection(connection -> writer.touch(connection, List.of(writer.check(key)), ttl, own,
                true)).isEmpty();
        state.written(List.of(key));
        return isThere;
    }

    /** Deletes the entries that have one of the tags, and answers how many of them were live. */
    public long invalidateTags(String... tags) {
        List.of(tags).forEach(EntryOptions::checkTag);
        return listing.invalidate(tags);
    }

    /** Deletes everything, and answers how many entries were live. Those that are stored meanwhile may stay. */
    public long clear() {
        return listing.clear();
    }

    /**
     * Keys in the order of their bytes.
     *
     * @param pattern a star stands for any characters, a question mark for one, a backslash takes the next as it is
     * @param after the last key of the page before
     * @param limit 1 to 1,000
     */
    public KeyPage keys(String pattern, Optional<CacheKey> after, int limit) {
        return listing.keys(pattern, after, limit);
    }

    /** The entries that were read most, 1 to 1,000 of them. Looks through the cache. */
    public List<EntryDescription> hotKeys(int limit) {
        return listing.hotKeys(limit);
    }

    /** What was counted, and what is in it. Looks through the cache. */
    public CacheStatistics statistics() {
        return listing.statistics();
    }

    /**
     * Runs the work while the keys, at most 10,000, are locked, whether they are there or not: nobody else in any process changes
     * them meanwhile. What it writes commits when it returns, and is undone when it throws; so is what its thread does
     * otherwise with caches of the same database. It holds a connection.
     */
    public <T> T locked(Collection<CacheKey> keys, Function<LockedEntries, T> work) {
        return state.database.inTransaction(transaction -> work.apply(new LockedEntries(state, writer, transaction,
                keys, true)));
    }

    /** Gives at most 10,000 entries another time to live, and answers which of them were there. */
    public Set<CacheKey> expireMany(Collection<CacheKey> keys, Ttl ttl) {
        Writer.checkMany(keys).forEach(writer::check);
        boolean isOver = ttl instanceof Ttl.After after && after.millis() <= 0;
        var there = onConnection(connection -> isOver
                ? writer.delete(connection, keys, OptionalLong.empty(), true).keySet()
                : writer.touch(connection, keys, ttl, false, true));
        state.written(keys);
        return there;
    }

    /** The same cache within a transaction. */
    public CacheTransaction in(Transaction transaction) {
        return new CacheTransaction(state, writer, transaction);
    }

    private <T> T onConnection(Function<Connection, T> work) {
        return state.database.withHandle(handle -> work.apply(handle.getConnection()));
    }
}
