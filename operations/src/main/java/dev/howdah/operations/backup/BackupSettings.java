package dev.howdah.operations.backup;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.EncryptionKeys;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Setting;
import java.time.Duration;
import java.util.Map;

/**
 * Where backups go, how they are made, when, and how long they are kept.
 *
 * @param target a directory, {@code s3://bucket/path}, {@code gs://bucket/path} or {@code https://host/bucket/path}; empty for none
 * @param region of an S3-compatible store
 * @param accessKey of the store
 * @param secretKey of the store
 * @param keys encrypt backups: {@code name:base64}, see {@link EncryptionKeys}; empty leaves them plain
 * @param engine what writes them
 * @param parallel connections that read or write at the same time
 * @param compressionLevel of zstd
 * @param pieceBytes bytes of a table's pages, without values stored apart, in one file
 * @param includeUnlogged whether the content of unlogged tables is copied too
 * @param programs where {@code pg_dump} and {@code pg_restore} are; empty for the path
 * @param pgbackrestConfig the file with pgBackRest's configuration
 * @param schedule when to make one, as a cron expression in UTC; empty for never
 * @param drillSchedule when to rehearse a restore; empty for never
 * @param abandonedAfter when an unfinished backup of another machine is taken for abandoned
 * @param retention which are kept
 */
public record BackupSettings(String target, String region, String accessKey, String secretKey, String keys,
        BackupEngine engine, int parallel, int compressionLevel, int pieceBytes, boolean includeUnlogged,
        String programs, String pgbackrestConfig,
        String schedule, String drillSchedule, Duration abandonedAfter, Retention retention) {
    public static final Setting<String> TARGET = Setting.text("howdah.operations.backup-target", "",
            "Where backups go: a directory, s3://bucket/path, gs://bucket/path, or https://host/bucket/path of an "
                    + "S3-compatible store; empty makes none.");
    public static final Setting<String> REGION = Setting.text("howdah.operations.backup-region", "us-east-1",
            "Region of the store of backups.");
    public static final Setting<String> ACCESS_KEY = Setting.text("howdah.operations.backup-access-key", "",
            "Access key of the store of backups; for Google Cloud Storage an HMAC key.");
    public static final Setting<String> SECRET_KEY = Setting.secret("howdah.operations.backup-secret-key",
            "Secret key of the store of backups.");
    public static final Setting<String> KEYS = Setting.secret("howdah.operations.backup-keys",
            "Keys that encrypt backups, as name:base64 of 32 bytes, separated by commas; the first one encrypts, all of "
                    + "them decrypt. Empty leaves backups plain. Keep a copy elsewhere: without the key a backup is lost.");
    public static final Setting<BackupEngine> ENGINE = Setting.choice("howdah.operations.backup-engine",
            BackupEngine.class, BackupEngine.LOGICAL,
            "What makes backups: logical is built in, dump is pg_dump, pgbackrest is "
                    + "pgBackRest, which restores the whole server to any point in time.");
    public static final Setting<Integer> PARALLEL = Setting.integer("howdah.operations.backup-parallel", 2, 1, 64,
            "Connections that a backup reads with, and a restore writes with, at the same time.");
    public static final Setting<Integer> COMPRESSION_LEVEL = Setting.integer("howdah.operations.backup-compression", 3,
            1, 19, "Level of zstd for backups; higher ones are smaller and slower.");
    public static final Setting<Integer> PIECE_BYTES = Setting.integer("howdah.operations.backup-piece", 256 << 20,
            1 << 16, 1 << 30, "Bytes of a table's pages in one file of a backup; larger tables are copied in pieces.");
    public static final Setting<Boolean> INCLUDE_UNLOGGED = Setting.flag("howdah.operations.backup-unlogged", false,
            "Whether backups hold the content of unlogged tables, such as caches that may be lost.");
    public static final Setting<String> PROGRAMS = Setting.text("howdah.operations.backup-programs", "",
            "Directory of pg_dump and pg_restore; empty looks on the path.");
    public static final Setting<String> PGBACKREST_CONFIG = Setting.text("howdah.operations.pgbackrest-config",
            ".howdah/pgbackrest/pgbackrest.conf",
            "File that howdah pitr setup writes for the engine pgbackrest, and the server's archive_command names; relative "
                    + "to the working directory.");
    public static final Setting<String> SCHEDULE = Setting.text("howdah.operations.backup-schedule", "0 2 * * *",
            "When a backup is made if there is a target, as a cron expression in UTC; empty for never.");
    public static final Setting<String> DRILL_SCHEDULE = Setting.text("howdah.operations.drill-schedule", "0 4 * * 0",
            "When the newest backup is restored for a rehearsal if there is a target, as a cron expression in UTC; empty "
                    + "for never.");
    public static final Setting<Duration> ABANDONED_AFTER = Setting.duration("howdah.operations.backup-abandoned-after",
            "1d", "Age at which an unfinished backup in an object store is removed.");
    public static final Setting<Integer> KEEP_LAST = Setting.integer("howdah.operations.backup-keep-last", 7, 1, 10_000,
            "How many of the newest backups are kept.");
    public static final Setting<Duration> KEEP_WITHIN = Setting.duration("howdah.operations.backup-keep-within", "0s",
            "Backups younger than this are kept; with the engine pgbackrest at least 7d.");
    public static final Setting<Integer> KEEP_DAILY = Setting.integer("howdah.operations.backup-keep-daily", 7, 0,
            10_000, "For how many days the last backup of the day is kept; days without one do not count.");
    public static final Setting<Integer> KEEP_WEEKLY = Setting.integer("howdah.operations.backup-keep-weekly", 4, 0,
            10_000, "For how many weeks the last backup of the week is kept.");
    public static final Setting<Integer> KEEP_MONTHLY = Setting.integer("howdah.operations.backup-keep-monthly", 6, 0,
            10_000, "For how many months the last backup of the month is kept.");

    /** The defaults, which name no target. */
    public static BackupSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static BackupSettings from(Configuration configuration) {
        var settings = new BackupSettings(configuration.get(TARGET), configuration.get(REGION), configuration.get(
                ACCESS_KEY), configuration.get(SECRET_KEY), configuration.get(KEYS), configuration.get(ENGINE),
                configuration.get(PARALLEL), configuration.get(COMPRESSION_LEVEL), configuration.get(PIECE_BYTES),
                configuration.get(INCLUDE_UNLOGGED), configuration.get(PROGRAMS), configuration.get(PGBACKREST_CONFIG),
                configuration.get(SCHEDULE),
                configuration.get(DRILL_SCHEDULE), configuration.get(ABANDONED_AFTER), new Retention(configuration.get(
                        KEEP_LAST), configuration.get(KEEP_WITHIN), configuration.get(KEEP_DAILY),
                        configuration.get(
                                KEEP_WEEKLY),
                        configuration.get(KEEP_MONTHLY)));
        EncryptionKeys.problems(KEYS.name(), settings.keys).forEach(configuration::problem);
        if (settings.target.contains("://") && (settings.accessKey.isEmpty() || settings.secretKey.isEmpty())) {
            configuration.problem(TARGET.name() + " is a store, which needs " + ACCESS_KEY.name() + " and " + SECRET_KEY
                    .name());
        }
        try {
            BackupTargets.of(settings);
        } catch (InvalidInputException e) {
            configuration.problem(e.problem());
        }
        return settings;
    }

    /** The same with another target. */
    public BackupSettings withTarget(String other) {
        return new BackupSettings(other, region, accessKey, secretKey, keys, engine, parallel, compressionLevel,
                pieceBytes, includeUnlogged, programs, pgbackrestConfig, schedule, drillSchedule, abandonedAfter,
                retention);
    }

    /** The same with other keys. */
    public BackupSettings withKeys(String other) {
        return new BackupSettings(target, region, accessKey, secretKey, other, engine, parallel, compressionLevel,
                pieceBytes, includeUnlogged, programs, pgbackrestConfig, schedule, drillSchedule, abandonedAfter,
                retention);
    }

    /** The same with pieces of another size. */
    public BackupSettings withPieceBytes(int other) {
        return new BackupSettings(target, region, accessKey, secretKey, keys, engine, parallel, compressionLevel, other,
                includeUnlogged, programs, pgbackrestConfig, schedule, drillSchedule, abandonedAfter, retention);
    }

    /** The same with another engine. */
    public BackupSettings withEngine(BackupEngine other) {
        return new BackupSettings(target, region, accessKey, secretKey, keys, other, parallel, compressionLevel,
                pieceBytes, includeUnlogged, programs, pgbackrestConfig, schedule, drillSchedule, abandonedAfter,
                retention);
    }

    /** The same with another directory of programs. */
    BackupSettings withPrograms(String other) {
        return new BackupSettings(target, region, accessKey, secretKey, keys, engine, parallel, compressionLevel,
                pieceBytes, includeUnlogged, other, pgbackrestConfig, schedule, drillSchedule, abandonedAfter,
                retention);
    }

    /** The same with another file for pgBackRest's configuration. */
    BackupSettings withPgbackrestConfig(String other) {
        return new BackupSettings(target, region, accessKey, secretKey, keys, engine, parallel, compressionLevel,
                pieceBytes, includeUnlogged, programs, other, schedule, drillSchedule, abandonedAfter, retention);
    }

    /** The keys, checked when the settings were read. */
    EncryptionKeys encryption() {
        return EncryptionKeys.parse(KEYS.name(), keys);
    }

    /** Everything but secrets. */
    @Override
    public String toString() {
        return "target=" + target + " engine=" + engine + " encrypted=" + !keys.isEmpty() + " schedule=" + schedule;
    }
}
