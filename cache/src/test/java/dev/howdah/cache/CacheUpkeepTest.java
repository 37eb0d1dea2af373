package dev.howdah.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.Notifications;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the housekeeping leaves behind, and what it keeps its hands off. */
class CacheUpkeepTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final CacheValue VALUE = CacheValue.bytes(new byte[500]);

    private final Database database = CacheTest.migrated();
    private final Caches caches = new Caches(database, CacheSettings.defaults());

    private static Map<CacheKey, CacheValue> values(String prefix, int count) {
        var values = new HashMap<CacheKey, CacheValue>();
        for (int i = 0; i < count; i++) {
            values.put(CacheKey.of(prefix + i), VALUE);
        }
        return values;
    }

    private long number(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    private void tidy() {
        caches.upkeep().storeCounts();
        caches.upkeep().tidy();
    }

    @ParameterizedTest
    @EnumSource(value = Durability.class, names = {"UNLOGGED", "ASYNC"})
    void removesWhatHasExpiredAndNothingElse(Durability durability) {
        var cache = caches.open("expiring", CacheOptions.DEFAULT.withDurability(durability));
        cache.setMany(values("gone", 3_000), EntryOptions.DEFAULT.withTtl(Duration.ZERO));
        cache.setMany(values("stale", 10), EntryOptions.DEFAULT.withTtl(Duration.ofMillis(1))
                .withStaleFor(Duration.ofHours(1)));
        cache.setMany(values("live", 100), EntryOptions.DEFAULT);
        cache.setMany(values("ever", 100), EntryOptions.DEFAULT.withTtl(Ttl.NEVER));
        tidy();
        var statistics = cache.statistics();
        assertThat(statistics.total()).isEqualTo(210);
        assertThat(statistics.expirations()).isEqualTo(3_000);
        assertThat(caches.describe("expiring").entries()).isEqualTo(210);
    }

    @Test
    void leavesRowsThatARequestHasLocked() throws Exception {
        var cache = caches.open("locked");
        var key = CacheKey.of("k");
        cache.set(key, VALUE, EntryOptions.DEFAULT.withTtl(Duration.ZERO));
        database.useTransaction(tx -> {
            cache.in(tx).set(key, VALUE, EntryOptions.DEFAULT);
            try {
                CompletableFuture.runAsync(this::tidy).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(cache.get(key)).contains(VALUE);
    }

    @Test
    void sweepsBesideRequestsAndTakesNothingThatIsLive() throws Exception {
        var cache = caches.open("beside");
        var stop = new AtomicBoolean();
        var sweeping = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                tidy();
            }
        });
        for (int round = 0; round < 100; round++) {
            var values = values("k", 50);
            cache.setMany(values, EntryOptions.DEFAULT.withTtl(Duration.ZERO));
            cache.setMany(values, EntryOptions.DEFAULT);
            assertThat(cache.getMany(values.keySet())).hasSize(50);
        }
        stop.set(true);
        sweeping.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void evictsWhatWasNotUsedForTheLongestTime() {
        var cache = caches.open("lru", CacheOptions.DEFAULT.withEntriesMax(100, Eviction.LRU));
        cache.setMany(values("old", 100), EntryOptions.DEFAULT);
        var used = values("old", 10).keySet();
        assertThat(cache.getMany(used)).hasSize(10);
        caches.upkeep().storeCounts();
        cache.setMany(values("new", 50), EntryOptions.DEFAULT);
        tidy();
        assertThat(cache.statistics().total()).isEqualTo(100);
        assertThat(cache.getMany(used)).as("read a moment ago").hasSize(10);
        assertThat(cache.getMany(values("new", 50).keySet())).as("written a moment ago").hasSize(50);
        assertThat(cache.statistics().evictions()).isEqualTo(50);
    }

    @Test
    void evictsWhatWasThereFirstWithinABoundOfBytes() {
        var cache = caches.open("fifo", CacheOptions.DEFAULT.withBytesMax(100 * 700, Eviction.FIFO));
        for (int i = 0; i < 5; i++) {
            cache.setMany(values("batch" + i + ":", 50), EntryOptions.DEFAULT);
        }
        cache.getMany(values("batch0:", 50).keySet());
        tidy();
        assertThat(cache.statistics().total()).isBetween(80L, 120L);
        assertThat(cache.getMany(values("batch0:", 50).keySet())).isEmpty();
        assertThat(cache.getMany(values("batch4:", 50).keySet())).hasSize(50);
    }

    @Test
    void refusesNewKeysWhenItIsFullAndMayNotEvict() {
        var cache = caches.open("full", CacheOptions.DEFAULT.withEntriesMax(10, Eviction.NONE));
        cache.setMany(values("k", 10), EntryOptions.DEFAULT);
        caches.upkeep().runOnce();
        assertThatThrownBy(() -> cache.set("one-more", VALUE)).isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("\"full\" is full");
        assertThatThrownBy(() -> cache.add(CacheKey.of("one-more"), VALUE, EntryOptions.DEFAULT))
                .hasMessageContaining("eviction is none");
        cache.set("k1", CacheValue.text("another"));
        assertThat(cache.get("k1")).contains(CacheValue.text("another"));
        assertThat(cache.statistics().total()).isEqualTo(10);
        cache.delete("k1");
        new Caches(database, CacheSettings.defaults()).upkeep().tidy();
        caches.refresh();
        assertThat(cache.set("one-more", VALUE)).isPositive();
    }

    /** By and by, in random order: space that a transaction replaces can be reused after its commit only. */
    private static void fill(Cache cache, String prefix, EntryOptions options) {
        var keys = new ArrayList<>(values(prefix, 10_000).keySet());
        Collections.shuffle(keys, new Random(1 + options.hashCode()));
        for (int from = 0; from < keys.size(); from += 500) {
            cache.setMany(keys.subList(from, from + 500).stream().collect(Collectors.toMap(key -> key, key -> VALUE)),
                    options);
        }
    }

    @Test
    void staysSmallOverManyTurnovers() {
        var cache = caches.open("turnovers");
        fill(cache, "k0:", EntryOptions.DEFAULT);
        tidy();
        long first = number("SELECT pg_total_relation_size('cache_entries')");
        for (int turn = 1; turn <= 10; turn++) {
            if (turn % 2 == 0) { // other keys
                assertThat(cache.clear()).isEqualTo(10_000);
                tidy();
            }
            fill(cache, "k" + turn / 2 + ":", EntryOptions.DEFAULT.withTtl(Duration.ofDays(turn)));
            assertThat(cache.statistics().total()).isEqualTo(10_000);
            tidy();
        }
        assertThat((double) number("SELECT pg_total_relation_size('cache_entries')") / first).isLessThanOrEqualTo(1.5);
    }

    @Test
    void renewsTimesToLiveWithoutTouchingIndexes() {
        var cache = caches.open("hot");
        cache.setMany(values("k", 500), EntryOptions.DEFAULT);
        for (int round = 0; round < 20; round++) {
            for (int i = round % 5; i < 500; i += 5) {
                cache.touch(CacheKey.of("k" + i));
            }
        }
        await().atMost(LIMIT).until(() -> number("SELECT n_tup_upd FROM pg_stat_user_tables "
                + "WHERE relid = 'cache_entries'::regclass") >= 2_000);
        assertThat(number("SELECT 100 * n_tup_hot_upd / n_tup_upd FROM pg_stat_user_tables "
                + "WHERE relid = 'cache_entries'::regclass")).isGreaterThanOrEqualTo(95);
    }

    @Test
    void evictsAtOnceWhenMoreIsWrittenThanMayBeThere() {
        try (var rare = new Caches(database, CacheSettings.defaults().withUpkeepInterval(Duration.ofDays(1)))) {
            rare.start();
            var cache = rare.open("full", CacheOptions.DEFAULT.withEntriesMax(2_000, Eviction.FIFO));
            for (int i = 0; i < 20; i++) {
                cache.setMany(values("batch" + i + ":", 500), EntryOptions.DEFAULT);
            }
            // what was written after the last look, a thousand at most, may be there besides
            await().atMost(LIMIT).until(() -> cache.statistics().total() <= 3_000);
            assertThat(cache.statistics().evictions()).isGreaterThanOrEqualTo(7_000);
        }
    }

    @Test
    void hasWritersWaitForTheEvictionOfTheirCacheAlone() throws InterruptedException {
        var options = CacheOptions.DEFAULT.withEntriesMax(10_000, Eviction.LRU);
        try (var others = new Caches(database, CacheSettings.defaults())) {
            var full = others.open("full", options).state();
            var calm = others.open("calm", options).state();
            var told = new CountDownLatch(1);
            try (var _ = database.notifications().subscribe(Caches.LOOKED, new Notifications.Listener() {
                @Override
                public void message(String text) {
                    told.countDown(); // the others know it, who came first
                }

                @Override
                public void listening() {}
            })) {
                await().atMost(LIMIT).until(database.notifications()::isListening);
                caches.tellLooked(Set.of(full.definition().id()));
                assertThat(told.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            }
            for (var state : List.of(full, calm)) {
                state.pressure.written(options, 5_000);
            }
            calm.pressure.awaitLook();
            var writer = Thread.ofPlatform().start(full.pressure::awaitLook);
            await().atMost(LIMIT).until(() -> writer.getState() == Thread.State.TIMED_WAITING);
            others.tellLooked(Set.of());
            assertThat(writer.join(LIMIT)).isTrue();
        }
    }

    @Test
    void runsByItselfAndStoresTheLastCountsWhenItEnds() {
        try (var busy = new Caches(database, CacheSettings.defaults().withUpkeepInterval(Duration.ofMillis(20)))) {
            busy.start();
            var cache = busy.open("running");
            cache.setMany(values("gone", 100), EntryOptions.DEFAULT.withTtl(Duration.ZERO));
            await().atMost(LIMIT).until(() -> cache.statistics().expirations() == 100);
            cache.get("absent");
        }
        assertThat(caches.get("running").statistics().misses()).isEqualTo(1);
        assertThat(caches.list()).extracting(CacheDescription::name).isEqualTo(List.of("running"));
    }
}
