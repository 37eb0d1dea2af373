package dev.howdah.sessions;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.EncryptionKeys;
import dev.howdah.postgres.Setting;
import java.time.Duration;
import java.util.Map;

/**
 * How long sessions last and what they may hold.
 *
 * @param idleTimeout how long a session lasts without being used, unless it has a time of its own
 * @param absoluteTimeout how long a session lasts at most, however it is used, unless it has a time of its own
 * @param rotationOverlap how long the old id still works after a renewal, for requests that are under way
 * @param touchInterval how often the last access is written at most; a twentieth of the idle timeout if that is less
 * @param cleanupInterval how often expired sessions are ended and old ones deleted; readers do not wait for it
 * @param retention how long ended sessions are kept
 * @param cleanupBatch sessions that one statement of the clean-up looks at
 * @param attributesMax attributes of one session
 * @param attributesBytesMax bytes of all attributes of one session together, and of its metadata, as stored
 * @param perUserMax live sessions of one user; a further one ends those that were not used for longest
 * @param encryptionKeys what attributes are encrypted with
 */
public record SessionSettings(Duration idleTimeout, Duration absoluteTimeout, Duration rotationOverlap,
        Duration touchInterval, Duration cleanupInterval, Duration retention, int cleanupBatch, int attributesMax,
        int attributesBytesMax, int perUserMax, EncryptionKeys encryptionKeys) {
    /** The longest time that can be set; beyond it, sums with the database's clock could overflow. */
    static final Duration TIMEOUT_MAX = Duration.ofDays(3650);
    static final Duration OVERLAP_MAX = Duration.ofMinutes(5);

    public static final Setting<Duration> IDLE_TIMEOUT = Setting.duration("howdah.sessions.idle-timeout", "86400s",
            "How long a session lasts without being used, unless it has a time of its own.", "SESSION_DEFAULT_TTL");
    public static final Setting<Duration> ABSOLUTE_TIMEOUT = Setting.duration("howdah.sessions.absolute-timeout",
            "30d", "How long a session lasts at most, however it is used, unless it has a time of its own.");
    public static final Setting<Duration> ROTATION_OVERLAP = Setting.duration("howdah.sessions.rotation-overlap",
            "10s", "How long the old id still works after a renewal, at most 5m; never after a sign-in.");
    public static final Setting<Duration> TOUCH_INTERVAL = Setting.duration("howdah.sessions.touch-interval", "60s",
            "How often the last access is written at most; a twentieth of the idle timeout if that is less.");
    public static final Setting<Duration> CLEANUP_INTERVAL = Setting.duration("howdah.sessions.cleanup-interval",
            "1h",
            "How often expired sessions are ended and old ones deleted; what has expired is never answered before.",
            "SESSION_CLEANUP_INTERVAL");
    public static final Setting<Duration> RETENTION = Setting.duration("howdah.sessions.retention", "30d",
            "How long ended sessions are kept, without their attributes.");
    public static final Setting<Integer> CLEANUP_BATCH = Setting.integer("howdah.sessions.cleanup-batch", 1000, 1,
            100_000, "Sessions that one statement of the clean-up looks at.");
    public static final Setting<Integer> ATTRIBUTES_MAX = Setting.integer("howdah.sessions.attributes-max", 100, 1,
            10_000, "Attributes of one session.");
    public static final Setting<Integer> ATTRIBUTES_BYTES_MAX = Setting.integer("howdah.sessions.attributes-bytes-max",
            256 << 10, 1, 64 << 20, "Bytes of all attributes of one session together, as stored; of its metadata too.");
    public static final Setting<Integer> PER_USER_MAX = Setting.integer("howdah.sessions.per-user-max", 100, 1, 100_000,
            "Live sessions of one user; a further one ends those that were not used for longest.");
    public static final Setting<String> ENCRYPTION_KEYS = Setting.secret("howdah.sessions.encryption-keys",
            "Keys as name:Base64 of 32 bytes, separated by commas; the first encrypts attributes, all decrypt.");

    /** The defaults. */
    public static SessionSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static SessionSettings from(Configuration configuration) {
        var idle = timeout(configuration, IDLE_TIMEOUT);
        var absolute = timeout(configuration, ABSOLUTE_TIMEOUT);
        if (idle.compareTo(absolute) > 0) {
            configuration.problem(IDLE_TIMEOUT.name() + " is longer than " + ABSOLUTE_TIMEOUT.name()
                    + "; raise the latter");
        }
        var overlap = configuration.get(ROTATION_OVERLAP);
        if (overlap.compareTo(OVERLAP_MAX) > 0) {
            configuration.problem(ROTATION_OVERLAP.name() + " is longer than 5m, for which a stolen id would live on");
        }
        var keys = configuration.get(ENCRYPTION_KEYS);
        var problems = EncryptionKeys.problems(ENCRYPTION_KEYS.name(), keys);
        problems.forEach(configuration::problem);
        return new SessionSettings(idle, absolute, overlap, configuration.get(TOUCH_INTERVAL),
                timeout(configuration, CLEANUP_INTERVAL), timeout(configuration, RETENTION),
                configuration.get(CLEANUP_BATCH), configuration.get(ATTRIBUTES_MAX),
                configuration.get(ATTRIBUTES_BYTES_MAX), configuration.get(PER_USER_MAX),
                EncryptionKeys.parse(ENCRYPTION_KEYS.name(), problems.isEmpty() ? keys : ""));
    }

    private static Duration timeout(Configuration configuration, Setting<Duration> setting) {
        var value = configuration.get(setting);
        if (value.isZero() || value.compareTo(TIMEOUT_MAX) > 0) {
            configuration.problem(setting.name() + " is " + value + "; use more than 0s and at most "
                    + TIMEOUT_MAX.toDays() + "d");
            return setting.defaultValue();
        }
        return value;
    }

    /** Other defaults for how long sessions last. */
    public SessionSettings withTimeouts(Duration idle, Duration absolute) {
        return new SessionSettings(idle, absolute, rotationOverlap, touchInterval, cleanupInterval, retention,
                cleanupBatch, attributesMax, attributesBytesMax, perUserMax, encryptionKeys);
    }

    /** Other limits on what sessions hold. */
    public SessionSettings withLimits(int attributes, int attributesBytes, int perUser) {
        return new SessionSettings(idleTimeout, absoluteTimeout, rotationOverlap, touchInterval, cleanupInterval,
                retention, cleanupBatch, attributes, attributesBytes, perUser, encryptionKeys);
    }

    /** Other keys, as the setting has them. */
    public SessionSettings withEncryptionKeys(String keys) {
        return new SessionSettings(idleTimeout, absoluteTimeout, rotationOverlap, touchInterval, cleanupInterval,
                retention, cleanupBatch, attributesMax, attributesBytesMax, perUserMax,
                EncryptionKeys.parse(ENCRYPTION_KEYS.name(), keys));
    }

    /** Another batch of the clean-up. */
    public SessionSettings withCleanupBatch(int value) {
        return new SessionSettings(idleTimeout, absoluteTimeout, rotationOverlap, touchInterval, cleanupInterval,
                retention, value, attributesMax, attributesBytesMax, perUserMax, encryptionKeys);
    }
}
