package dev.howdah.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.TestDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What a caller of a cache can rely on. */
class CacheTest {
    private static final CacheKey KEY = CacheKey.of("key");
    private static final CacheValue ONE = CacheValue.text("one");
    private static final CacheValue TWO = CacheValue.text("two");

    private final Database database = migrated();
    private final Caches caches = new Caches(database, CacheSettings.defaults());
    private final Cache cache = caches.open("test");

    static Database migrated() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("cache")).up();
        return database;
    }

    /** Moves the end of an entry to the present moment, or further into the past. */
    private void expire(CacheKey key, Duration ago) {
        database.withHandle(handle -> handle.createUpdate("""
            UPDATE cache_entries
               SET stale_until = now() - :ago * interval '1 ms' + (stale_until - expires_at),
                   expires_at = now() - :ago * interval '1 ms'
             WHERE key = :key
            """).bind("ago", ago.toMillis()).bind("key", key.bytes()).execute());
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void givesBackWhatItWasGiven(Durability durability) {
        var all = caches.put("all-" + durability.label(), CacheOptions.DEFAULT.withDurability(durability));
        var values = Map.of("text", CacheValue.text("Grüße, 世界 \0"), "json", CacheValue.json("{\"a\": [1, null]}"),
                "bytes", CacheValue.bytes(new byte[]{0, -1, 127, -128}), "number", CacheValue.number(Long.MIN_VALUE),
                "empty", CacheValue.text(""));
        values.forEach(all::set);
        values.forEach((key, value) -> assertThat(all.get(key)).as(key).contains(value));
        assertThat(all.get("json").orElseThrow().json()).isEqualTo(JsonMapper.shared().readTree("{\"a\":[1,null]}"));
        assertThat(all.get("absent")).isEmpty();
        all.set("text", TWO);
        assertThat(all.get("text")).contains(TWO);
        assertThat(all.delete("text")).isTrue();
        assertThat(all.delete("text")).isFalse();
        assertThat(all.get("text")).isEmpty();
        assertThat(all.increment(CacheKey.of("number"), 1)).isEqualTo(Long.MIN_VALUE + 1);
        assertThat(all.touch(CacheKey.of("json"))).isTrue();
        assertThat(all.replace(CacheKey.of("json"), ONE, EntryOptions.DEFAULT)).isPresent();
        assertThat(all.keys("*", Optional.empty(), 10).items()).hasSize(4);
        assertThat(all.statistics().total()).isEqualTo(4);
        assertThat(all.clear()).isEqualTo(4);
    }

    @Test
    void isReadByAPlanThatIsKept() {
        var settings = TestDatabase.settings().withPool(1, 0); // plans belong to a connection
        var one = TestDatabase.open(settings);
        new Migrator(one, Migrations.ofModules("cache")).up();
        var read = new Caches(one, CacheSettings.defaults()).open("planned");
        read.setMany(IntStream.range(0, 5_000).boxed().collect(Collectors.toMap(i -> CacheKey.of("key" + i), i -> ONE)),
                EntryOptions.DEFAULT);
        one.withHandle(handle -> handle.execute("ANALYZE cache_entries"));
        for (int i = 0; i < 20; i++) {
            assertThat(read.get("key" + i)).contains(ONE);
        }
        assertThat(one.<Long>withHandle(handle -> handle.createQuery("""
            SELECT sum(generic_plans)
              FROM pg_prepared_statements
             WHERE statement LIKE '%stale_until > now()%'
            """).mapTo(Long.class).one())).isPositive();
    }

    @Test
    void keepsKeysOfAnyBytesApart() {
        var keys = List.of(CacheKey.of("a%b_c"), CacheKey.of("aXbYc"), CacheKey.of("a\0b"), CacheKey.of("a"),
                CacheKey.of(new byte[]{-1, 0, -1}), CacheKey.of("\\"), CacheKey.of("'; DROP TABLE caches; --"));
        for (int i = 0; i < keys.size(); i++) {
            cache.set(keys.get(i), CacheValue.number(i), EntryOptions.DEFAULT);
        }
        for (int i = 0; i < keys.size(); i++) {
            assertThat(cache.get(keys.get(i))).contains(CacheValue.number(i));
        }
        assertThat(caches.open("other").get(keys.getFirst())).as("in another cache").isEmpty();
    }

    @Test
    void refusesWhatIsBeyondItsLimits() {
        assertThatThrownBy(() -> CacheKey.of("")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("empty");
        assertThat(CacheKey.of("x".repeat(2_000))).isNotNull();
        cache.set("x".repeat(2_000), ONE);
        assertThat(cache.get("x".repeat(2_000))).contains(ONE);
        assertThatThrownBy(() -> CacheKey.of("x".repeat(2_001))).hasMessageContaining("2001 bytes");
        assertThatThrownBy(() -> CacheKey.of(new byte[1 << 20])).hasMessageContaining("1048576 bytes");
        assertThatThrownBy(() -> CacheKey.of("half \ud83d")).hasMessageContaining("surrogate");
        assertThatThrownBy(() -> CacheValue.json("{\"a\": }")).hasMessageContaining("no JSON");
        assertThatThrownBy(() -> CacheValue.json("1 2")).hasMessageContaining("no JSON");
        assertThatThrownBy(() -> CacheValue.json("")).hasMessageContaining("no JSON");

        var large = CacheValue.bytes(new byte[1 << 20]);
        cache.set("large", large);
        assertThat(cache.get("large")).contains(large);
        assertThatThrownBy(() -> cache.set("larger", CacheValue.bytes(new byte[(1 << 20) + 1])))
                .isInstanceOf(LimitExceededException.class).hasMessageContaining("howdah.cache.value-max");
        assertThatThrownBy(() -> Ttl.of(Duration.ofDays(36_501))).hasMessageContaining("hundred years");
        assertThatThrownBy(() -> Ttl.of(Duration.ofSeconds(Long.MAX_VALUE))).hasMessageContaining("hundred years");
        cache.set("long", ONE, EntryOptions.DEFAULT.withTtl(Ttl.MAX).withStaleFor(Ttl.MAX));
        assertThat(cache.ttl(CacheKey.of("long"))).isPresent();
        assertThatThrownBy(() -> EntryOptions.DEFAULT.withTags("")).hasMessageContaining("tags");
        assertThatThrownBy(() -> EntryOptions.DEFAULT.withTags("a\0b")).hasMessageContaining("NUL");
        assertThatThrownBy(() -> caches.open("no name")).hasMessageContaining("no name of a cache");
        assertThatThrownBy(() -> caches.get("missing")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> cache.keys("*", Optional.empty(), 1_001)).hasMessageContaining("1 to 1000");
        var strict = new Caches(database, CacheSettings.defaults().withLimits(10, 10)).open("test");
        assertThatThrownBy(() -> strict.get("x".repeat(11))).hasMessageContaining("howdah.cache.key-max");
        assertThatThrownBy(() -> strict.set("k", CacheValue.text("x".repeat(11)))).hasMessageContaining("11 bytes");
    }

    @Test
    void countsAnExpiredEntryAsAbsentEverywhereAtOnce() {
        cache.set(KEY, CacheValue.number(5), EntryOptions.DEFAULT.withTags("t"));
        long version = cache.getEntry(KEY).orElseThrow().version();
        expire(KEY, Duration.ZERO);
        assertThat(cache.get(KEY)).isEmpty();
        assertThat(cache.getMany(List.of(KEY))).isEmpty();
        assertThat(cache.exists(KEY)).isFalse();
        assertThat(cache.ttl(KEY)).isEmpty();
        assertThat(cache.touch(KEY)).isFalse();
        assertThat(cache.expire(KEY, Ttl.NEVER)).isFalse();
        assertThat(cache.replace(KEY, ONE, EntryOptions.DEFAULT)).isEmpty();
        assertThat(cache.compareAndSet(KEY, version, ONE, EntryOptions.DEFAULT)).isEmpty();
        assertThat(cache.compareAndDelete(KEY, version)).isFalse();
        assertThat(cache.keys("*", Optional.empty(), 10).items()).isEmpty();
        assertThat(cache.statistics().expired()).isEqualTo(1);
        assertThat(cache.invalidateTags("t")).isZero();
        cache.set(KEY, CacheValue.number(5), EntryOptions.DEFAULT);
        expire(KEY, Duration.ofSeconds(1));
        assertThat(cache.increment(KEY, 2)).as("begins anew").isEqualTo(2);
        expire(KEY, Duration.ZERO);
        assertThat(cache.delete(KEY)).isFalse();
        cache.set(KEY, ONE, EntryOptions.DEFAULT);
        expire(KEY, Duration.ZERO);
        assertThat(cache.add(KEY, TWO, EntryOptions.DEFAULT)).isPresent();
        assertThat(cache.get(KEY)).contains(TWO);
    }

    @Test
    void tellsZeroFromTheDefaultAndFromNever() {
        cache.set("default", ONE);
        assertThat(cache.ttl(CacheKey.of("default"))).hasValueSatisfying(ttl -> assertThat(((Ttl.After) ttl).time())
                .isBetween(Duration.ofMinutes(59), Duration.ofHours(1)));
        cache.set("never", ONE, EntryOptions.DEFAULT.withTtl(Ttl.NEVER));
        assertThat(cache.ttl(CacheKey.of("never"))).contains(Ttl.NEVER);
        for (var past : List.of(Duration.ZERO, Duration.ofMillis(-1), Ttl.MAX.negated())) {
            cache.set(KEY, ONE, EntryOptions.DEFAULT);
            cache.set(KEY, TWO, EntryOptions.DEFAULT.withTtl(past).withStaleFor(Duration.ofHours(1)));
            assertThat(cache.get(KEY)).as(past.toString()).isEmpty();
            assertThat(cache.getOrLoad(KEY, key -> Optional.of(ONE))).as("not served stale").contains(ONE);
            assertThat(cache.expire(KEY, Ttl.of(past))).isTrue();
            assertThat(cache.get(KEY)).isEmpty();
        }
        cache.set(KEY, ONE, EntryOptions.DEFAULT.withTtl(Duration.ofNanos(1)));
        assertThat(caches.put("capped", CacheOptions.DEFAULT.withTtlMax(Duration.ofMinutes(1)))).isNotNull();
        var capped = caches.get("capped");
        capped.set(KEY, ONE, EntryOptions.DEFAULT.withTtl(Ttl.NEVER));
        assertThat(((Ttl.After) capped.ttl(KEY).orElseThrow()).time()).isLessThanOrEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void renewsTheTimeToLiveThatItWasGiven() {
        cache.set(KEY, ONE, EntryOptions.DEFAULT.withTtl(Duration.ofDays(2)).withStaleFor(Duration.ofDays(1)));
        var version = cache.getEntry(KEY).orElseThrow().version();
        assertThat(cache.expire(KEY, Ttl.of(Duration.ofSeconds(90)))).isTrue();
        assertThat(((Ttl.After) cache.ttl(KEY).orElseThrow()).time()).isLessThanOrEqualTo(Duration.ofSeconds(90));
        cache.set(KEY, ONE, EntryOptions.DEFAULT.withTtl(Duration.ofDays(2)));
        database.withHandle(handle -> handle.execute("UPDATE cache_entries SET expires_at = now() + interval '1 s', "
                + "stale_until = now() + interval '1 s'"));
        assertThat(cache.touch(KEY)).isTrue();
        assertThat(((Ttl.After) cache.ttl(KEY).orElseThrow()).time()).isGreaterThan(Duration.ofDays(1));
        assertThat(cache.expire(KEY, Ttl.NEVER)).isTrue();
        assertThat(cache.touch(KEY)).isTrue();
        assertThat(cache.ttl(KEY)).contains(Ttl.NEVER);
        assertThat(cache.expire(KEY, Ttl.DEFAULT)).isTrue();
        assertThat(((Ttl.After) cache.ttl(KEY).orElseThrow()).time()).isLessThanOrEqualTo(Duration.ofHours(1));
        assertThat(cache.touch(CacheKey.of("absent"))).isFalse();
        assertThat(cache.getEntry(KEY).orElseThrow().version()).isNotEqualTo(version);
    }

    @Test
    void addsReplacesAndComparesVersions() {
        assertThat(cache.replace(KEY, ONE, EntryOptions.DEFAULT)).isEmpty();
        long first = cache.add(KEY, ONE, EntryOptions.DEFAULT).orElseThrow();
        assertThat(cache.add(KEY, TWO, EntryOptions.DEFAULT)).isEmpty();
        assertThat(cache.getEntry(KEY)).contains(new CacheEntry(ONE, first));
        long second = cache.compareAndSet(KEY, first, TWO, EntryOptions.DEFAULT).orElseThrow();
        assertThat(cache.compareAndSet(KEY, first, ONE, EntryOptions.DEFAULT)).isEqualTo(OptionalLong.empty());
        assertThat(cache.get(KEY)).contains(TWO);
        cache.delete(KEY);
        cache.add(KEY, TWO, EntryOptions.DEFAULT);
        assertThat(cache.compareAndSet(KEY, second, ONE, EntryOptions.DEFAULT)).as("of a former life").isEmpty();
        assertThat(cache.replace(KEY, ONE, EntryOptions.DEFAULT)).isPresent();
        assertThat(cache.compareAndDelete(KEY, second)).isFalse();
        assertThat(cache.compareAndDelete(KEY, cache.getEntry(KEY).orElseThrow().version())).isTrue();
        assertThat(cache.exists(KEY)).isFalse();
    }

    @Test
    void readsAndWritesManyAtOnce() {
        var values = new HashMap<CacheKey, CacheValue>();
        for (int i = 0; i < 1_000; i++) {
            values.put(CacheKey.of("many:" + i), CacheValue.number(i));
        }
        cache.setMany(values, EntryOptions.DEFAULT);
        assertThat(cache.getMany(values.keySet())).isEqualTo(values);
        assertThat(cache.getMany(List.of(KEY, CacheKey.of("many:7")))).containsOnlyKeys(CacheKey.of("many:7"));
        assertThat(cache.deleteMany(List.of(KEY, CacheKey.of("many:7"), CacheKey.of("many:7")))).isEqualTo(1);
        assertThat(cache.deleteMany(values.keySet())).isEqualTo(999);
        assertThat(cache.getMany(List.of())).isEmpty();
        assertThat(cache.deleteMany(List.of())).isZero();
        cache.setMany(Map.of(), EntryOptions.DEFAULT);
        var tooMany = new HashMap<CacheKey, CacheValue>();
        for (int i = 0; i <= 10_000; i++) {
            tooMany.put(CacheKey.of("too-many:" + i), ONE);
        }
        assertThatThrownBy(() -> cache.setMany(tooMany, EntryOptions.DEFAULT)).hasMessageContaining("10001");
        var large = CacheValue.bytes(new byte[1 << 20]);
        tooMany.replaceAll((key, value) -> large);
        tooMany.keySet().removeIf(key -> tooMany.size() > 129);
        assertThatThrownBy(() -> cache.setMany(tooMany, EntryOptions.DEFAULT))
                .hasMessageContaining("bytes in one call");
    }

    @Test
    void addsToNumbersAndToNothingElse() {
        assertThat(cache.increment(KEY, 5)).isEqualTo(5);
        assertThat(cache.increment(KEY, -7)).isEqualTo(-2);
        assertThat(cache.get(KEY)).contains(CacheValue.number(-2));
        var minute = EntryOptions.DEFAULT.withTtl(Duration.ofMinutes(1));
        assertThat(cache.increment(CacheKey.of("from"), 1, 10, minute)).isEqualTo(11);
        assertThat(cache.increment(CacheKey.of("from"), 1, 10, EntryOptions.DEFAULT.withTtl(Duration.ofDays(1))))
                .isEqualTo(12);
        assertThat(((Ttl.After) cache.ttl(CacheKey.of("from")).orElseThrow()).time()).as("the window stays")
                .isLessThanOrEqualTo(Duration.ofMinutes(1));
        cache.set("text", CacheValue.text("41"));
        assertThat(cache.increment(CacheKey.of("text"), 1)).isEqualTo(42);
        for (var wrong : List.of("", "4.5", "x", "-", "\0", "123456789012345678901")) {
            cache.set("wrong", CacheValue.text(wrong));
            assertThatThrownBy(() -> cache.increment(CacheKey.of("wrong"), 1)).as(wrong)
                    .isInstanceOf(ConflictException.class).satisfies(e -> assertThat(((HowdahException) e).code())
                            .isEqualTo("cache-not-a-number"));
            assertThat(cache.get("wrong")).contains(CacheValue.text(wrong));
        }
        cache.set("most", CacheValue.number(Long.MAX_VALUE));
        assertThatThrownBy(() -> cache.increment(CacheKey.of("most"), 1)).hasMessageContaining("64 bits");
        assertThatThrownBy(() -> cache.increment(CacheKey.of("new"), 1, Long.MAX_VALUE, EntryOptions.DEFAULT))
                .hasMessageContaining("64 bits");
        assertThat(cache.increment(CacheKey.of("most"), Long.MIN_VALUE)).isEqualTo(-1);
    }

    @Test
    void invalidatesByTag() {
        cache.set("a", ONE, EntryOptions.DEFAULT.withTags("red", "with \"quotes\", {braces}"));
        cache.set("b", ONE, EntryOptions.DEFAULT.withTags("blue", "NULL"));
        cache.set("c", ONE, EntryOptions.DEFAULT.withTags("red"));
        cache.set("d", ONE);
        assertThat(cache.describe(CacheKey.of("a")).orElseThrow().tags())
                .isEqualTo(Set.of("red", "with \"quotes\", {braces}"));
        cache.set("c", TWO);
        assertThat(cache.invalidateTags("red")).as("c has lost its tag").isEqualTo(1);
        assertThat(cache.get("a")).isEmpty();
        assertThat(cache.get("c")).contains(TWO);
        assertThat(cache.invalidateTags("NULL", "with \"quotes\", {braces}")).isEqualTo(1);
        assertThat(cache.invalidateTags("none")).isZero();
        assertThat(cache.get("d")).contains(ONE);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"user:*|user:1,user:2,user:é", "*|a%b,a_b,aXb,user:1,user:2,user:é", "a%b|a%b", "a_b|a_b",
            "a?b|a%b,a_b,aXb", "user:?|user:1,user:2,user:é", "*:1|user:1", "\\*|", "nothing*|", "?|",
            "*e*r*|user:1,user:2,user:é"})
    void findsKeysByPattern(String example) {
        for (var key : List.of("a%b", "a_b", "aXb", "user:1", "user:2", "user:é")) {
            cache.set(key, ONE);
        }
        var parts = example.split("\\|", 2);
        assertThat(cache.keys(parts[0], Optional.empty(), 100).items().stream().map(entry -> entry.key().toString()))
                .containsExactlyInAnyOrder(Arrays.stream(parts[1].split(",")).filter(key -> !key.isEmpty())
                        .toArray(String[]::new));
    }

    @Test
    void showsKeysPageByPageInOrder() {
        var values = new HashMap<CacheKey, CacheValue>();
        for (int i = 0; i < 25; i++) {
            values.put(CacheKey.of("page:%02d".formatted(i)), ONE);
        }
        cache.setMany(values, EntryOptions.DEFAULT);
        var first = cache.keys("page:*", Optional.empty(), 10);
        assertThat(first.items()).hasSize(10);
        var second = cache.keys("page:*", first.next(), 10);
        assertThat(second.items().getFirst().key().toString()).isEqualTo("page:10");
        var third = cache.keys("page:*", second.next(), 10);
        assertThat(third.items()).hasSize(5);
        assertThat(third.next()).isEmpty();
    }

    @Test
    void joinsTheCallersTransaction() {
        cache.set("kept", ONE);
        assertThatThrownBy(() -> database.useTransaction(tx -> {
            var inside = cache.in(tx);
            inside.set(KEY, ONE, EntryOptions.DEFAULT);
            inside.increment(CacheKey.of("count"), 1, 0, EntryOptions.DEFAULT);
            assertThat(inside.get(KEY)).contains(ONE);
            assertThat(inside.delete(CacheKey.of("kept"))).isTrue();
            throw new IllegalStateException("rolled back");
        })).hasMessage("rolled back");
        assertThat(cache.get(KEY)).isEmpty();
        assertThat(cache.get("count")).isEmpty();
        assertThat(cache.get("kept")).contains(ONE);
        database.useTransaction(tx -> {
            var inside = cache.in(tx);
            inside.setMany(Map.of(KEY, ONE), EntryOptions.DEFAULT);
            long version = inside.replace(KEY, TWO, EntryOptions.DEFAULT).orElseThrow();
            assertThat(inside.getEntry(KEY)).contains(new CacheEntry(TWO, version));
            assertThat(inside.add(KEY, ONE, EntryOptions.DEFAULT)).isEmpty();
            assertThat(inside.compareAndSet(KEY, version, ONE, EntryOptions.DEFAULT)).isPresent();
            assertThat(inside.expire(KEY, Ttl.NEVER)).isTrue();
        });
        assertThat(cache.ttl(KEY)).contains(Ttl.NEVER);
    }

    @Test
    void createsChangesAndDropsCaches() {
        var there = new Caches(database, CacheSettings.defaults());
        var same = there.open("test");
        same.set(KEY, ONE, EntryOptions.DEFAULT);
        assertThat(cache.get(KEY)).contains(ONE);
        caches.put("test", CacheOptions.DEFAULT.withDefaultTtl(Optional.empty()));
        there.refresh();
        same.set(KEY, TWO, EntryOptions.DEFAULT);
        assertThat(cache.ttl(KEY)).contains(Ttl.NEVER);
        assertThatThrownBy(() -> caches.put("test", CacheOptions.DEFAULT.withDurability(Durability.UNLOGGED)))
                .hasMessageContaining("cannot become unlogged");
        assertThat(caches.list()).extracting(CacheDescription::name).containsExactly("test");
        assertThat(caches.describe("test").options().durability()).isEqualTo(Durability.ASYNC);
        assertThat(caches.drop("test")).isTrue();
        assertThat(caches.drop("test")).isFalse();
        assertThatThrownBy(() -> cache.get(KEY)).isInstanceOf(NotFoundException.class);
        var again = caches.open("test");
        assertThat(again.get(KEY)).as("another cache of the same name").isEmpty();
        assertThat(again).isSameAs(cache);
        caches.upkeep().tidy();
        assertThat(database.<Long>withHandle(handle -> handle.createQuery("SELECT count(*) FROM cache_entries")
                .mapTo(Long.class).one())).as("what was in the dropped one").isZero();
    }

    @Test
    void countsWhatHappens() {
        cache.set("a", ONE);
        cache.set("b", ONE);
        cache.get("a");
        cache.get("a");
        cache.get("absent");
        cache.delete("b");
        expire(CacheKey.of("a"), Duration.ofSeconds(-100));
        caches.upkeep().storeCounts();
        var other = new Caches(database, CacheSettings.defaults());
        other.open("test").get("a");
        other.upkeep().storeCounts();
        var statistics = cache.statistics();
        assertThat(statistics.hits()).isEqualTo(3);
        assertThat(statistics.misses()).isEqualTo(1);
        assertThat(statistics.sets()).isEqualTo(2);
        assertThat(statistics.deletes()).isEqualTo(1);
        assertThat(statistics.hitRate()).isEqualTo(0.75);
        assertThat(statistics.accessCountMax()).isEqualTo(3);
        assertThat(statistics.accessCountAverage()).isEqualTo(3);
        assertThat(statistics.active()).isEqualTo(1);
        assertThat(statistics.bytes()).isEqualTo(4);
        assertThat(statistics.tableBytes()).isPositive();
        assertThat(cache.hotKeys(10)).singleElement().satisfies(hot -> assertThat(hot.accessCount()).isEqualTo(3));
    }
}
