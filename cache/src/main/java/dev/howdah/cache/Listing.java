package dev.howdah.cache;

import dev.howdah.postgres.InvalidInputException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** What concerns many entries of a cache, or an entry without its value. Thread-safe. */
final class Listing {
    private static final int PAGE_MAX = 1_000;
    /** Entries that are deleted by one statement, so that no lock is held for long. */
    private static final int BATCH = 2_000;

    private final CacheState state;

    Listing(CacheState state) {
        this.state = state;
    }

    private record Gone(CacheKey key, boolean live) {
        static Gone read(ResultSet row, StatementContext context) throws SQLException {
            return new Gone(CacheKey.owning(row.getBytes("key")), row.getBoolean("live"));
        }
    }

    Optional<EntryDescription> describe(CacheKey key) {
        var cache = state.definition();
        return logged(cache, handle -> handle.createQuery(cache.sql(EntrySql.DESCRIBE))
                .bind("cache", cache.id()).bind("key", key.raw()).map(Listing::read).findOne());
    }

    KeyPage keys(String pattern, Optional<CacheKey> after, int limit) {
        checkLimit(limit);
        if (pattern.length() > CacheKey.BYTES_MAX) {
            throw new InvalidInputException("cache-pattern-invalid", "pattern", "has " + pattern.length()
                    + " characters", "use at most " + CacheKey.BYTES_MAX);
        }
        var cache = state.definition();
        var glob = Glob.of(pattern);
        var page = logged(cache, handle -> handle.createQuery(cache.sql(EntrySql.KEYS))
                .bind("cache", cache.id()).bind("after", after.map(CacheKey::raw).orElse(new byte[0]))
                .bind("from", glob.from()).bind("to", glob.to()).bind("pattern", glob.like()).bind("limit", limit)
                .map(Listing::read).list());
        return new KeyPage(page.stream().filter(entry -> glob.matches(entry.key())).toList(),
                page.size() < limit ? Optional.empty() : Optional.of(page.getLast().key()));
    }

    List<EntryDescription> hotKeys(int limit) {
        checkLimit(limit);
        var cache = state.definition();
        return logged(cache, handle -> handle.createQuery(cache.sql(EntrySql.HOT_KEYS))
                .bind("cache", cache.id()).bind("limit", limit).map(Listing::read).list());
    }

    /** A replica does not have what is not in the log. */
    private <T> T logged(Definition cache, Function<Handle, T> work) {
        return cache.options().durability() == Durability.UNLOGGED
                ? state.database.withHandle(work)
                : state.database.read(work);
    }

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > PAGE_MAX) {
            throw new InvalidInputException("cache-limit-invalid", "limit", limit + " is out of bounds", "use 1 to "
                    + PAGE_MAX);
        }
    }

    private static EntryDescription read(ResultSet row, StatementContext context) throws SQLException {
        double ttl = row.getDouble("ttl_ms");
        return new EntryDescription(CacheKey.owning(row.getBytes("key")), CacheValue.Kind.of(row.getInt("kind")),
                row.getInt("bytes"), row.getLong("version"), ttl == -1
                        ? Ttl.NEVER
                        : Ttl.of(Duration.ofMillis(Math.clamp((long) Math.ceil(ttl), 1, Ttl.MAX.toMillis()))),
                instant(row, "created_at"), instant(row, "written_at"), instant(row, "accessed_at"),
                row.getLong("access_count"), tags(row.getArray("tags")));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static Set<String> tags(@Nullable Array array) throws SQLException {
        return array == null ? Set.of() : Set.of((String[]) array.getArray());
    }

    long invalidate(String[] tags) {
        var cache = state.definition();
        forgetLoads(cache);
        long live = 0;
        List<Gone> gone;
        do {
            gone = state.database.withHandle(handle -> handle.createQuery(cache.sql(EntrySql.DELETE_TAGGED))
                    .bind("cache", cache.id()).bind("tags", tags).bind("limit", BATCH).map(Gone::read).list());
            live += gone.stream().filter(Gone::live).count();
            state.written(gone.stream().map(Gone::key).toList());
        } while (gone.size() == BATCH);
        state.counters.deletes.add(live);
        return live;
    }

    long clear() {
        var cache = state.definition();
        forgetLoads(cache);
        long live = 0;
        byte[] after = {};
        List<Gone> gone;
        do {
            byte[] from = after;
            gone = state.database.withHandle(handle -> handle.createQuery(cache.sql(EntrySql.DELETE_ALL))
                    .bind("cache", cache.id()).bind("after", from).bind("limit", BATCH).map(Gone::read).list());
            live += gone.stream().filter(Gone::live).count();
            after = gone.isEmpty() ? after : gone.getLast().key.raw();
        } while (gone.size() == BATCH);
        state.writtenAll();
        state.counters.deletes.add(live);
        return live;
    }

    private void forgetLoads(Definition cache) {
        state.database.withHandle(handle -> handle.createUpdate(EntrySql.FORGET_LOADS).bind("cache", cache.id())
                .execute());
    }

    CacheStatistics statistics() {
        var cache = state.definition();
        var counts = CacheCatalog.counts(state.database, cache.id());
        return logged(cache, handle -> handle.createQuery(cache.sql(EntrySql.TOTALS))
                .bind("cache", cache.id()).map((row, context) -> counts.with(row)).one());
    }
}
