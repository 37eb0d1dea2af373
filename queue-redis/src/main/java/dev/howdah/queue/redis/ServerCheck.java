package dev.howdah.queue.redis;

import dev.howdah.postgres.ConfigurationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;

/** Looks at a server before tasks are entrusted to it: refuses what would lose them silently, warns of what may. */
final class ServerCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCheck.class);
    private static final int MAJOR_MIN = 6;
    private static final int MINOR_MIN = 2;

    private ServerCheck() {}

    /** Refuses a server that cannot hold a queue. */
    static void check(RedisServer server) {
        var facts = server.call(ServerCheck::facts);
        var problems = problems(facts, server.address());
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        warnings(facts, server.address()).forEach(LOG::warn);
    }

    /** From INFO, and from CONFIG where that is allowed; hosted servers often forbid it. */
    private static Map<String, String> facts(UnifiedJedis redis) {
        var facts = new HashMap<String, String>();
        for (var line : redis.info().split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                facts.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        try {
            facts.putAll(redis.configGet("appendfsync"));
        } catch (JedisDataException e) {
            LOG.debug("CONFIG is not allowed; how often the server syncs stays unknown", e);
        }
        return facts;
    }

    static List<String> problems(Map<String, String> facts, String address) {
        var problems = new ArrayList<String>();
        var version = facts.getOrDefault("redis_version", "0");
        if (isTooOld(version)) {
            problems.add("Redis at " + address + " has version " + version + ", and " + MAJOR_MIN + "." + MINOR_MIN
                    + " is needed; upgrade it, or use PostgreSQL: USE_POSTGRESQL=true");
        }
        var policy = facts.getOrDefault("maxmemory_policy", "noeviction");
        if (!policy.equals("noeviction")) {
            problems.add("Redis at " + address + " has maxmemory-policy " + policy
                    + ", so it may throw away tasks that wait; set it to noeviction, "
                    + "give the cache a Redis of its own, or use PostgreSQL: USE_POSTGRESQL=true");
        }
        return problems;
    }

    static List<String> warnings(Map<String, String> facts, String address) {
        if (!facts.getOrDefault("aof_enabled", "0").equals("1")) {
            return List.of("Redis at " + address + " has appendonly off: a crash loses every task and result since its "
                    + "last snapshot. Set appendonly yes and appendfsync always");
        }
        return switch (facts.getOrDefault("appendfsync", "unknown")) {
            case "always" -> List.of();
            case "everysec" -> List.of("Redis at " + address
                    + " has appendfsync everysec: a crash may lose the tasks and results "
                    + "of up to the last second, though they were acknowledged. Set appendfsync always");
            case "no" ->
                List.of("Redis at " + address + " has appendfsync no: a crash of its machine may lose the tasks "
                        + "and results of the last half minute. Set appendfsync always");
            default -> List.of("Redis at " + address
                    + " does not tell its appendfsync; unless it is always, a crash may lose "
                    + "acknowledged tasks and results");
        };
    }

    private static boolean isTooOld(String version) {
        var parts = version.split("\\.", -1);
        int major = number(parts[0]);
        int minor = parts.length > 1 ? number(parts[1]) : 0;
        return major < MAJOR_MIN || (major == MAJOR_MIN && minor < MINOR_MIN);
    }

    private static int number(String text) {
        return text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
    }
}
