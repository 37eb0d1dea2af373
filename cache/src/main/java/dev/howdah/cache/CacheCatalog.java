package dev.howdah.cache;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.LimitExceededException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** The caches and what was counted of them, as they stand in the database. Thread-safe. */
final class CacheCatalog {
    static final String LIST = """
        SELECT id, name, durability, default_ttl_ms, ttl_max_ms, entries_max, bytes_max, eviction, near, near_bytes_max,
               near_ttl_ms, negative_ttl_ms, created_at, COALESCE(entries, 0) AS entries, COALESCE(bytes, 0) AS bytes,
               measured_at
          FROM caches
          LEFT JOIN cache_statistics ON cache = id
         WHERE :name::text IS NULL OR name = :name
         ORDER BY name
        """;

    static final String CREATE = """
        INSERT INTO caches (name, durability, default_ttl_ms, ttl_max_ms, entries_max, bytes_max, eviction, near,
                            near_bytes_max, near_ttl_ms, negative_ttl_ms)
        SELECT :name, :durability, :defaultTtl::bigint, :ttlMax::bigint, :entriesMax::bigint, :bytesMax::bigint, :eviction,
               :near, :nearBytesMax, :nearTtl, :negativeTtl
         WHERE (SELECT count(*) FROM caches) < :cachesMax
            ON CONFLICT (name) DO NOTHING
        """;

    /** The entries of an unlogged cache are in another table, where they would stay behind. */
    static final String CHANGE = """
        UPDATE caches
           SET durability = :durability, default_ttl_ms = :defaultTtl::bigint, ttl_max_ms = :ttlMax::bigint,
               entries_max = :entriesMax::bigint, bytes_max = :bytesMax::bigint, eviction = :eviction, near = :near,
               near_bytes_max = :nearBytesMax, near_ttl_ms = :nearTtl, negative_ttl_ms = :negativeTtl
         WHERE name = :name AND (durability = 'unlogged') = (:durability = 'unlogged')
        """;

    static final String DROP = """
        WITH gone AS (
          DELETE FROM caches
           WHERE name = :name
          RETURNING id),
        counts AS (DELETE FROM cache_statistics USING gone WHERE cache = gone.id)
        SELECT id
          FROM gone
        """;

    static final String COUNTS = """
        SELECT hits, near_hits, stale_hits, misses, sets, deletes, loads, evictions, expirations, measured_at
          FROM cache_statistics
         WHERE cache = :cache
        """;

    static final int CACHES_MAX = 10_000;

    private final Database database;

    CacheCatalog(Database database) {
        this.database = database;
    }

    /** A cache as it stands there. */
    record Row(Definition definition, long entries, long bytes, Optional<Instant> measuredAt) {
        CacheDescription description() {
            return new CacheDescription(definition.name(), definition.options(), definition.createdAt(), entries,
                    bytes, measuredAt);
        }

        boolean isFull() {
            var options = definition.options();
            return options.eviction() == Eviction.NONE
                    && (options.entriesMax().filter(most -> entries >= most).isPresent()
                            || options.bytesMax().filter(most -> bytes >= most).isPresent());
        }
    }

    List<Row> list() {
        return database.read(handle -> select(handle, Optional.empty()));
    }

    Optional<Row> find(String name) {
        return database.withHandle(handle -> select(handle, Optional.of(name))).stream().findFirst();
    }

    /** Creates it unless it is there, and answers it as it is. */
    Row create(String name, CacheOptions options) {
        int created = database.withHandle(handle -> bind(handle, CREATE, name, options).execute());
        return find(name).orElseThrow(() -> created == 1
                ? CacheState.notFound(name)
                : new LimitExceededException("caches-too-many", "there are " + CACHES_MAX + " caches",
                        "drop some, or use prefixes of keys in one"));
    }

    Row put(String name, CacheOptions options) {
        create(name, options);
        int changed = database.withHandle(handle -> bind(handle, CHANGE, name, options).execute());
        var row = find(name).orElseThrow(() -> CacheState.notFound(name));
        if (changed == 0) {
            throw new ConflictException("cache-durability-fixed", "the cache \"" + name + "\" is "
                    + row.definition.options().durability().label() + " and cannot become "
                    + options.durability().label(), "drop it first, or create another one");
        }
        return row;
    }

    private static org.jdbi.v3.core.statement.Update bind(Handle handle, String sql, String name,
            CacheOptions options) {
        var update = handle.createUpdate(sql).bind("name", name).bind("durability", options.durability().label())
                .bind("defaultTtl", options.defaultTtl().map(Duration::toMillis).orElse(null))
                .bind("ttlMax", options.ttlMax().map(Duration::toMillis).orElse(null))
                .bind("entriesMax", options.entriesMax().orElse(null)).bind("bytesMax", options.bytesMax().orElse(null))
                .bind("eviction", options.eviction().label()).bind("near", options.near())
                .bind("nearBytesMax", options.nearBytesMax()).bind("nearTtl", options.nearTtl().toMillis())
                .bind("negativeTtl", options.negativeTtl().toMillis());
        return sql.equals(CREATE) ? update.bind("cachesMax", CACHES_MAX) : update;
    }

    /** Drops it, and answers its number; its entries are removed later. */
    Optional<Integer> drop(String name) {
        return database.withHandle(handle -> handle.createQuery(DROP).bind("name", name).mapTo(Integer.class)
                .findOne());
    }

    private static List<Row> select(Handle handle, Optional<String> name) {
        return handle.createQuery(LIST).bind("name", name.orElse(null)).map(CacheCatalog::read).list();
    }

    private static Row read(ResultSet row, StatementContext context) throws SQLException {
        var options = new CacheOptions(Durability.valueOf(row.getString("durability").toUpperCase(Locale.ROOT)),
                number(row, "default_ttl_ms").map(Duration::ofMillis),
                number(row, "ttl_max_ms").map(Duration::ofMillis),
                number(row, "entries_max"), number(row, "bytes_max"),
                Eviction.valueOf(row.getString("eviction").toUpperCase(Locale.ROOT)), row.getBoolean("near"),
                row.getLong("near_bytes_max"), Duration.ofMillis(row.getLong("near_ttl_ms")),
                Duration.ofMillis(row.getLong("negative_ttl_ms")));
        return new Row(new Definition(row.getInt("id"), row.getString("name"), options,
                row.getObject("created_at", OffsetDateTime.class).toInstant()), row.getLong("entries"),
                row.getLong("bytes"), instant(row, "measured_at"));
    }

    private static Optional<Long> number(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, Long.class));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /** What was counted of a cache. */
    record Counts(long hits, long nearHits, long staleHits, long misses, long sets, long deletes, long loads,
            long evictions, long expirations, Optional<Instant> measuredAt) {
        /** With what is in it. */
        CacheStatistics with(ResultSet totals) throws SQLException {
            long total = totals.getLong("total");
            long active = totals.getLong("active");
            return new CacheStatistics(hits, nearHits, staleHits, misses, sets, deletes, loads, evictions, expirations,
                    total, active, total - active, totals.getDouble("access_count_avg"),
                    totals.getLong("access_count_max"), totals.getLong("bytes"), totals.getLong("table_bytes"),
                    measuredAt);
        }
    }

    static Counts counts(Database database, int cache) {
        return database.withHandle(handle -> handle.createQuery(COUNTS).bind("cache", cache)
                .map((row, context) -> new Counts(row.getLong("hits"), row.getLong("near_hits"),
                        row.getLong("stale_hits"), row.getLong("misses"), row.getLong("sets"), row.getLong("deletes"),
                        row.getLong("loads"), row.getLong("evictions"), row.getLong("expirations"),
                        instant(row, "measured_at")))
                .findOne()).orElse(new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, Optional.empty()));
    }
}
