package dev.howdah.bench;

import dev.howdah.bench.KeyedCache.Ours;
import dev.howdah.bench.KeyedCache.Redis;
import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheOptions;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Eviction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The cache against Redis, by as many threads, and what it promises of itself. */
final class CacheRows {
    private static final int THREADS = 8;
    private static final int TURNOVERS = 10;
    private static final Duration NEAR_TTL = Duration.ofMinutes(1);
    private static final int NEAR_BYTES = 256 << 20;
    private static final String GET = "cache GET, 8 threads";
    private static final String SET = "cache SET, 8 threads";
    private static final String NEAR = "near-cache hit";
    private static final String NEAR_COST = "cache SET with near copies elsewhere";
    private static final String STALE = "stale after a write elsewhere, p99";
    private static final String HOT = "share of HOT updates when TTLs are refreshed";
    private static final String SIZE = "table after 10 turnovers, times its size before";
    private static final String ENTRIES = "cache_entries_unlogged";

    private final BenchDatabase database;
    private final BenchOptions options;
    private final Path redis;
    private final int keys;
    private final Duration time;

    CacheRows(BenchDatabase database, BenchOptions options, Path redis) {
        this.database = database;
        this.options = options;
        this.redis = redis;
        this.keys = options.size(100_000, 20_000);
        this.time = Duration.ofSeconds(options.size(5, 2));
    }

    List<Section> sections() {
        return List.of(Section.of(() -> beside(GET, 0.6, KeyedCache::get), GET),
                Section.of(() -> beside(SET, 0.45, KeyedCache::set), SET), Section.of(this::near, NEAR),
                Section.of(this::nearCost, NEAR_COST), Section.of(this::stale, STALE), Section.of(this::hot, HOT),
                Section.expensive(this::size, SIZE));
    }

    private Ours fresh(UnaryOperator<CacheOptions> chosen) {
        return Ours.create(database.fresh(), chosen);
    }

    private Ours withNear() {
        return fresh(chosen -> chosen.withNear(NEAR_BYTES, NEAR_TTL));
    }

    private static Contest contest(String unit, boolean lowerIsBetter, String row) {
        return new Contest(unit, lowerIsBetter, row).in("data");
    }

    private Contest beside(String row, double goal, ObjIntConsumer<KeyedCache> call) {
        var contest = contest("calls/s", false, row);
        return RedisServer.startAsCache(redis).map(server -> contest
                .ours(() -> rate(() -> fresh(UnaryOperator.identity()), call))
                .against("Redis", goal, () -> rate(() -> new Redis(server), call))
                .afterwards(server::close)).orElse(contest);
    }

    private double[] rate(Supplier<KeyedCache> open, ObjIntConsumer<KeyedCache> call) {
        try (var cache = open.get()) {
            return new double[]{rate(cache, call)};
        }
    }

    private double rate(KeyedCache cache, ObjIntConsumer<KeyedCache> call) {
        Load.each(THREADS, keys, cache::set);
        return Load.steadyRate(THREADS, keys, time, key -> call.accept(cache, key));
    }

    private Contest near() {
        return contest("µs", true, NEAR).ours(() -> {
            try (var cache = withNear()) {
                int few = 1_000;
                Load.each(1, few, cache::set);
                Load.each(1, few, cache::get);
                return new double[]{1e6 / Load.steadyRate(1, few, time, cache::get)};
            }
        }).against("goal", 1, () -> new double[]{1});
    }

    /** Another process has all of them near, and is told. */
    private Contest nearCost() {
        return contest("calls/s", false, NEAR_COST).ours(() -> {
            try (var cache = withNear(); var other = cache.another()) {
                Load.each(THREADS, keys, cache::set);
                Load.each(THREADS, keys, other::get);
                return new double[]{rate(cache, KeyedCache::set)};
            }
        }).against("itself, without", 0.85, () -> rate(() -> fresh(UnaryOperator.identity()), KeyedCache::set));
    }

    private Contest stale() {
        return contest("ms", true, STALE).ours(() -> {
            try (var writer = withNear(); var reader = writer.another()) {
                return new double[]{Load.percentile(delays(writer, reader), 0.99)};
            }
        }).against("goal", 1, () -> new double[]{50});
    }

    /** From when a write has returned until a reader elsewhere, who has the old value near, gets the new one. */
    private double[] delays(Ours writer, Ours reader) {
        var delays = new double[options.size(2_000, 300)];
        for (int i = 0; i < delays.length; i++) {
            var key = KeyedCache.name(i % 50);
            var value = CacheValue.number(i);
            writer.cache().set(key, value);
            long written = System.nanoTime();
            while (!reader.cache().get(key).equals(Optional.of(value))) {
                Thread.onSpinWait();
            }
            delays[i] = (System.nanoTime() - written) / 1e6;
            JavaPeer.sleep(Duration.ofMillis(4));
        }
        return delays;
    }

    private Contest hot() {
        return contest("", false, HOT).ours(() -> {
            try (var cache = fresh(UnaryOperator.identity())) {
                Load.each(THREADS, keys, cache::set);
                database.execute("SELECT pg_stat_reset_single_table_counters('" + ENTRIES + "'::regclass)");
                // Neighbours in a page are not refreshed together.
                Load.each(THREADS, 2 * keys,
                        i -> cache.cache().touch(CacheKey.of(KeyedCache.name((int) (i * 7_919L % keys)))));
            }
            return new double[]{database.number("""
                SELECT n_tup_hot_upd::float8 / nullif(n_tup_upd, 0)
                  FROM pg_stat_user_tables
                 WHERE relid = 'cache_entries_unlogged'::regclass
                """)};
        }).against("goal", 1, () -> new double[]{0.95});
    }

    private Contest size() {
        return contest("", true, SIZE).ours(() -> {
            try (var cache = fresh(chosen -> chosen.withEntriesMax(keys, Eviction.FIFO))) {
                Load.each(THREADS, keys, cache::set);
                double before = bytes();
                Load.each(THREADS, keys * TURNOVERS, key -> cache.set(keys + key));
                return new double[]{bytes() / before};
            }
        }).against("goal", 1, () -> new double[]{1.5});
    }

    private double bytes() {
        return database.number("SELECT pg_total_relation_size('" + ENTRIES + "')");
    }
}
