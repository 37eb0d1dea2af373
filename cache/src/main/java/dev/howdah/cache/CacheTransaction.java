package dev.howdah.cache;

import dev.howdah.postgres.Transaction;
import java.sql.Connection;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * A cache within the caller's transaction: it commits and rolls back with it, reads what it has written, and other readers see
 * its writes after the commit. Durable as the transaction is. Its methods are those of {@link Cache}. Used by one thread,
 * until the transaction ends.
 */
public final class CacheTransaction {
    private final CacheState state;
    private final Writer writer;
    private final Transaction transaction;
    private final Connection connection;

    CacheTransaction(CacheState state, Writer writer, Transaction transaction) {
        this.state = state;
        this.writer = writer;
        this.transaction = transaction;
        this.connection = transaction.handle().getConnection();
    }

    /** The value, if it is there. */
    public Optional<CacheValue> get(CacheKey key) {
        return Optional.ofNullable(getMany(List.of(key)).get(key));
    }

    /** The value with its version, if it is there. */
    public Optional<CacheEntry> getEntry(CacheKey key) {
        var found = state.store.get(connection, state.definition(), List.of(key)).get(key);
        var value = found == null || !found.live() ? null : found.value();
        return found == null || value == null
                ? Optional.empty()
                : Optional.of(new CacheEntry(value, found.version()));
    }

    /** The values that are there. */
    public Map<CacheKey, CacheValue> getMany(Collection<CacheKey> keys) {
        return Reader.live(state.store.get(connection, state.definition(), Writer.checkMany(keys)));
    }

    /** Stores a value, and answers its version. */
    public long set(CacheKey key, CacheValue value, EntryOptions options) {
        var write = writer.write(key, value, options, null);
        writer.set(connection, List.of(write), false);
        written(List.of(key));
        return write.version();
    }

    /** Stores values. */
    public void setMany(Map<CacheKey, CacheValue> values, EntryOptions options) {
        Writer.checkMany(values.entrySet());
        writer.set(connection, values.entrySet().stream().map(entry -> writer.write(entry.getKey(), entry.getValue(),
                options, null)).toList(), false);
        written(values.keySet());
    }

    /** Stores a value if there is none, and answers its version; empty if there is one. */
    public OptionalLong add(CacheKey key, CacheValue value, EntryOptions options) {
        var write = writer.write(key, value, options, null);
        return versionIf(!writer.add(connection, List.of(write), false).isEmpty(), write);
    }

    /** Stores a value if there is one, and answers its version; empty if there is none. */
    public OptionalLong replace(CacheKey key, CacheValue value, EntryOptions options) {
        var write = writer.write(key, value, options, null);
        return versionIf(!writer.replace(connection, List.of(write), false).isEmpty(), write);
    }

    /** Stores a value if that of the version is there. */
    public OptionalLong compareAndSet(CacheKey key, long version, CacheValue value, EntryOptions options) {
        var write = writer.write(key, value, options, version);
        return versionIf(!writer.replace(connection, List.of(write), false).isEmpty(), write);
    }

    private OptionalLong versionIf(boolean stored, EntryStore.Write write) {
        written(List.of(write.key()));
        return stored ? OptionalLong.of(write.version()) : OptionalLong.empty();
    }

    /** Deletes an entry; whether it was there. */
    public boolean delete(CacheKey key) {
        return deleteMany(List.of(key)) == 1;
    }

    /** Deletes entries, and answers how many were there. */
    public int deleteMany(Collection<CacheKey> keys) {
        var gone = writer.delete(connection, Writer.checkMany(keys), OptionalLong.empty(), false);
        written(keys);
        return (int) gone.values().stream().filter(live -> live).count();
    }

    /** Adds to a number. */
    public long increment(CacheKey key, long delta, long initial, EntryOptions options) {
        var increment = writer.increment(key, delta, initial, options);
        var number = writer.increment(connection, List.of(increment), false).get(key);
        if (number == null) {
            throw writer.notIncremented(connection, key, delta);
        }
        written(List.of(key));
        return number;
    }

    /** Gives an entry another time to live; whether it was there. */
    public boolean expire(CacheKey key, Ttl ttl) {
        if (ttl instanceof Ttl.After after && after.millis() <= 0) {
            return delete(key);
        }
        boolean isThere = !writer.touch(connection, List.of(key), ttl, false, false).isEmpty();
        written(List.of(key));
        return isThere;
    }

    /** Locks keys until the transaction ends, whether they are there or not. */
    public LockedEntries lock(Collection<CacheKey> keys) {
        return new LockedEntries(state, writer, transaction, keys, false);
    }

    private void written(Collection<CacheKey> keys) {
        var copy = keys.stream().collect(Collectors.toUnmodifiableSet());
        transaction.afterCommit(() -> state.written(copy));
    }
}
