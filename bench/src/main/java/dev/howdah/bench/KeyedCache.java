package dev.howdah.bench;

import dev.howdah.cache.Cache;
import dev.howdah.cache.CacheOptions;
import dev.howdah.cache.CacheSettings;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Caches;
import dev.howdah.cache.Durability;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import redis.clients.jedis.Jedis;

/** A cache of values of a kilobyte, whose keys are numbers. */
interface KeyedCache extends AutoCloseable {
    int VALUE_BYTES = 1_000;

    /** Reads a value that must be there. */
    void get(int key);

    void set(int key);

    @Override
    void close();

    static String name(int key) {
        return "user:" + key + ":profile";
    }

    /** The same for all, not to be compressed. */
    static byte[] value() {
        var value = new byte[VALUE_BYTES];
        new Random(1).nextBytes(value);
        return value;
    }

    /** What one process has of ours. */
    record Ours(Database database, Caches caches, Cache cache, CacheValue value) implements KeyedCache {
        /** In a schema without anything in it. */
        static Ours create(DatabaseSettings fresh, UnaryOperator<CacheOptions> options) {
            var database = Database.open(fresh);
            new Migrator(database, Migrations.ofModules("cache")).up();
            var caches = new Caches(database, CacheSettings.defaults());
            var cache = caches.put("bench", options.apply(CacheOptions.DEFAULT.withDurability(Durability.UNLOGGED)));
            caches.start();
            return new Ours(database, caches, cache, CacheValue.bytes(KeyedCache.value()));
        }

        /** What another process would have of the same cache. */
        Ours another() {
            var other = Database.open(database.settings());
            var caches = new Caches(other, CacheSettings.defaults());
            caches.start();
            return new Ours(other, caches, caches.get("bench"), value);
        }

        @Override
        public void get(int key) {
            if (cache.get(name(key)).isEmpty()) {
                throw new IllegalStateException("the cache has lost a key");
            }
        }

        @Override
        public void set(int key) {
            cache.set(name(key), value);
        }

        @Override
        public void close() {
            caches.close();
            database.close();
        }
    }

    /** Redis, with a connection for each thread. */
    final class Redis implements KeyedCache {
        private final byte[] value = KeyedCache.value();
        private final Collection<Jedis> opened = new ConcurrentLinkedQueue<>();
        private final ThreadLocal<Jedis> connection;

        Redis(RedisServer server) {
            connection = ThreadLocal.withInitial(() -> {
                var jedis = new Jedis("127.0.0.1", server.port());
                opened.add(jedis);
                return jedis;
            });
        }

        private static byte[] bytes(int key) {
            return name(key).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void get(int key) {
            if (connection.get().get(bytes(key)) == null) {
                throw new IllegalStateException("Redis has lost a key");
            }
        }

        @Override
        public void set(int key) {
            connection.get().set(bytes(key), value);
        }

        @Override
        public void close() {
            opened.forEach(Jedis::close);
        }
    }
}
