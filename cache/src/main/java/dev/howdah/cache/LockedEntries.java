package dev.howdah.cache;

import dev.howdah.cache.EntryStore.Write;
import dev.howdah.postgres.Transaction;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Keys that a transaction has locked, whether there were entries or not: until it ends, nobody else in any process changes
 * them. Readers go on reading what was there before.
 *
 * <p>What is absent is locked by a row that has expired at birth; nobody sees it, and one that stays behind is swept like
 * other expired ones. A time to live counts from the moment of its write, although the database's {@code now()} is the
 * beginning of the transaction: what passes between is added.
 *
 * <p>Used by one thread, until the transaction ends.
 */
public final class LockedEntries {
    private final Writer writer;
    private final Connection connection;
    private final boolean relaxed;
    private final long began = System.nanoTime();
    private final Set<CacheKey> keys;
    private final Map<CacheKey, LockedEntry> found;
    private final Set<CacheKey> written = new HashSet<>();

    /** @param relaxed whether the transaction need not wait for the disk if the cache does not ask for it */
    LockedEntries(CacheState state, Writer writer, Transaction transaction, Collection<CacheKey> keys,
            boolean relaxed) {
        this.writer = writer;
        this.connection = transaction.handle().getConnection();
        this.relaxed = relaxed;
        this.keys = Set.copyOf(Writer.checkMany(keys));
        this.keys.forEach(writer::check);
        this.found = this.keys.isEmpty()
                ? Map.of()
                : state.store.lock(connection, state.definition(), this.keys,
                        relaxed && state.definition().isRelaxed());
        transaction.afterCommit(() -> state.written(written));
    }

    /** What is there of the keys. */
    public Map<CacheKey, LockedEntry> found() {
        return found;
    }

    /** Stores values; of those with the same key, the last. */
    public void set(Collection<EntryWrite> writes) {
        if (!writes.isEmpty()) {
            writer.set(connection, writes.stream().map(this::write).toList(), relaxed);
        }
    }

    private Write write(EntryWrite given) {
        written.add(checkLocked(given.key()));
        var options = given.options();
        return writer.write(given.key(), given.value(), options.withTtl(fromNow(options.ttl())), null);
    }

    /** Deletes entries. */
    public void delete(Collection<CacheKey> given) {
        if (!given.isEmpty()) {
            given.forEach(key -> written.add(checkLocked(key)));
            writer.delete(connection, given, OptionalLong.empty(), relaxed);
        }
    }

    /** Gives entries that were found another time to live. */
    public void expire(Collection<CacheKey> given, Ttl ttl) {
        if (ttl instanceof Ttl.After after && after.millis() <= 0) {
            delete(given);
        } else if (!given.isEmpty()) {
            given.forEach(key -> written.add(checkLocked(key)));
            writer.touch(connection, List.copyOf(given), fromNow(ttl), false, relaxed);
        }
    }

    private Ttl fromNow(Ttl ttl) {
        return ttl instanceof Ttl.After after && after.millis() > 0
                ? Ttl.of(shorter(after.time().plusNanos(System.nanoTime() - began), Ttl.MAX))
                : ttl;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private CacheKey checkLocked(CacheKey key) {
        if (!keys.contains(key)) {
            throw new IllegalArgumentException("the key is not among those that were locked: " + key);
        }
        return key;
    }
}
