package dev.howdah.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys that are locked, there or not. */
class LockedEntriesTest {
    private static final CacheKey PRESENT = CacheKey.of("present");
    private static final CacheKey ABSENT = CacheKey.of("absent");
    private static final CacheValue ONE = CacheValue.text("one");

    private final Database database = CacheTest.migrated();
    private final Caches caches = new Caches(database, CacheSettings.defaults());
    private final Cache cache = caches.open("test");

    @ParameterizedTest
    @EnumSource(Durability.class)
    void readModifyWriteLosesNothing(Durability durability) throws Exception {
        var counts = caches.open(durability.label(), CacheOptions.DEFAULT.withDurability(durability));
        var calls = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 200; i++) {
            var keys = i % 2 == 0 ? List.of(ABSENT, PRESENT) : List.of(PRESENT, ABSENT);
            calls.add(() -> counts.locked(keys, locked -> {
                keys.forEach(key -> locked.set(List.of(new EntryWrite(key, more(locked.found().get(key)),
                        EntryOptions.DEFAULT))));
                return true;
            }));
        }
        try (var executor = Executors.newFixedThreadPool(8)) {
            for (var done : executor.invokeAll(calls)) {
                assertThat(done.get()).isTrue();
            }
        }
        assertThat(counts.getMany(Set.of(PRESENT, ABSENT))).allSatisfy((key, value) -> assertThat(value.text())
                .isEqualTo("200"));
    }

    private static CacheValue more(@Nullable LockedEntry before) {
        return CacheValue.number(before == null ? 1 : Long.parseLong(before.value().text()) + 1);
    }

    @Test
    void whatIsAbsentStaysAbsentUnlessItIsWritten() {
        cache.set(PRESENT, ONE, EntryOptions.DEFAULT.withTtl(Ttl.NEVER));
        var found = cache.locked(List.of(PRESENT, ABSENT), LockedEntries::found);
        assertThat(found).containsOnlyKeys(PRESENT).containsEntry(PRESENT, new LockedEntry(ONE, Ttl.NEVER));
        assertThat(cache.exists(ABSENT)).isFalse();
        assertThat(cache.add(ABSENT, ONE, EntryOptions.DEFAULT)).isPresent();
        assertThat(cache.keys("*", Optional.empty(), 10).items()).hasSize(2);
    }

    @Test
    void whatThrowsChangesNothing() {
        cache.set(PRESENT, ONE, EntryOptions.DEFAULT);
        assertThatThrownBy(() -> cache.locked(List.of(PRESENT), locked -> {
            locked.delete(List.of(PRESENT));
            throw new IllegalStateException("on purpose");
        })).hasMessage("on purpose");
        assertThat(cache.get(PRESENT)).contains(ONE);
        assertThatThrownBy(() -> cache.locked(List.of(PRESENT), locked -> {
            locked.delete(List.of(ABSENT));
            return true;
        })).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatOthersWriteMeanwhileIsNotUndone() throws Exception {
        var writes = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 400; i++) {
            var key = "other-" + i;
            writes.add(() -> cache.set(key, ONE) > 0);
        }
        try (var executor = Executors.newFixedThreadPool(8)) {
            assertThatThrownBy(() -> cache.locked(List.of(PRESENT), locked -> {
                var running = writes.stream().map(executor::submit).toList();
                for (int i = 0; running.stream().anyMatch(one -> !one.isDone()); i++) {
                    cache.set("mine-" + i, ONE);
                    cache.increment(CacheKey.of("my-sum"), 1);
                }
                throw new IllegalStateException("on purpose");
            })).hasMessage("on purpose");
        }
        assertThat(cache.statistics().active()).isEqualTo(writes.size());
        assertThat(cache.get("mine-0")).isEmpty();
        assertThat(cache.exists(CacheKey.of("my-sum"))).isFalse();
    }

    @Test
    void aTimeToLiveCountsFromTheWriteNotFromTheBeginningOfTheTransaction() {
        var minute = EntryOptions.DEFAULT.withTtl(Duration.ofMinutes(1));
        boolean isLater = database.inTransaction(tx -> {
            cache.in(tx).lock(List.of(PRESENT)).set(List.of(new EntryWrite(PRESENT, ONE, minute)));
            return tx.handle().createQuery("SELECT expires_at > now() + interval '1 minute' FROM cache_entries")
                    .mapTo(Boolean.class).one();
        });
        assertThat(isLater).isTrue();
    }

    @Test
    void manyGetAnotherTimeToLive() {
        cache.set(PRESENT, ONE, EntryOptions.DEFAULT.withTtl(Ttl.NEVER));
        assertThat(cache.expireMany(List.of(PRESENT, ABSENT), Ttl.of(Duration.ofMinutes(1)))).containsOnly(PRESENT);
        assertThat(cache.ttl(PRESENT).orElseThrow()).isInstanceOf(Ttl.After.class);
        assertThat(cache.expireMany(List.of(PRESENT), Ttl.of(Duration.ZERO))).containsOnly(PRESENT);
        assertThat(cache.get(PRESENT)).isEmpty();
    }

    @Test
    void aCacheThatIsDroppedAndCreatedAgainIsThere() {
        for (int i = 0; i < 50; i++) {
            caches.drop("again");
            var again = caches.open("again");
            caches.refresh();
            again.set(PRESENT, ONE, EntryOptions.DEFAULT);
            assertThat(again.get(PRESENT)).contains(ONE);
        }
    }
}
