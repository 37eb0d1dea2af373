package dev.howdah.spring.cache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheSettings;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Caches;
import dev.howdah.cache.EntryOptions;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;

/** Many threads of two managers over one database, as two processes have them. */
class HowdahCacheConcurrencyTest {
    private static final int THREADS = 16;

    private final Database database = HowdahCacheTest.migrated();
    private final Database otherDatabase = TestDatabase.open(database.settings());
    private final List<Caches> caches = List.of(new Caches(database, CacheSettings.defaults()),
            new Caches(otherDatabase, CacheSettings.defaults()));
    private final List<Cache> both = caches.stream()
            .map(one -> HowdahCacheTest.open(new HowdahCacheManager(one, HowdahCacheTest.json()), "rates")).toList();
    private final AtomicInteger loads = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(THREADS);

    /** Waits until all threads are about to ask. */
    private Integer load() throws InterruptedException {
        loads.incrementAndGet();
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        return 42;
    }

    /** Each thread takes the other manager than the one before it. */
    private <T> List<T> inAllThreads(CacheWork<T> work) throws Exception {
        try (var executor = Executors.newFixedThreadPool(THREADS)) {
            var futures = IntStream.range(0, THREADS).mapToObj(i -> executor.submit((Callable<T>) () -> {
                begun.countDown();
                return work.with(both.get(i % 2));
            })).toList();
            var results = new ArrayList<T>();
            for (var future : futures) {
                results.add(future.get(60, TimeUnit.SECONDS));
            }
            return results;
        }
    }

    private interface CacheWork<T> {
        T with(Cache cache) throws Exception;
    }

    private static Integer found(Cache cache, Callable<Integer> loader) {
        return requireNonNull(cache.get("eur", loader));
    }

    @Test
    void loadOnce() throws Exception {
        assertThat(inAllThreads(cache -> found(cache, this::load))).hasSize(THREADS).containsOnly(42);
        assertThat(loads).hasValue(1);
    }

    @Test
    void loadOnceInTheBackground() throws Exception {
        assertThat(inAllThreads(cache -> cache.retrieve("eur", () -> CompletableFuture.supplyAsync(() -> {
            try {
                return load();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        })).get(60, TimeUnit.SECONDS))).hasSize(THREADS).containsOnly(42);
        assertThat(loads).hasValue(1);
    }

    @Test
    void loadOnceWhatCannotBeRead() throws Exception {
        caches.getFirst().open("rates").set(CacheKey.of("eur"), CacheValue.json("{\"type\":\"x.Gone\",\"value\":1}"),
                EntryOptions.DEFAULT);
        assertThat(inAllThreads(cache -> found(cache, this::load))).hasSize(THREADS).containsOnly(42);
        assertThat(loads).hasValue(1);
        assertThat(both.getLast().get("eur", Integer.class)).isEqualTo(42);
    }

    @Test
    void whoWaitsForAFailingLoadGetsTheFailure() {
        assertThatThrownBy(() -> inAllThreads(cache -> found(cache, () -> {
            load();
            throw new IllegalArgumentException("no answer");
        }))).isInstanceOf(ExecutionException.class).cause().isInstanceOf(ValueRetrievalException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(found(both.getLast(), () -> 1)).isEqualTo(1);
    }

    /** What Jackson can write but not make. */
    static final class OneWay {
        private final int rate;

        OneWay(int rate, String unused) {
            this.rate = rate + unused.length();
        }

        public int getRate() {
            return rate;
        }
    }

    @Test
    void whatCouldOnlyBeWrittenIsRefused() {
        assertThatThrownBy(() -> inAllThreads(cache -> requireNonNull(cache.get("eur", () -> new OneWay(load(), "")))))
                .hasMessageContaining("could not be read again");
    }
}
