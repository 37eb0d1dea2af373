package dev.howdah.cache.jcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheOptions;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Durability;
import dev.howdah.cache.Ttl;
import dev.howdah.postgres.Database;
import java.io.Closeable;
import java.io.File;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.event.CacheEntryUpdatedListener;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CompletionListenerFuture;
import javax.cache.processor.EntryProcessorException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the specification leaves to the provider. */
class HowdahCacheTest {
    private final Database database = TckDatabase.migrated();
    private final HowdahCachingProvider provider = new HowdahCachingProvider();
    private final CacheManager manager = provider.getCacheManager(URI.create("howdah:test"), null, properties());

    private record Price(String currency, BigDecimal amount, List<String> tags) {}

    private Properties properties() {
        var properties = new Properties();
        properties.put(HowdahCachingProvider.DATABASE, database);
        properties.put(HowdahCachingProvider.SERIALIZABLE, "");
        return properties;
    }

    @AfterEach
    void close() {
        provider.close();
    }

    private <K, V> Cache<K, V> cache(Class<K> keys, Class<V> values) {
        return manager.createCache(keys.getSimpleName() + " to " + values.getSimpleName(),
                new MutableConfiguration<K, V>().setTypes(keys, values));
    }

    private static dev.howdah.cache.Cache behind(Cache<?, ?> cache) {
        return cache.unwrap(dev.howdah.cache.Cache.class);
    }

    @Test
    void textAndRecordsAreReadableForOthers() {
        var prices = cache(String.class, Price.class);
        var price = new Price("EUR", new BigDecimal("1.50"), List.of("new"));
        prices.put("apple", price);
        assertThat(prices.get("apple")).isEqualTo(price).isNotSameAs(price);
        assertThat(behind(prices).get("apple")).contains(
                CacheValue.json("{\"currency\":\"EUR\",\"amount\":1.50,\"tags\":[\"new\"]}"));
        var names = cache(UUID.class, String.class);
        var id = UUID.randomUUID();
        names.put(id, "Grüße, 世界");
        assertThat(names.get(id)).isEqualTo("Grüße, 世界");
        assertThat(behind(names).get(id.toString())).contains(CacheValue.text("Grüße, 世界"));
        assertThatThrownBy(() -> names.put(id, "half \uD800")).isInstanceOf(CacheException.class);
    }

    @Test
    void onlyAllowedTypesAreSerialized() {
        var objects = cache(Object.class, Object.class);
        var value = new HashMap<>(Map.of("list", new ArrayList<>(List.of(1, 2L, new BigDecimal("3")))));
        objects.put(1L, value);
        assertThat(objects.get(1L)).isEqualTo(value);
        assertThatThrownBy(() -> objects.put(2L, new File("x"))).isInstanceOf(CacheException.class)
                .hasMessageContaining(HowdahCachingProvider.SERIALIZABLE);
        assertThatThrownBy(() -> objects.put(3L, new Object())).isInstanceOf(CacheException.class)
                .hasMessageContaining("make it serializable");
        assertThat(objects.containsKey(2L)).isFalse();
        var files = cache(Long.class, File.class);
        files.put(1L, new File("x"));
        assertThat(files.get(1L)).isEqualTo(new File("x"));
    }

    @Test
    void whatOthersPutThereIsNotTrusted() {
        var files = cache(Long.class, File.class);
        behind(files).set("1", CacheValue.bytes(new byte[]{1, 2, 3}));
        assertThatThrownBy(() -> files.get(1L)).isInstanceOf(CacheException.class);
        var objects = cache(Object.class, Object.class);
        objects.put("deep", "x");
        var deep = new HashSet<Object>();
        for (int i = 0; i < 100; i++) {
            deep = new HashSet<>(List.of(deep));
        }
        var tooDeep = deep;
        assertThatThrownBy(() -> objects.put("deep", tooDeep)).isInstanceOf(CacheException.class)
                .hasMessageContaining("REJECTED");
        assertThat(objects.get("deep")).isEqualTo("x");
    }

    @Test
    void badKeysAndValuesAreRefusedAndChangeNothing() {
        var names = cache(String.class, String.class);
        assertThatThrownBy(() -> names.put("", "x")).isInstanceOf(CacheException.class);
        assertThatThrownBy(() -> names.put("k".repeat(CacheKey.BYTES_MAX + 1), "x")).isInstanceOf(CacheException.class);
        assertThatThrownBy(() -> names.putAll(Map.of("small", "x", "large", "x".repeat((1 << 20) + 1))))
                .isInstanceOf(CacheException.class).hasMessageContaining("howdah.cache.value-max");
        assertThat(names).isEmpty();
        names.put("100%_\0", "x");
        assertThat(names.get("100%_\0")).isEqualTo("x");
    }

    @Test
    void anEntryProcessorThatFailsChangesNothing() {
        var names = cache(String.class, String.class);
        names.put("key", "before");
        assertThatThrownBy(() -> names.invoke("key", (entry, arguments) -> {
            entry.setValue("after");
            throw new IllegalStateException("on purpose");
        })).isInstanceOf(EntryProcessorException.class).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(names.get("key")).isEqualTo("before");
    }

    @Test
    void anEntryWhoseTimeIsOverIsAbsentWhereItIsLockedToo() {
        var names = manager.createCache("short", new MutableConfiguration<String, String>()
                .setTypes(String.class, String.class).setExpiryPolicyFactory(() -> new CreatedExpiryPolicy(
                        Duration.ONE_HOUR)));
        names.put("key", "x");
        database.withHandle(handle -> handle.execute(
                "UPDATE cache_entries SET expires_at = now() WHERE expires_at > now()"));
        assertThat(names.get("key")).isNull();
        assertThat(names.replace("key", "z")).isFalse();
        assertThat(names.getAndPut("key", "y")).isNull();
        assertThat(names.getAndReplace("key", "z")).isEqualTo("y");
        assertThat(behind(names).ttl(CacheKey.of("key"))).containsInstanceOf(Ttl.After.class);
    }

    @Test
    void aConnectionThatIsLostUnderAnEntryProcessorChangesNothing() {
        var names = cache(String.class, String.class);
        names.put("key", "before");
        var heard = new ArrayList<String>();
        CacheEntryUpdatedListener<String, String> listener = events -> events
                .forEach(event -> heard.add(event.getOldValue() + " " + event.getValue()));
        names.registerCacheEntryListener(new MutableCacheEntryListenerConfiguration<>(() -> listener, null, true,
                true));
        assertThatThrownBy(() -> names.invoke("key", (entry, arguments) -> {
            entry.setValue("after");
            return CompletableFuture.supplyAsync(this::endTransactions).join();
        })).isInstanceOf(CacheException.class);
        assertThat(names.get("key")).isEqualTo("before");
        assertThat(heard).isEmpty();
        names.put("key", "after");
        assertThat(heard).containsExactly("before after");
    }

    /** By another thread: this one is within the transaction. */
    private int endTransactions() {
        return database.withHandle(handle -> handle.createQuery("""
            SELECT pg_terminate_backend(pid, 10000)
              FROM pg_stat_activity
             WHERE state = 'idle in transaction' AND query LIKE '%FROM cache_entries%'
            """).mapTo(Boolean.class).list().size());
    }

    @Test
    void aLoaderIsNotClosedWhileItLoads() {
        var isClosed = new AtomicBoolean();
        var loadedAfterClose = new AtomicBoolean();
        class SlowLoader implements CacheLoader<String, String>, Closeable {
            @Override
            public @Nullable String load(String key) {
                return loadAll(List.of(key)).get(key);
            }

            @Override
            public Map<String, String> loadAll(Iterable<? extends String> keys) {
                loadedAfterClose.set(isClosed.get());
                return Map.of();
            }

            @Override
            public void close() {
                isClosed.set(true);
            }
        }
        var names = manager.createCache("slow", new MutableConfiguration<String, String>()
                .setTypes(String.class, String.class).setCacheLoaderFactory(SlowLoader::new));
        var done = new CompletionListenerFuture();
        names.loadAll(Set.of("key"), true, done);
        names.close();
        assertThat(isClosed).isTrue();
        assertThat(loadedAfterClose).isFalse();
        assertThat(done.isDone()).isTrue();
    }

    @Test
    void thousandsOfEntriesGoInPartsAndComeInPages() {
        var squares = manager.createCache("squares", new HowdahConfiguration<Integer, Long>()
                .options(CacheOptions.DEFAULT.withDurability(Durability.UNLOGGED))
                .setTypes(Integer.class, Long.class));
        var all = new HashMap<Integer, Long>();
        for (int i = 0; i < 2_500; i++) {
            all.put(i, (long) i * i);
        }
        squares.putAll(all);
        assertThat(squares.getAll(all.keySet())).isEqualTo(all);
        var seen = new HashMap<Integer, Long>();
        squares.forEach(entry -> seen.put(entry.getKey(), entry.getValue()));
        assertThat(seen).isEqualTo(all);
        squares.removeAll(new HashSet<>(all.keySet()).stream().filter(i -> i > 0).collect(
                java.util.stream.Collectors.toSet()));
        assertThat(squares).hasSize(1);
    }

    @Test
    void aManagerOpensItsOwnDatabase() {
        var settings = database.settings();
        var properties = new Properties();
        properties.put(HowdahCachingProvider.DATABASE, "");
        properties.put("howdah.database.url", settings.url().replace("jdbc:", ""));
        properties.put("howdah.database.user", settings.user());
        properties.put("howdah.database.password", settings.password());
        properties.put("howdah.database.schema", settings.schema());
        properties.put("howdah.database.pool-min-idle", "0");
        try (var own = provider.getCacheManager(URI.create("howdah:own"), null, properties)) {
            own.createCache("own", new MutableConfiguration<>()).put("a", 1);
        }
        assertThat(manager.createCache("own", new MutableConfiguration<>()).get("a")).isEqualTo(1);
        properties.put("howdah.database.colour", "red");
        assertThatThrownBy(() -> provider.getCacheManager(URI.create("howdah:wrong"), null, properties))
                .isInstanceOf(CacheException.class).hasMessageContaining("howdah.database.colour");
        assertThatThrownBy(() -> provider.getCacheManager(URI.create("pg://me:secret@host/db"), null, properties))
                .isInstanceOf(CacheException.class).hasMessageNotContaining("secret");
    }

    @Test
    void namesStayApart() {
        assertThat(List.of("a", "a.b-c_1", "new cache", "new:0020cache", "_a", ":005fa", "x:005fa", "", "Ü").stream()
                .map(Names::stored)).doesNotHaveDuplicates().contains("a", "a.b-c_1", "new:0020cache");
    }
}
