package dev.howdah.cache;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.QueryMetrics;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.ConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes entries in sets, each by one statement, on a connection that the caller brings. Plain JDBC: statements
 * stay prepared on the server, and bytes go as bytes. Thread-safe.
 */
final class EntryStore {
    private final QueryMetrics metrics;

    EntryStore(Database database) {
        this.metrics = database.metrics();
    }

    /**
     * An entry as it was read.
     *
     * @param value absent if it is remembered that there is none
     * @param live whether it has not expired
     * @param deadline when it expires, by {@link System#nanoTime()}; never too late, since it counts from before the question
     */
    record Found(@Nullable CacheValue value, long version, boolean live, long deadline) {}

    /**
     * An entry to be written.
     *
     * @param value absent to remember that there is none
     * @param ttlMillis absent for ever
     * @param expected the version that must be there; absent for any. Only for replacing
     */
    record Write(CacheKey key, @Nullable CacheValue value, long version, @Nullable Long ttlMillis, long staleMillis,
            Set<String> tags, @Nullable Long expected) {}

    /** A number to be added. */
    record Increment(CacheKey key, long delta, long initial, long version, @Nullable Long ttlMillis,
            Set<String> tags) {}

    @FunctionalInterface
    private interface Work<T> {
        T run(PreparedStatement statement, Connection connection) throws SQLException;
    }

    private static final long NEVER = Long.MAX_VALUE;
    private static final double NANOS_PER_MILLI = 1e6;

    /** What there is of the keys, expired ones that may be served stale included. */
    Map<CacheKey, Found> get(Connection connection, Definition cache, Collection<CacheKey> keys) {
        long asked = System.nanoTime();
        return run(connection, cache.sql(EntrySql.GET), (statement, jdbc) -> {
            statement.setInt(1, cache.id());
            statement.setArray(2, jdbc.createArrayOf("bytea", raw(keys)));
            var found = HashMap.<CacheKey, Found>newHashMap(keys.size());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    int kind = rows.getInt(2);
                    double ttl = rows.getDouble(6);
                    long deadline = ttl == -1 || ttl > Ttl.MAX.toMillis()
                            ? NEVER
                            : asked + (long) (ttl * NANOS_PER_MILLI);
                    found.put(CacheKey.owning(rows.getBytes(1)), new Found(kind == 0
                            ? null
                            : CacheValue.owning(kind, rows.getBytes(3)), rows.getLong(4), rows.getBoolean(5),
                            deadline));
                }
            }
            return found;
        });
    }

    /** Stores all; of those with the same key, the last. */
    void set(Connection connection, Definition cache, Collection<Write> writes, boolean relaxed) {
        var last = new TreeMap<CacheKey, Write>();
        writes.forEach(write -> last.put(write.key, write));
        run(connection, cache.sql(EntrySql.SET), (statement, jdbc) -> {
            bind(statement, 1, jdbc, cache, List.copyOf(last.values()), relaxed);
            return statement.executeUpdate();
        });
    }

    /** Stores those whose keys are absent, and answers which those were. Keys must differ. */
    Set<CacheKey> add(Connection connection, Definition cache, Collection<Write> writes, boolean relaxed) {
        return run(connection, cache.sql(EntrySql.ADD), (statement, jdbc) -> {
            bind(statement, 1, jdbc, cache, sorted(writes), relaxed);
            return keys(statement);
        });
    }

    /** Stores those whose keys are there as expected, and answers which those were. Keys must differ. */
    Set<CacheKey> replace(Connection connection, Definition cache, Collection<Write> writes, boolean relaxed) {
        var sorted = sorted(writes);
        var keys = raw(sorted.stream().map(Write::key).toList());
        return run(connection, cache.sql(EntrySql.REPLACE), (statement, jdbc) -> {
            statement.setArray(1, jdbc.createArrayOf("bytea", keys));
            statement.setArray(2, jdbc.createArrayOf("bigint", sorted.stream().map(Write::expected).toArray()));
            statement.setInt(3, cache.id());
            statement.setArray(4, jdbc.createArrayOf("bytea", keys));
            bind(statement, 5, jdbc, cache, sorted, relaxed);
            return keys(statement);
        });
    }

    private static List<Write> sorted(Collection<Write> writes) {
        return writes.stream().sorted((a, b) -> a.key.compareTo(b.key)).toList();
    }

    private static void bind(PreparedStatement statement, int first, Connection jdbc, Definition cache,
            List<Write> writes, boolean relaxed) throws SQLException {
        int size = writes.size();
        var keys = new byte[size][];
        var kinds = new Short[size];
        var values = new byte[size][];
        var versions = new Long[size];
        var ttls = new @Nullable Long[size];
        var stale = new Long[size];
        var tags = new @Nullable String[size];
        for (int i = 0; i < size; i++) {
            var write = writes.get(i);
            keys[i] = write.key.raw();
            kinds[i] = (short) (write.value == null ? 0 : write.value.kind().code());
            values[i] = write.value == null ? new byte[0] : write.value.raw();
            versions[i] = write.version;
            ttls[i] = write.ttlMillis;
            stale[i] = write.staleMillis;
            tags[i] = literal(jdbc, write.tags);
        }
        statement.setInt(first, cache.id());
        statement.setArray(first + 1, jdbc.createArrayOf("bytea", keys));
        statement.setArray(first + 2, jdbc.createArrayOf("smallint", kinds));
        statement.setArray(first + 3, jdbc.createArrayOf("bytea", values));
        statement.setArray(first + 4, jdbc.createArrayOf("bigint", versions));
        statement.setArray(first + 5, jdbc.createArrayOf("bigint", ttls));
        statement.setArray(first + 6, jdbc.createArrayOf("bigint", stale));
        statement.setArray(first + 7, jdbc.createArrayOf("text", tags));
        statement.setBoolean(first + 8, relaxed);
    }

    /** An array within an array, which unnest would take apart, goes as text. */
    private static @Nullable String literal(Connection jdbc, Set<String> tags) throws SQLException {
        return tags.isEmpty() ? null : jdbc.createArrayOf("text", tags.toArray()).toString();
    }

    /**
     * Deletes, and answers by key whether it was live.
     *
     * @param expected only of this version
     */
    Map<CacheKey, Boolean> delete(Connection connection, Definition cache, Collection<CacheKey> keys,
            OptionalLong expected, boolean relaxed) {
        var gone = new HashMap<CacheKey, Boolean>();
        var raw = raw(keys);
        if (deleteOnce(connection, cache, raw, expected, relaxed, gone)) {
            deleteOnce(connection, cache, raw, expected, relaxed, gone);
        }
        return gone;
    }

    /** Whether one of them was being loaded. */
    private boolean deleteOnce(Connection connection, Definition cache, byte[][] keys, OptionalLong expected,
            boolean relaxed, Map<CacheKey, Boolean> gone) {
        return run(connection, cache.sql(EntrySql.DELETE), (statement, jdbc) -> {
            statement.setInt(1, cache.id());
            statement.setInt(2, cache.id());
            statement.setArray(3, jdbc.createArrayOf("bytea", keys));
            statement.setInt(4, cache.id());
            statement.setArray(5, jdbc.createArrayOf("bytea", keys));
            statement.setObject(6, expected.isPresent() ? expected.getAsLong() : null, java.sql.Types.BIGINT);
            statement.setLong(7, expected.orElse(0));
            statement.setInt(8, cache.id());
            statement.setBoolean(9, relaxed);
            statement.setInt(10, cache.id());
            statement.setArray(11, jdbc.createArrayOf("bytea", keys));
            boolean wasLoading = false;
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    wasLoading = rows.getBoolean(3);
                    var key = rows.getBytes(1);
                    if (key != null) {
                        gone.merge(CacheKey.owning(key), rows.getBoolean(2), Boolean::logicalOr);
                    }
                }
            }
            return wasLoading;
        });
    }

    /** Adds, and answers the new numbers; a key that is left out has no whole number, or would not fit. Keys must differ. */
    Map<CacheKey, Long> increment(Connection connection, Definition cache, Collection<Increment> increments,
            boolean relaxed) {
        var numbers = new HashMap<CacheKey, Long>();
        var byInitial = new LinkedHashMap<Long, List<Increment>>();
        increments.stream().sorted((a, b) -> a.key.compareTo(b.key)).forEach(one -> byInitial
                .computeIfAbsent(one.initial, key -> new ArrayList<>()).add(one));
        byInitial.forEach((initial, group) -> numbers.putAll(increment(connection, cache, initial, group, relaxed)));
        return numbers;
    }

    private Map<CacheKey, Long> increment(Connection connection, Definition cache, long initial, List<Increment> group,
            boolean relaxed) {
        return run(connection, cache.sql(EntrySql.INCREMENT), (statement, jdbc) -> {
            var tags = new @Nullable String[group.size()];
            for (int i = 0; i < tags.length; i++) {
                tags[i] = literal(jdbc, group.get(i).tags);
            }
            statement.setInt(1, cache.id());
            statement.setArray(2, jdbc.createArrayOf("bytea", raw(group.stream().map(Increment::key).toList())));
            statement.setArray(3, jdbc.createArrayOf("text",
                    group.stream().map(one -> Long.toString(one.initial + one.delta)).toArray()));
            statement.setArray(4, jdbc.createArrayOf("bigint", group.stream().map(Increment::version).toArray()));
            statement.setArray(5, jdbc.createArrayOf("bigint", group.stream().map(Increment::ttlMillis).toArray()));
            statement.setArray(6, jdbc.createArrayOf("text", tags));
            statement.setBoolean(7, relaxed);
            statement.setLong(8, initial);
            statement.setLong(9, initial);
            var numbers = new HashMap<CacheKey, Long>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    numbers.put(CacheKey.owning(rows.getBytes(1)), Long.valueOf(rows.getString(2)));
                }
            }
            return numbers;
        });
    }

    /**
     * Gives entries another time to live, and answers which were there.
     *
     * @param own their own one again
     * @param ttlMillis absent for ever
     */
    Set<CacheKey> touch(Connection connection, Definition cache, Collection<CacheKey> keys, boolean own,
            @Nullable Long ttlMillis, boolean relaxed) {
        return run(connection, cache.sql(EntrySql.TOUCH), (statement, jdbc) -> {
            statement.setInt(1, cache.id());
            statement.setArray(2, jdbc.createArrayOf("bytea", raw(keys)));
            statement.setBoolean(3, own);
            statement.setObject(4, ttlMillis, java.sql.Types.BIGINT);
            statement.setInt(5, cache.id());
            statement.setBoolean(6, relaxed);
            return keys(statement);
        });
    }

    /** Locks keys until the transaction of the connection ends, and answers what is there, live. */
    Map<CacheKey, LockedEntry> lock(Connection connection, Definition cache, Collection<CacheKey> keys,
            boolean relaxed) {
        var raw = raw(keys);
        run(connection, cache.sql(EntrySql.LOCK), (statement, jdbc) -> {
            statement.setInt(1, cache.id());
            statement.setArray(2, jdbc.createArrayOf("bytea", raw));
            statement.setBoolean(3, relaxed);
            return statement.executeUpdate();
        });
        return run(connection, cache.sql(EntrySql.LOCKED), (statement, jdbc) -> {
            statement.setInt(1, cache.id());
            statement.setArray(2, jdbc.createArrayOf("bytea", raw));
            var found = HashMap.<CacheKey, LockedEntry>newHashMap(raw.length);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    double ttl = rows.getDouble(4);
                    found.put(CacheKey.owning(rows.getBytes(1)), new LockedEntry(CacheValue.owning(rows.getInt(2),
                            rows.getBytes(3)), ttl == -1 ? Ttl.NEVER : Ttl.of(remaining(ttl))));
                }
            }
            return found;
        });
    }

    private static Duration remaining(double millis) {
        return Duration.ofNanos((long) (Math.clamp(millis, 0.0, (double) Ttl.MAX.toMillis()) * NANOS_PER_MILLI));
    }

    /** Adds accesses of keys, each once, in their order. */
    int countAccesses(Connection connection, Definition cache, List<Map.Entry<CacheKey, Long>> accesses) {
        var keys = accesses.stream().map(entry -> entry.getKey().raw()).toArray(byte[][]::new);
        return run(connection, cache.sql(EntrySql.STORE_ACCESSES), (statement, jdbc) -> {
            statement.setArray(1, jdbc.createArrayOf("bytea", keys));
            statement.setArray(2, jdbc.createArrayOf("bigint", accesses.stream().map(Map.Entry::getValue).toArray()));
            statement.setInt(3, cache.id());
            return statement.executeUpdate();
        });
    }

    private static Set<CacheKey> keys(PreparedStatement statement) throws SQLException {
        var keys = new HashSet<CacheKey>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                keys.add(CacheKey.owning(rows.getBytes(1)));
            }
        }
        return keys;
    }

    /** In their order, each once. */
    static byte[][] raw(Collection<CacheKey> keys) {
        return keys.size() == 1
                ? new byte[][]{keys.iterator().next().raw()}
                : keys.stream().distinct().sorted().map(CacheKey::raw).toArray(byte[][]::new);
    }

    private <T> T run(Connection connection, String sql, Work<T> work) {
        long begin = System.nanoTime();
        boolean failed = true;
        try (var statement = connection.prepareStatement(sql)) {
            T result = work.run(statement, connection);
            failed = false;
            return result;
        } catch (SQLException e) {
            throw new ConnectionException(e); // translated with those of other statements
        } finally {
            metrics.record(sql, Duration.ofNanos(System.nanoTime() - begin), failed);
        }
    }
}
