package dev.howdah.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many threads of two processes at the same entries. */
class CacheConcurrencyTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final CacheKey KEY = CacheKey.of("key");
    private static final CacheValue ONE = CacheValue.text("one");
    private static final CacheValue TWO = CacheValue.text("two");
    private static final int THREADS = 64;

    private final Database database = TestDatabase.create();
    private final Database otherDatabase = TestDatabase.open(database.settings());
    private final Caches here = new Caches(database, CacheSettings.defaults());
    private final Caches there = new Caches(otherDatabase, CacheSettings.defaults());

    CacheConcurrencyTest() {
        new Migrator(database, Migrations.ofModules("cache")).up();
    }

    private <T> List<T> parallel(int threads, Callable<T> work) throws Exception {
        try (var executor = Executors.newFixedThreadPool(threads)) {
            var begin = new CountDownLatch(1);
            var futures = IntStream.range(0, threads).mapToObj(i -> executor.submit(() -> {
                begin.await();
                return work.call();
            })).toList();
            begin.countDown();
            var results = new ArrayList<T>();
            for (var future : futures) {
                results.add(future.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
            }
            return results;
        }
    }

    private Cache either(String name) {
        return ThreadLocalRandom.current().nextBoolean() ? here.open(name) : there.open(name);
    }

    @Test
    void losesNoIncrementOfManyThreadsInTwoProcesses() throws Exception {
        here.open("counters");
        there.open("counters");
        var seen = ConcurrentHashMap.<Long>newKeySet();
        parallel(THREADS, () -> {
            for (int i = 0; i < 50; i++) {
                seen.add(either("counters").increment(KEY, 1));
            }
            return true;
        });
        assertThat(here.open("counters").get(KEY)).contains(CacheValue.number(THREADS * 50));
        assertThat(seen).as("each sum was answered once").hasSize(THREADS * 50);
    }

    @Test
    void tellsIncrementsOfOneGroupApartWhateverTheyAre() throws Exception {
        var cache = here.open("mixed");
        cache.set("text", ONE);
        var failed = new AtomicInteger();
        parallel(THREADS, () -> {
            for (int i = 0; i < 20; i++) {
                cache.increment(KEY, i % 3 == 0 ? -2 : 1);
                try {
                    cache.increment(CacheKey.of("text"), 1);
                } catch (ConflictException e) {
                    failed.incrementAndGet();
                }
            }
            return true;
        });
        assertThat(cache.get(KEY)).contains(CacheValue.number(THREADS * (13 - 2 * 7)));
        assertThat(failed).hasValue(THREADS * 20);
    }

    @Test
    void letsOneOfManyWinEachVersion() throws Exception {
        var cache = here.open("versions");
        cache.set(KEY, CacheValue.number(0), EntryOptions.DEFAULT);
        there.open("versions");
        var won = new AtomicInteger();
        parallel(16, () -> {
            for (int i = 0; i < 25; i++) {
                var mine = either("versions");
                var entry = mine.getEntry(KEY).orElseThrow();
                long next = Long.parseLong(entry.value().text()) + 1;
                if (mine.compareAndSet(KEY, entry.version(), CacheValue.number(next), EntryOptions.DEFAULT)
                        .isPresent()) {
                    won.incrementAndGet();
                }
            }
            return true;
        });
        assertThat(won).hasPositiveValue();
        assertThat(cache.get(KEY)).as("each success counted one").contains(CacheValue.number(won.get()));
    }

    @Test
    void letsOneOfManyAddAndOneDelete() throws Exception {
        for (int round = 0; round < 10; round++) {
            assertThat(parallel(16, () -> either("adds").add(KEY, ONE, EntryOptions.DEFAULT).isPresent()))
                    .as("added").containsOnlyOnce(true);
            assertThat(parallel(16, () -> either("adds").delete(KEY))).as("deleted").containsOnlyOnce(true);
        }
    }

    @Test
    void deadlocksWithNobody() throws Exception {
        var keys = IntStream.range(0, 40).mapToObj(i -> CacheKey.of("k" + i)).toList();
        here.open("busy");
        there.open("busy");
        parallel(24, () -> {
            for (int i = 0; i < 30; i++) {
                var cache = either("busy");
                var some = new HashSet<>(keys.subList(ThreadLocalRandom.current().nextInt(20), 40));
                switch (ThreadLocalRandom.current().nextInt(8)) {
                    case 0 -> cache.deleteMany(some);
                    case 1 -> cache.invalidateTags("t");
                    case 2 -> cache.clear();
                    case 3 -> here.upkeep().tidy();
                    case 4 -> there.upkeep().storeCounts();
                    case 5 -> some.forEach(cache::touch);
                    case 6 -> cache.getOrLoad(keys.get(i % 40), key -> Optional.of(TWO));
                    default -> cache.setMany(some.stream().collect(Collectors.toMap(key -> key,
                            key -> ONE)), EntryOptions.DEFAULT.withTags("t"));
                }
                cache.getMany(keys);
            }
            return true;
        });
        assertThat(here.open("busy").statistics().total()).isLessThanOrEqualTo(40);
    }

    @Test
    void loadsOnceForManyThreadsOfTwoProcesses() throws Exception {
        var loads = new AtomicInteger();
        here.open("loads");
        there.open("loads");
        var values = parallel(THREADS, () -> either("loads").getOrLoad(KEY, key -> {
            loads.incrementAndGet();
            await().pollDelay(Duration.ofMillis(100)).until(() -> true); // long enough for all to come
            return Optional.of(ONE);
        }));
        assertThat(values).hasSize(THREADS).containsOnly(Optional.of(ONE));
        assertThat(loads).hasValue(1);
    }

    @Test
    void handsAFailureToThoseWhoWaitAndLetsTheNextTry() {
        var cache = here.open("failing");
        assertThatThrownBy(() -> cache.getOrLoad(KEY, key -> {
            throw new IllegalStateException("no source");
        })).isInstanceOf(IllegalStateException.class).hasMessage("no source");
        assertThat(there.open("failing").getOrLoad(KEY, key -> Optional.of(ONE))).contains(ONE);
    }

    @Test
    void takesOverFromALoaderThatWasKilled() {
        var patient = new Caches(database, CacheSettings.defaults().withLoadLease(Duration.ofMillis(300)));
        var cache = patient.open("killed");
        database.withHandle(handle -> handle.execute("INSERT INTO cache_loads (cache, key, holder, until) "
                + "SELECT id, 'key', '00000000-0000-0000-0000-000000000001', now() + interval '300 ms' FROM caches "
                + "WHERE name = 'killed'"));
        assertThat(cache.getOrLoad(KEY, key -> Optional.of(ONE))).contains(ONE);
    }

    @Test
    void givesUpOnLoadersThatNeverEnd() {
        var patient = new Caches(database, CacheSettings.defaults().withLoadLease(Duration.ofMillis(50)));
        var cache = patient.open("endless");
        database.withHandle(handle -> handle.execute("INSERT INTO cache_loads (cache, key, holder, until) "
                + "SELECT id, 'key', '00000000-0000-0000-0000-000000000001', 'infinity' FROM caches "
                + "WHERE name = 'endless'"));
        assertThatThrownBy(() -> cache.getOrLoad(KEY, key -> Optional.of(ONE)))
                .isInstanceOf(UnavailableException.class).hasMessageContaining("load-lease");
    }

    @Test
    void servesStaleWhileOneLoadsAnew() throws Exception {
        var cache = here.open("stale");
        cache.set(KEY, ONE, EntryOptions.DEFAULT.withTtl(Duration.ofMinutes(1)).withStaleFor(Duration.ofHours(1)));
        database.withHandle(handle -> handle.execute("UPDATE cache_entries SET expires_at = now() - interval '1 s'"));
        assertThat(cache.get(KEY)).as("for others it is absent").isEmpty();
        var loads = new AtomicInteger();
        var mayEnd = new CountDownLatch(1);
        CacheLoader loader = key -> {
            loads.incrementAndGet();
            await().atMost(LIMIT).until(() -> mayEnd.getCount() == 0);
            return Optional.of(TWO);
        };
        assertThat(parallel(16, () -> either("stale").getOrLoad(KEY, loader))).containsOnly(Optional.of(ONE));
        await().atMost(LIMIT).until(() -> loads.get() == 1);
        mayEnd.countDown();
        await().atMost(LIMIT).until(() -> cache.get(KEY).equals(Optional.of(TWO)));
        assertThat(loads).hasValue(1);
        here.upkeep().storeCounts();
        there.upkeep().storeCounts();
        assertThat(cache.statistics().staleHits()).isEqualTo(16);
        assertThat(cache.statistics().loads()).isEqualTo(1);
    }

    @Test
    void remembersThatThereIsNothing() {
        var cache = here.put("negative", CacheOptions.DEFAULT.withNegativeTtl(Duration.ofMinutes(1)));
        var loads = new AtomicInteger();
        CacheLoader nothing = key -> {
            loads.incrementAndGet();
            return Optional.empty();
        };
        assertThat(cache.getOrLoad(KEY, nothing)).isEmpty();
        assertThat(there.open("negative").getOrLoad(KEY, nothing)).isEmpty();
        assertThat(loads).hasValue(1);
        assertThat(cache.exists(KEY)).isFalse();
        assertThat(cache.keys("*", Optional.empty(), 10).items()).isEmpty();
        assertThat(cache.add(KEY, ONE, EntryOptions.DEFAULT)).isPresent();
        assertThat(cache.getOrLoad(KEY, nothing)).contains(ONE);
        cache.delete(KEY);
        assertThat(cache.getOrLoad(KEY, nothing)).isEmpty();
        assertThat(loads).as("deleting forgets it, too").hasValue(2);
        var forgetful = here.open("forgetful");
        forgetful.getOrLoad(KEY, nothing);
        forgetful.getOrLoad(KEY, nothing);
        assertThat(loads).hasValue(4);
    }

    @Test
    void doesNotStoreWhatWasDeletedOrSetWhileItWasLoaded() {
        var cache = here.open("raced");
        assertThat(cache.getOrLoad(KEY, key -> {
            there.open("raced").delete(key);
            return Optional.of(ONE);
        })).as("the caller gets what it asked for").contains(ONE);
        assertThat(cache.get(KEY)).as("but it may be old").isEmpty();
        cache.getOrLoad(KEY, key -> {
            there.open("raced").set(key, TWO, EntryOptions.DEFAULT);
            return Optional.of(ONE);
        });
        assertThat(cache.get(KEY)).contains(TWO);
        cache.delete(KEY);
        cache.getOrLoad(KEY, key -> {
            there.open("raced").clear();
            return Optional.of(ONE);
        });
        assertThat(cache.get(KEY)).isEmpty();
    }

    @Test
    void keepsNothingNearThatOthersHaveWritten() throws Exception {
        var near = CacheOptions.DEFAULT.withNear(1 << 20, Duration.ofHours(1));
        var mine = here.put("near", near);
        var theirs = there.open("near");
        await().atMost(LIMIT).until(() -> database.notifications().isListening()
                && otherDatabase.notifications().isListening());
        mine.set(KEY, ONE, EntryOptions.DEFAULT);
        assertThat(theirs.get(KEY)).contains(ONE);
        await("answered without the database").atMost(LIMIT).until(() -> {
            long asked = otherDatabase.metrics().total().statements();
            return theirs.get(KEY).equals(Optional.of(ONE))
                    && otherDatabase.metrics().total().statements() == asked;
        });
        mine.set(KEY, TWO, EntryOptions.DEFAULT);
        assertThat(mine.get(KEY)).as("its own writes are seen at once").contains(TWO);
        await().atMost(LIMIT).until(() -> theirs.get(KEY).equals(Optional.of(TWO)));
        theirs.increment(CacheKey.of("n"), 1);
        assertThat(mine.get("n")).contains(CacheValue.number(1));
        theirs.increment(CacheKey.of("n"), 1);
        await().atMost(LIMIT).until(() -> mine.get("n").equals(Optional.of(CacheValue.number(2))));
        database.useTransaction(tx -> mine.in(tx).delete(KEY));
        await().atMost(LIMIT).until(() -> theirs.get(KEY).isEmpty());
        mine.set("a", ONE, EntryOptions.DEFAULT.withTags("t"));
        assertThat(theirs.get("a")).contains(ONE);
        mine.invalidateTags("t");
        await().atMost(LIMIT).until(() -> theirs.get("a").isEmpty());
        mine.set("b", ONE);
        assertThat(theirs.get("b")).contains(ONE);
        mine.clear();
        await().atMost(LIMIT).until(() -> theirs.get("b").isEmpty());
        assertThat(mine.get("b")).isEmpty();
    }

    @Test
    void seesItsOwnWritesWhateverOthersRead() throws Exception {
        var mine = here.put("own", CacheOptions.DEFAULT.withNear(1 << 20, Duration.ofHours(1)));
        await().atMost(LIMIT).until(() -> database.notifications().isListening());
        mine.set(KEY, CacheValue.number(0), EntryOptions.DEFAULT);
        var stop = new AtomicBoolean();
        var behind = new AtomicReference<>("");
        try (var executor = Executors.newFixedThreadPool(4)) {
            IntStream.range(0, 4).forEach(i -> executor.execute(() -> {
                while (!stop.get()) {
                    mine.get(KEY);
                }
            }));
            for (int i = 1; i <= 500; i++) {
                mine.set(KEY, CacheValue.number(i), EntryOptions.DEFAULT);
                if (!mine.get(KEY).equals(Optional.of(CacheValue.number(i)))) {
                    behind.set("behind at " + i);
                }
            }
            stop.set(true);
        }
        assertThat(behind).hasValue("");
    }

    @Test
    void writesManyNearKeysWithFewNotifications() {
        var mine = here.put("bulk", CacheOptions.DEFAULT.withNear(8 << 20, Duration.ofHours(1)));
        var theirs = there.open("bulk");
        await().atMost(LIMIT).until(() -> otherDatabase.notifications().isListening());
        var values = new HashMap<CacheKey, CacheValue>();
        IntStream.range(0, 5_000).forEach(i -> values.put(CacheKey.of("k" + i), ONE));
        mine.setMany(values, EntryOptions.DEFAULT);
        assertThat(theirs.getMany(values.keySet())).hasSize(5_000);
        values.replaceAll((key, value) -> TWO);
        mine.setMany(values, EntryOptions.DEFAULT);
        await().atMost(LIMIT).until(() -> theirs.getMany(values.keySet()).equals(Map.copyOf(values)));
    }
}
