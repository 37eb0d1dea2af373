package dev.howdah.cache;

import dev.howdah.postgres.CopyBuffer;
import dev.howdah.postgres.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.ConnectionException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Puts many entries with an end of their own into a cache, as imports do. COPY is tried first; if a key of the batch is taken, the
 * batch is written again by a statement that replaces what is there, and so are those after it. The end that is given holds, even
 * beyond the cache's longest time to live; bounds are looked at by the next upkeep. Used by one thread.
 */
public final class CacheLoad {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final long VERSION_BOUND = 1L << 53;
    private static final int COLUMNS = 8;

    private final CacheState state;
    private boolean isTaken;

    /** Loads into a cache. */
    public CacheLoad(Cache cache) {
        this.state = cache.state();
    }

    /**
     * An entry to be written, or as it is there.
     *
     * @param expiresAt when it ends; absent if it does not
     * @param ttlMillis for how long it is given, to be renewed by touching it; without meaning if it does not end
     */
    public record Loaded(CacheKey key, CacheValue value, Optional<Instant> expiresAt, long ttlMillis) {}

    /**
     * Writes entries; of those with the same key, the last. Other processes hear of it after the commit.
     *
     * @throws dev.howdah.postgres.NotFoundException if the cache was dropped
     */
    public void write(Transaction transaction, Collection<Loaded> entries) {
        var last = new TreeMap<CacheKey, Loaded>();
        entries.forEach(entry -> last.put(entry.key(), entry));
        var connection = transaction.handle().getConnection();
        try {
            isTaken = isTaken || !isCopied(connection, List.copyOf(last.values()));
            if (isTaken) {
                replace(connection, List.copyOf(last.values()));
            }
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
        state.counters.sets.add(last.size());
        transaction.afterCommit(() -> state.written(last.keySet()));
    }

    private boolean isCopied(Connection connection, List<Loaded> entries) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            copy(connection, entries);
            connection.releaseSavepoint(before);
            return true;
        } catch (SQLException e) {
            if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
    }

    private void copy(Connection connection, List<Loaded> entries) throws SQLException {
        var manager = connection.unwrap(PGConnection.class).getCopyAPI();
        int cache = state.definition().id();
        try (var copy = new CopyBuffer(manager.copyIn(state.definition().sql(EntrySql.COPY)))) {
            for (var entry : entries) {
                copy.row(COLUMNS).integer(cache).bytea(entry.key.raw()).smallint(entry.value.kind().code())
                        .bytea(entry.value.raw()).bigint(newVersion());
                if (entry.expiresAt.isPresent()) {
                    copy.bigint(Math.max(0, entry.ttlMillis)).timestamptz(entry.expiresAt.get())
                            .timestamptz(entry.expiresAt.get());
                } else {
                    copy.nothing().infinity().infinity();
                }
            }
            copy.end();
        }
    }

    private void replace(Connection connection, List<Loaded> entries) throws SQLException {
        int size = entries.size();
        var keys = new byte[size][];
        var kinds = new Short[size];
        var values = new byte[size][];
        var versions = new Long[size];
        var ttls = new @Nullable Long[size];
        var ends = new @Nullable OffsetDateTime[size];
        for (int i = 0; i < size; i++) {
            var entry = entries.get(i);
            keys[i] = entry.key.raw();
            kinds[i] = (short) entry.value.kind().code();
            values[i] = entry.value.raw();
            versions[i] = newVersion();
            ttls[i] = entry.expiresAt.isPresent() ? Long.valueOf(Math.max(0, entry.ttlMillis)) : null;
            ends[i] = entry.expiresAt.map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null);
        }
        try (PreparedStatement statement = connection.prepareStatement(state.definition().sql(EntrySql.LOAD))) {
            statement.setInt(1, state.definition().id());
            statement.setArray(2, connection.createArrayOf("bytea", keys));
            statement.setArray(3, connection.createArrayOf("smallint", kinds));
            statement.setArray(4, connection.createArrayOf("bytea", values));
            statement.setArray(5, connection.createArrayOf("bigint", versions));
            statement.setArray(6, connection.createArrayOf("bigint", ttls));
            statement.setArray(7, connection.createArrayOf("timestamptz", ends));
            statement.executeUpdate();
        }
    }

    private static long newVersion() {
        return ThreadLocalRandom.current().nextLong(1, VERSION_BOUND);
    }

    /** The entries that are there and have not expired, without counting hits. */
    public Map<CacheKey, Loaded> read(Transaction transaction, Collection<CacheKey> keys) {
        var connection = transaction.handle().getConnection();
        try (PreparedStatement statement = connection.prepareStatement(state.definition().sql(EntrySql.READ_LOADED))) {
            statement.setInt(1, state.definition().id());
            statement.setArray(2, connection.createArrayOf("bytea", keys.stream().map(CacheKey::raw)
                    .toArray(byte[][]::new)));
            var found = HashMap.<CacheKey, Loaded>newHashMap(keys.size());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    var key = CacheKey.owning(rows.getBytes(1));
                    var end = Optional.ofNullable(rows.getObject(4, OffsetDateTime.class))
                            .map(OffsetDateTime::toInstant);
                    found.put(key, new Loaded(key, CacheValue.owning(rows.getInt(2), rows.getBytes(3)), end,
                            rows.getLong(5)));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }
}
