package dev.howdah.queue.redis;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.util.Locale;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** What the client library throws, as errors of ours that say what to do. */
final class RedisErrors {
    private RedisErrors() {}

    /** What Redis cannot do for a queue. */
    static InvalidInputException unsupported(String field, String problem) {
        return new InvalidInputException("queue-redis-unsupported", field, problem,
                "use PostgreSQL: USE_POSTGRESQL=true");
    }

    /** Unavailable for what may pass or can be repaired on the server; anything else is a fault of ours and stays as it is. */
    static RuntimeException translated(JedisException e, String address) {
        if (e instanceof JedisAccessControlException || e.getCause() instanceof JedisAccessControlException) {
            return unavailable("redis-refused", "Redis at " + address + " refuses us: " + e.getMessage(),
                    "check user and password in its URL, and what the user may do", e);
        }
        if (!(e instanceof JedisDataException)) {
            return unavailable("redis-unavailable", "Redis at " + address + " cannot be reached: " + e.getMessage(),
                    "check that it runs and that the URL is right; it is tried again", e);
        }
        var message = String.valueOf(e.getMessage());
        var word = message.split(" ", 2)[0].toUpperCase(Locale.ROOT);
        return switch (word) {
            case "LOADING" -> unavailable("redis-loading", "Redis at " + address + " is still loading its data",
                    "wait; it is tried again", e);
            case "READONLY" -> unavailable("redis-read-only", "Redis at " + address + " is a read-only replica",
                    "point the URL at the primary", e);
            case "OOM" -> unavailable("redis-out-of-memory", "Redis at " + address + " has used up its memory",
                    "raise maxmemory, or shorten howdah.queue.retention so that ended tasks go earlier", e);
            case "MISCONF" -> unavailable("redis-cannot-write", "Redis at " + address + " cannot write to its disk: "
                    + message, "free space on its disk, and look into its log", e);
            case "BUSY" -> unavailable("redis-busy", "Redis at " + address + " is busy with a script of somebody else",
                    "wait, or end it with SCRIPT KILL", e);
            case "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS", "TRYAGAIN" -> unavailable("redis-unavailable",
                    "Redis at " + address + " does not take writes now: " + message, "wait; it is tried again", e);
            case "NOAUTH", "NOPERM", "WRONGPASS" -> unavailable("redis-refused", "Redis at " + address + " refuses us: "
                    + message, "check user and password in its URL, and what the user may do", e);
            default -> e;
        };
    }

    private static UnavailableException unavailable(String code, String problem, String remedy, Throwable cause) {
        return new UnavailableException(code, problem, remedy, cause);
    }
}
