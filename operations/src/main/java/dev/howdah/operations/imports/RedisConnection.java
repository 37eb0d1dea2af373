package dev.howdah.operations.imports;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisURIHelper;

/** One connection to a Redis that is read, and its errors in our words. */
final class RedisConnection implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    private final Jedis redis;

    private RedisConnection(Jedis redis) {
        this.redis = redis;
    }

    /** @throws UnavailableException if the server cannot be reached or refuses us */
    static RedisConnection open(String url, int database) {
        var uri = parsed(url);
        var config = DefaultJedisClientConfig.builder(uri).resp2().autoNegotiateProtocol(false)
                .clientName("howdah-import").database(database)
                .connectionTimeoutMillis((int) CONNECT_LIMIT.toMillis())
                .socketTimeoutMillis((int) ANSWER_LIMIT.toMillis()).build();
        return translating(url, () -> {
            var redis = new Jedis(JedisURIHelper.getHostAndPort(uri), config);
            redis.connect();
            return new RedisConnection(redis);
        });
    }

    static URI parsed(String url) {
        try {
            var uri = new URI(url);
            if (JedisURIHelper.isValid(uri)
                    && (JedisURIHelper.isRedisScheme(uri) || JedisURIHelper.isRedisSSLScheme(uri))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // The same answer as for the other faults: the URL may hold a password, and so may the cause.
        }
        throw new InvalidInputException("import-source-invalid", "source", "is not a valid URL of Redis",
                "write it like redis://user:password@host:6379/0, or rediss:// for TLS");
    }

    /** The number in the URL's path, or 0. */
    static int database(String url) {
        return JedisURIHelper.getDBIndex(parsed(url));
    }

    Jedis redis() {
        return redis;
    }

    /** Runs commands; what the client throws becomes an error that says what to do. */
    static <T> T translating(String url, Supplier<T> commands) {
        try {
            return commands.get();
        } catch (JedisException e) {
            throw translated(e, Addresses.withoutSecrets(url));
        }
    }

    private static RuntimeException translated(JedisException e, String address) {
        var message = String.valueOf(e.getMessage());
        var word = message.split(" ", 2)[0].toUpperCase(Locale.ROOT);
        boolean isRefused = e instanceof JedisAccessControlException
                || e.getCause() instanceof JedisAccessControlException
                || word.equals("NOAUTH") || word.equals("NOPERM") || word.equals("WRONGPASS");
        if (isRefused) {
            return new InvalidInputException("redis-refused", "source", "Redis at " + address + " refuses us: "
                    + message,
                    "check user and password; the user needs SCAN, TYPE, PTTL, INFO, DBSIZE, SELECT and the "
                            + "reading commands on all keys");
        }
        if (e instanceof JedisDataException && !word.equals("LOADING") && !word.equals("MASTERDOWN")
                && !word.equals("BUSY")) {
            return new InvalidInputException("redis-answer-unknown", "source", "Redis at " + address + " answers: "
                    + message, "check that it is a Redis of version 4 or newer, and the number of the database");
        }
        return new UnavailableException("redis-unavailable", "Redis at " + address + " cannot be reached: " + message,
                "check that it runs and that the URL is right, then run the import again: it goes on where it was", e);
    }

    @Override
    public void close() {
        try {
            redis.close();
        } catch (JedisException e) {
            // It was to be closed, and is of no use any more.
        }
    }
}
