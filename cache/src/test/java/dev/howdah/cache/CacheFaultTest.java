package dev.howdah.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.EmbeddedPostgres;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TcpProxy;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.UnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when the database goes away, or comes back with less. */
class CacheFaultTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final CacheKey KEY = CacheKey.of("key");
    private static final CacheValue ONE = CacheValue.text("one");
    private static final CacheValue TWO = CacheValue.text("two");

    private final Database database = CacheTest.migrated();
    private final Caches caches = new Caches(database, CacheSettings.defaults());

    @Test
    void forgetsWhatIsNearWhileItIsNotToldOfWrites() throws Exception {
        var mine = caches.put("near", CacheOptions.DEFAULT.withNear(1 << 20, Duration.ofHours(1)));
        try (var proxy = TcpProxy.cutOff(database.settings())) {
            proxy.heal();
            var behind = TestDatabase.open(proxy.through(database.settings()));
            var theirs = new Caches(behind, CacheSettings.defaults()).open("near");
            await().atMost(LIMIT).until(() -> behind.notifications().isListening());
            mine.set(KEY, ONE, EntryOptions.DEFAULT);
            await().atMost(LIMIT).until(() -> theirs.get(KEY).equals(Optional.of(ONE)));
            proxy.cut();
            await().atMost(LIMIT).until(() -> !behind.notifications().isListening());
            mine.set(KEY, TWO, EntryOptions.DEFAULT);
            assertThatThrownBy(() -> theirs.get(KEY)).as("rather nothing than something old")
                    .isInstanceOf(UnavailableException.class);
            proxy.heal();
            await().atMost(LIMIT).until(() -> behind.notifications().isListening());
            await().atMost(LIMIT).ignoreExceptions().until(() -> theirs.get(KEY).equals(Optional.of(TWO)));
        }
    }

    @Test
    void goesOnAfterItsConnectionsWereKilled() {
        var cache = caches.open("killed");
        cache.set(KEY, ONE, EntryOptions.DEFAULT);
        var other = TestDatabase.open(database.settings());
        var loaded = cache.getOrLoad(CacheKey.of("loading"), key -> {
            other.withHandle(handle -> handle.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    + "WHERE pid <> pg_backend_pid() AND application_name = 'howdah' AND state = 'idle' "
                    + "AND query LIKE '%cache%'"));
            return Optional.of(TWO);
        });
        assertThat(loaded).as("loaded, although it could not be stored").contains(TWO);
        await().atMost(LIMIT).ignoreExceptions().until(() -> cache.get(KEY).equals(Optional.of(ONE)));
        var impatient = new Caches(database, CacheSettings.defaults().withLoadLease(Duration.ofMillis(100)));
        assertThat(impatient.open("killed").getOrLoad(CacheKey.of("another"), key -> Optional.of(TWO))).contains(TWO);
    }

    @Test
    void isEmptyAfterACrashIfItIsUnlogged(@TempDir Path directory) {
        try (var server = EmbeddedPostgres.start(directory);
                var crashing = Database.open(server.connect(DatabaseSettings.from(Configuration.of(Map.of()))))) {
            crashing.awaitReady(LIMIT);
            crashing.withHandle(handle -> handle.execute("CREATE SCHEMA IF NOT EXISTS howdah"));
            new Migrator(crashing, Migrations.ofModules("cache")).up();
            var many = new Caches(crashing, CacheSettings.defaults());
            var unlogged = many.open("unlogged", CacheOptions.DEFAULT.withDurability(Durability.UNLOGGED));
            var logged = many.open("logged", CacheOptions.DEFAULT.withDurability(Durability.SYNC));
            unlogged.set(KEY, ONE, EntryOptions.DEFAULT);
            logged.set(KEY, ONE, EntryOptions.DEFAULT);
            // A killed server process makes all others end at once and the server recover.
            long process = crashing.withHandle(handle -> handle.createQuery("SELECT pg_backend_pid()")
                    .mapTo(Long.class).one());
            assertThat(ProcessHandle.of(process).orElseThrow().destroyForcibly()).isTrue();
            await().atMost(LIMIT).ignoreExceptions().until(() -> unlogged.get(KEY).isEmpty());
            unlogged.set(KEY, TWO, EntryOptions.DEFAULT);
            assertThat(unlogged.get(KEY)).contains(TWO);
            assertThat(logged.get(KEY)).contains(ONE);
        }
    }
}
