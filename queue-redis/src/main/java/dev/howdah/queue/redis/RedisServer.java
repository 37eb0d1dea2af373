package dev.howdah.queue.redis;

import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.UnavailableException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisURIHelper;

/** A Redis server behind a pool of connections. Never tries anything twice: whether that is harmless, the caller knows. */
final class RedisServer implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 32;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(5);

    private final HostAndPort address;
    private final JedisClientConfig config;
    private final RedisClient client;

    private RedisServer(HostAndPort address, JedisClientConfig config) {
        this.address = address;
        this.config = config;
        var pool = new ConnectionPoolConfig();
        pool.setMaxTotal(CONNECTIONS_MAX);
        pool.setMaxIdle(CONNECTIONS_MAX);
        pool.setMaxWait(ACQUIRE_TIMEOUT);
        pool.setJmxEnabled(false);
        this.client = RedisClient.builder().hostAndPort(address).clientConfig(config).poolConfig(pool).build();
    }

    /** The server of an URL such as {@code redis://user:password@host:6379/0}; {@code rediss} is TLS. */
    static RedisServer at(String url) {
        var uri = parsed(url);
        return new RedisServer(JedisURIHelper.getHostAndPort(uri), DefaultJedisClientConfig.builder(uri).resp2()
                .clientName("howdah")
                .connectionTimeoutMillis((int) CONNECT_TIMEOUT.toMillis())
                .socketTimeoutMillis((int) ANSWER_TIMEOUT.toMillis()).build());
    }

    private static URI parsed(String url) {
        try {
            var uri = new URI(url);
            if (JedisURIHelper.isValid(uri)
                    && (JedisURIHelper.isRedisScheme(uri) || JedisURIHelper.isRedisSSLScheme(uri))) {
                return uri;
            }
        } catch (java.net.URISyntaxException e) {
            // The same answer as for the other faults: the URL may hold a password, and so may the cause.
        }
        throw new ConfigurationException(List.of(
                "the URL of Redis is not valid; write it like redis://user:password@host:6379/0, or rediss:// for TLS"));
    }

    /** Host and port. */
    String address() {
        return address.toString();
    }

    /**
     * Runs commands.
     *
     * @throws UnavailableException if the server cannot be reached or does not take commands now
     */
    <T> T call(Function<UnifiedJedis, T> commands) {
        try {
            return commands.apply(client);
        } catch (JedisConnectionException e) {
            client.getPool().clear(); // the idle ones most likely lead to the same dead end
            throw RedisErrors.translated(e, address());
        } catch (JedisException e) {
            throw RedisErrors.translated(e, address());
        }
    }

    /** A connection outside of the pool, to listen on. */
    Jedis connection() {
        return new Jedis(address, config);
    }

    @Override
    public void close() {
        client.close();
    }
}
