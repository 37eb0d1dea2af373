package dev.howdah.spring.cache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheSettings;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Caches;
import dev.howdah.cache.EntryOptions;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.spring.json.TypedJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;

/** A cache as Spring calls it. */
class HowdahCacheTest {
    private static final CacheKey GONE = CacheKey.of("gone");
    /** What a version with another class has stored. */
    private static final CacheValue UNREADABLE = CacheValue.json("{\"type\":\"dev.howdah.spring.Gone\",\"value\":{}}");

    record Price(String currency, BigDecimal amount) {}

    private final Database database = migrated();
    private final Caches caches = new Caches(database, CacheSettings.defaults());
    private final HowdahCacheManager manager = new HowdahCacheManager(caches, json());
    private final Cache cache = open(manager, "prices");
    private final AtomicInteger loads = new AtomicInteger();

    static Database migrated() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("cache")).up();
        return database;
    }

    static TypedJson json() {
        return new TypedJson(List.of("dev.howdah.spring"), HowdahCacheTest.class.getClassLoader(), List.of());
    }

    static Cache open(HowdahCacheManager manager, String name) {
        return requireNonNull(manager.getCache(name));
    }

    private @Nullable Object value(Object key) {
        return requireNonNull(cache.get(key), () -> "nothing is cached as " + key).get();
    }

    private @Nullable Object retrieved(Object key) throws Exception {
        return requireNonNull(cache.retrieve(key)).get(10, TimeUnit.SECONDS);
    }

    static List<Object> values() {
        return List.of("text", "", "cut\uD83D in \"two\" \uD83D\uDE00", 5, 5L, 2.5, true, new BigDecimal("1.10"),
                new Price("EUR", new BigDecimal("1.20")), List.of(new Price("EUR", BigDecimal.ONE)), Map.of("a", 1L));
    }

    @ParameterizedTest
    @MethodSource("values")
    void answersWhatWasPut(Object value) {
        cache.put(value, value);
        assertThat(value(value)).isEqualTo(value);
        assertThat(open(new HowdahCacheManager(caches, json()), "prices").get(value, Object.class))
                .isEqualTo(value);
    }

    @Test
    void tellsNullFromAbsent() throws Exception {
        assertThat(cache.get("nothing")).isNull();
        assertThat(retrieved("nothing")).isNull();
        cache.put("nothing", null);
        assertThat(value("nothing")).isNull();
        assertThat(cache.get("nothing", String.class)).isNull();
        assertThat(cache.putIfAbsent("nothing", "something")).isNotNull().extracting(Cache.ValueWrapper::get).isNull();
        assertThat(cache.<Object>get("nothing", () -> "something")).isNull();
        assertThat(cache.<Object>get("loaded", this::loadNull)).isNull();
        assertThat(cache.<Object>get("loaded", this::loadNull)).isNull();
        assertThat(loads).hasValue(1);
    }

    private @Nullable Object loadNull() {
        loads.incrementAndGet();
        return null;
    }

    @Test
    void refusesAnotherTypeThanTheCallerWants() {
        cache.put("apple", "text");
        assertThat(cache.get("apple", CharSequence.class)).isEqualTo("text");
        assertThat(cache.<Object>get("apple", (Class<Object>) null)).isEqualTo("text");
        assertThatThrownBy(() -> cache.get("apple", Price.class)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("java.lang.String");
    }

    @Test
    void putsOnlyWhatIsAbsent() {
        assertThat(cache.putIfAbsent("apple", 1)).isNull();
        assertThat(cache.putIfAbsent("apple", 2)).isNotNull().extracting(Cache.ValueWrapper::get).isEqualTo(1);
        assertThat(value("apple")).isEqualTo(1);
    }

    @Test
    void evictsAndClears() {
        cache.put("apple", 1);
        cache.put("pear", 2);
        cache.put("plum", 3);
        assertThat(cache.evictIfPresent("apple")).isTrue();
        assertThat(cache.evictIfPresent("apple")).isFalse();
        cache.evict("pear");
        assertThat(cache.get("pear")).isNull();
        assertThat(cache.invalidate()).isTrue();
        assertThat(cache.invalidate()).isFalse();
        cache.put("plum", 3);
        open(manager, "others").put("plum", 4);
        cache.clear();
        assertThat(cache.get("plum")).isNull();
        assertThat(open(manager, "others").get("plum", Integer.class)).isEqualTo(4);
    }

    @Test
    void aFailedLoadIsNotKept() throws Exception {
        var failure = new IOException("no answer");
        Callable<Object> failing = () -> {
            throw failure;
        };
        assertThatThrownBy(() -> cache.get("apple", failing)).isInstanceOf(ValueRetrievalException.class)
                .hasCause(failure).extracting(e -> ((ValueRetrievalException) e).getKey()).isEqualTo("apple");
        assertThatThrownBy(() -> cache.retrieve("apple", () -> CompletableFuture.failedFuture(failure))
                .get(10, TimeUnit.SECONDS)).as("without a wrapper").hasCause(failure);
        assertThatThrownBy(() -> cache.retrieve("apple", () -> {
            throw new IllegalArgumentException("at once");
        }).get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(cache.<Object>get("apple", () -> "at last")).isEqualTo("at last");
    }

    @Test
    void refusesWhatCouldNotBeReadAgain() {
        assertThatThrownBy(() -> cache.put("apple", new ProcessBuilder("ls")))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> cache.get("apple", () -> new ProcessBuilder("ls")))
                .isInstanceOf(InvalidInputException.class);
        assertThat(cache.get("apple")).isNull();
    }

    @Test
    void retrievesInTheBackground() throws Exception {
        var promised = new CompletableFuture<Price>();
        var retrieved = cache.retrieve("apple", () -> promised);
        assertThat(retrieved).isNotDone();
        var price = new Price("EUR", BigDecimal.ONE);
        promised.complete(price);
        assertThat(retrieved.get(10, TimeUnit.SECONDS)).isEqualTo(price);
        assertThat(retrieved("apple")).isInstanceOfSatisfying(Cache.ValueWrapper.class,
                found -> assertThat(found.get()).isEqualTo(price));
        assertThat(cache.retrieve("apple", () -> CompletableFuture.<Price>failedFuture(new IOException("not asked")))
                .get(10, TimeUnit.SECONDS)).isEqualTo(price);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"dev.howdah.spring.Gone\",\"value\":{}}", "[1, 2]", "{}",
            "{\"type\":\"dev.howdah.spring.cache.HowdahCacheTest$Price\",\"value\":{\"amount\":{}}}",
            "{\"type\":\"java.lang.ProcessBuilder\",\"value\":{}}"})
    void whatCannotBeReadIsAbsentAndStays(String stored) throws Exception {
        var unreadable = CacheValue.json(stored);
        caches.open("prices").set(GONE, unreadable, EntryOptions.DEFAULT);
        assertThat(cache.get("gone")).isNull();
        assertThat(cache.get("gone", Price.class)).isNull();
        assertThat(retrieved("gone")).isNull();
        assertThat(caches.open("prices").get(GONE)).as("for another version").contains(unreadable);
        cache.put("gone", "new");
        assertThat(value("gone")).isEqualTo("new");
    }

    @Test
    void warnsOnceOfWhatCannotBeRead() {
        var logger = (Logger) LoggerFactory.getLogger(StoredValues.class);
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        try {
            var warned = open(manager, "warned");
            caches.open("warned").set(GONE, UNREADABLE, EntryOptions.DEFAULT);
            warned.get("gone");
            warned.get("gone");
        } finally {
            logger.detachAppender(appender);
        }
        assertThat(appender.list).filteredOn(event -> event.getLevel() == Level.WARN)
                .extracting(ILoggingEvent::getFormattedMessage).filteredOn(text -> text.contains("warned"))
                .singleElement().asString().contains("dev.howdah.spring.Gone");
    }

    @Test
    void loadsAndReplacesWhatCannotBeRead() {
        var prices = caches.open("prices");
        prices.set(GONE, UNREADABLE, EntryOptions.DEFAULT);
        assertThatThrownBy(() -> cache.get("gone", () -> {
            throw new IOException("no answer");
        })).isInstanceOf(ValueRetrievalException.class);
        assertThat(prices.get(GONE)).as("nothing came instead of it").contains(UNREADABLE);
        var price = new Price("EUR", BigDecimal.ONE);
        assertThat(cache.<Object>get("gone", () -> price)).isEqualTo(price);
        assertThat(value("gone")).isEqualTo(price);
        prices.set(GONE, UNREADABLE, EntryOptions.DEFAULT);
        assertThat(cache.<Object>get("gone", () -> "another")).as("what was loaded before was for the one before")
                .isEqualTo("another");
        prices.set(GONE, UNREADABLE, EntryOptions.DEFAULT);
        assertThat(cache.putIfAbsent("gone", "third")).isNull();
        assertThat(value("gone")).isEqualTo("third");
    }

    @Test
    void whatIsEvictedWhileItIsReplacedIsNotStored() {
        caches.open("prices").set(GONE, UNREADABLE, EntryOptions.DEFAULT);
        assertThat(cache.<Object>get("gone", () -> {
            cache.evict("gone");
            return "old";
        })).isEqualTo("old");
        assertThat(cache.get("gone")).isNull();
    }

    @Test
    void readsWhatOthersThanSpringHaveStored() {
        caches.open("prices").set("text", CacheValue.text("a"));
        caches.open("prices").set("number", CacheValue.number(5));
        caches.open("prices").set("bytes", CacheValue.bytes(new byte[]{1}));
        assertThat(value("text")).isEqualTo("a");
        assertThat(value("number")).isEqualTo(5);
        assertThat(value("bytes")).isEqualTo(new byte[]{1});
    }

    @Test
    void opensCachesByName() {
        assertThat(manager.getCache("prices")).isSameAs(cache);
        assertThat(cache.getName()).isEqualTo("prices");
        assertThat(cache.getNativeCache()).isSameAs(caches.open("prices"));
        open(manager, "more");
        caches.open("of-somebody-else");
        assertThat(manager.getCacheNames()).containsExactly("more", "prices");
        var restricted = new HowdahCacheManager(caches, json(), Set.of("prices", "orders"), false);
        assertThat(restricted.getCacheNames()).containsExactly("orders", "prices");
        assertThat(restricted.getCache("more")).isNull();
        assertThat(restricted.getCache("orders")).isNotNull();
        assertThatThrownBy(() -> manager.getCache("with space")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void createsADroppedCacheAgain() {
        cache.put("apple", 1);
        caches.drop("prices");
        assertThat(cache.get("apple")).isNull();
        cache.put("apple", 2);
        assertThat(value("apple")).isEqualTo(2);
    }
}
