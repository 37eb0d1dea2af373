package dev.howdah.cache;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What holds for all caches of a process. Checked at construction.
 *
 * @param keyMax bytes of a key
 * @param valueMax bytes of a value
 * @param defaultTtl how long entries live in caches that are created without saying so; zero: for ever
 * @param loadLease for how long one loader of a value keeps others waiting; when it is over, the next one loads
 * @param upkeepInterval how often counts are stored, expired entries removed and bounds looked at
 */
public record CacheSettings(int keyMax, int valueMax, Duration defaultTtl, Duration loadLease,
        Duration upkeepInterval) {
    public static final Setting<Integer> KEY_MAX = Setting.integer("howdah.cache.key-max", CacheKey.BYTES_MAX, 1,
            CacheKey.BYTES_MAX, "Bytes of a cache key.");
    public static final Setting<Integer> VALUE_MAX = Setting.integer("howdah.cache.value-max", 1 << 20, 1, 256 << 20,
            "Bytes of a cached value.");
    public static final Setting<Duration> DEFAULT_TTL = Setting.duration("howdah.cache.default-ttl", "1h",
            "How long entries live in caches that are created without saying so; 0s for ever.", "CACHE_DEFAULT_TTL");
    public static final Setting<Duration> LOAD_LEASE = Setting.duration("howdah.cache.load-lease", "30s",
            "For how long the loader of a missing value keeps others waiting; when it is over, the next one loads.");
    public static final Setting<Duration> UPKEEP_INTERVAL = Setting.duration("howdah.cache.upkeep-interval", "2s",
            "How often counts are stored, expired entries removed, and the bounds of caches looked at.",
            "CACHE_CLEANUP_INTERVAL");

    public CacheSettings {
        if (loadLease.isZero() || upkeepInterval.isZero()) {
            throw new ConfigurationException(List.of("howdah.cache.load-lease is " + loadLease
                    + " and howdah.cache.upkeep-interval " + upkeepInterval + "; use more than 0s for both"));
        }
    }

    /** The defaults. */
    public static CacheSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static CacheSettings from(Configuration configuration) {
        return new CacheSettings(configuration.get(KEY_MAX), configuration.get(VALUE_MAX),
                configuration.get(DEFAULT_TTL), positive(configuration, LOAD_LEASE),
                positive(configuration, UPKEEP_INTERVAL));
    }

    private static Duration positive(Configuration configuration, Setting<Duration> setting) {
        var value = configuration.get(setting);
        if (value.isZero()) {
            configuration.problem(setting.name() + " is 0s; use more");
            return setting.defaultValue();
        }
        return value;
    }

    /** The options of a cache for which nothing else is said. */
    public CacheOptions options() {
        return CacheOptions.DEFAULT.withDefaultTtl(Optional.of(defaultTtl).filter(time -> !time.isZero()));
    }

    /** The same with another lease of loaders. */
    public CacheSettings withLoadLease(Duration value) {
        return new CacheSettings(keyMax, valueMax, defaultTtl, value, upkeepInterval);
    }

    /** The same with other limits on keys and values. */
    public CacheSettings withLimits(int newKeyMax, int newValueMax) {
        return new CacheSettings(newKeyMax, newValueMax, defaultTtl, loadLease, upkeepInterval);
    }

    /** The same with another rhythm of upkeep. */
    public CacheSettings withUpkeepInterval(Duration value) {
        return new CacheSettings(keyMax, valueMax, defaultTtl, loadLease, value);
    }
}
