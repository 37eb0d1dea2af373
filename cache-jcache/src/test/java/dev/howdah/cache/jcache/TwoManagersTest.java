package dev.howdah.cache.jcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Database;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two managers on one database, as two processes have them: what one does, the other sees, and nothing is lost between them. */
class TwoManagersTest {
    private static final int THREADS = 16;
    private static final int ROUNDS = 25;

    private final Database database = TckDatabase.migrated();
    private final HowdahCachingProvider oneProcess = new HowdahCachingProvider();
    private final HowdahCachingProvider anotherProcess = new HowdahCachingProvider();
    private final CacheManager one = manager(oneProcess);
    private final CacheManager other = manager(anotherProcess);

    private CacheManager manager(HowdahCachingProvider provider) {
        var properties = new Properties();
        properties.put(HowdahCachingProvider.DATABASE, database);
        return provider.getCacheManager(null, null, properties);
    }

    @AfterEach
    void close() {
        oneProcess.close();
        anotherProcess.close();
    }

    private List<Cache<String, Long>> caches(CompleteConfiguration<String, Long> configuration) {
        return List.of(one.createCache("counts", configuration), other.createCache("counts", configuration));
    }

    private static MutableConfiguration<String, Long> counts() {
        return new MutableConfiguration<String, Long>().setTypes(String.class, Long.class);
    }

    /** Runs the work in all threads, half of them with either cache, and answers what each has made. */
    private static <T> List<T> inAllThreads(List<Cache<String, Long>> caches,
            java.util.function.BiFunction<Cache<String, Long>, Integer, T> work) throws Exception {
        var calls = new ArrayList<Callable<T>>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            calls.add(() -> work.apply(caches.get(number % 2), number));
        }
        var made = new ArrayList<T>();
        try (var executor = Executors.newFixedThreadPool(THREADS)) {
            for (var result : executor.invokeAll(calls)) {
                made.add(result.get());
            }
        }
        return made;
    }

    @Test
    void seeEachOthersEntries() {
        var caches = caches(counts());
        caches.getFirst().put("a", 1L);
        assertThat(caches.getLast().get("a")).isEqualTo(1);
        caches.getLast().putAll(Map.of("b", 2L, "c", 3L));
        assertThat(caches.getFirst().getAll(Set.of("a", "b", "c", "d"))).isEqualTo(Map.of("a", 1L, "b", 2L, "c", 3L));
        caches.getLast().removeAll(Set.of("a", "b"));
        assertThat(caches.getFirst()).hasSize(1);
        assertThat(caches.getFirst().unwrap(dev.howdah.cache.Cache.class).increment(
                dev.howdah.cache.CacheKey.of("c"), 4)).isEqualTo(7);
        assertThat(caches.getLast().get("c")).isEqualTo(7);
        one.close();
        assertThat(other.getCache("counts").containsKey("c")).isTrue();
    }

    @Test
    void ofAllWhoPutIfAbsentOneDoes() throws Exception {
        var caches = caches(counts());
        for (int round = 0; round < ROUNDS; round++) {
            var key = "key-" + round;
            var stored = inAllThreads(caches, (cache, number) -> cache.putIfAbsent(key, (long) number));
            assertThat(stored).containsOnlyOnce(true);
            assertThat(caches.getFirst().get(key)).isEqualTo(stored.indexOf(true));
        }
    }

    @Test
    void noReplacementOfWhatWasReadIsLost() throws Exception {
        var caches = caches(counts());
        caches.getFirst().put("sum", 0L);
        inAllThreads(caches, (cache, number) -> {
            for (int done = 0; done < ROUNDS;) {
                long before = cache.get("sum");
                done += cache.replace("sum", before, before + 1) ? 1 : 0;
            }
            return number;
        });
        assertThat(caches.getLast().get("sum")).isEqualTo(THREADS * ROUNDS);
    }

    @Test
    void eachEntryProcessorHasItsEffectOnce() throws Exception {
        var caches = caches(counts());
        var calls = new AtomicInteger();
        inAllThreads(caches, (cache, number) -> {
            for (int i = 0; i < ROUNDS; i++) {
                cache.invoke("sum", (entry, arguments) -> {
                    calls.incrementAndGet();
                    entry.setValue(entry.exists() ? entry.getValue() + 1 : 1);
                    return entry.getValue();
                });
            }
            return cache.invokeAll(Set.of("sum", "a", "b"), (entry, arguments) -> {
                entry.setValue(entry.exists() ? entry.getValue() + 1 : 1);
                return null;
            });
        });
        assertThat(calls).hasValue(THREADS * ROUNDS);
        assertThat(caches.getLast().getAll(Set.of("sum", "a", "b"))).isEqualTo(
                Map.of("sum", (long) THREADS * ROUNDS + THREADS, "a", (long) THREADS, "b", (long) THREADS));
    }

    @Test
    void whatIsAbsentIsLoadedOnce() throws Exception {
        var loads = new AtomicInteger();
        CacheLoader<String, Long> loader = new CacheLoader<>() {
            @Override
            public Long load(String key) {
                return (long) loads.incrementAndGet();
            }

            @Override
            public Map<String, Long> loadAll(Iterable<? extends String> keys) {
                var loaded = new HashMap<String, Long>();
                keys.forEach(key -> loaded.put(key, load(key)));
                return loaded;
            }
        };
        var caches = caches(counts().setReadThrough(true).setCacheLoaderFactory(() -> loader));
        assertThat(inAllThreads(caches, (cache, number) -> cache.get("key"))).containsOnly(1L);
        assertThat(loads).hasValue(1);
    }

    @Test
    void whatAWriterHasWrittenLastIsWhatTheCacheHas() throws Exception {
        var written = new java.util.concurrent.ConcurrentHashMap<String, Long>();
        CacheWriter<String, Long> writer = new CacheWriter<>() {
            @Override
            public void write(Cache.Entry<? extends String, ? extends Long> entry) {
                written.put(entry.getKey(), entry.getValue());
            }

            @Override
            public void writeAll(java.util.Collection<Cache.Entry<? extends String, ? extends Long>> entries) {
                entries.forEach(this::write);
            }

            @Override
            public void delete(Object key) {
                written.remove(key);
            }

            @Override
            public void deleteAll(java.util.Collection<?> keys) {
                keys.forEach(this::delete);
            }
        };
        var caches = caches(counts().setWriteThrough(true).setCacheWriterFactory(() -> writer));
        inAllThreads(caches, (cache, number) -> {
            for (long i = 0; i < ROUNDS; i++) {
                var key = "key-" + i % 3;
                switch ((int) (i + number) % 4) {
                    case 0 -> cache.remove(key);
                    case 1 -> cache.putIfAbsent(key, number * 1000 + i);
                    default -> cache.put(key, number * 1000 + i);
                }
            }
            return number;
        });
        assertThat(caches.getLast().getAll(Set.of("key-0", "key-1", "key-2"))).isEqualTo(written);
    }

    @Test
    void whatOneDestroysIsGoneForTheOther() {
        var caches = caches(counts());
        caches.getFirst().put("a", 1L);
        one.destroyCache("counts");
        org.awaitility.Awaitility.await().untilAsserted(() -> assertThatThrownBy(() -> caches.getLast().get("a"))
                .isInstanceOf(javax.cache.CacheException.class).hasMessageContaining("there is no cache"));
    }
}
