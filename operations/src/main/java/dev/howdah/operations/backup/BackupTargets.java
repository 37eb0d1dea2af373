package dev.howdah.operations.backup;

import dev.howdah.objectstore.ObjectStore;
import dev.howdah.operations.backup.target.BackupTarget;
import dev.howdah.operations.backup.target.DirectoryTarget;
import dev.howdah.operations.backup.target.ObjectTarget;
import dev.howdah.postgres.InvalidInputException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** The target that settings name. */
public final class BackupTargets {
    private BackupTargets() {}

    /**
     * Opens it; nothing is connected to.
     *
     * @return absent if none is named
     * @throws InvalidInputException if it is none
     */
    public static Optional<BackupTarget> of(BackupSettings settings) {
        var target = settings.target().strip();
        if (target.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(target.contains("://")
                    ? new ObjectTarget(new ObjectStore(bucket(target, settings.region()), new ObjectStore.Credentials(
                            settings.accessKey(), settings.secretKey(), settings.region()), Clock.systemUTC(),
                            BackupSettings.TARGET.name()))
                    : new DirectoryTarget(Path.of(target)));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("backup-target-invalid", BackupSettings.TARGET.name(), "\"" + target
                    + "\" is no target: " + e.getMessage(),
                    "use a directory, s3://bucket/path, gs://bucket/path or https://host/bucket/path");
        }
    }

    /**
     * Opens it, if it must be there.
     *
     * @throws InvalidInputException if none is named, or it is none
     */
    public static BackupTarget required(BackupSettings settings) {
        return of(settings).orElseThrow(BackupTargets::missing);
    }

    /** That none is named. */
    public static InvalidInputException missing() {
        return new InvalidInputException("backup-target-missing", BackupSettings.TARGET.name(),
                "is not set, so there is no place for backups",
                "set it, for example " + BackupSettings.TARGET.variable()
                        + "=/var/backups/howdah");
    }

    /** Its address, with the bucket first in the path. */
    static URI bucket(String target, String region) {
        var uri = URI.create(target);
        var path = uri.getRawPath() == null ? "" : uri.getRawPath();
        var bucket = switch (String.valueOf(uri.getScheme())) {
            case "s3" -> URI.create("https://s3." + region + ".amazonaws.com/" + uri.getRawAuthority() + path);
            case "gs" -> URI.create("https://storage.googleapis.com/" + uri.getRawAuthority() + path);
            case "http", "https" -> uri;
            default -> throw new IllegalArgumentException("unknown scheme");
        };
        if (bucket.getPath().replaceAll("/+", "").isEmpty() || bucket.getRawQuery() != null || bucket
                .getUserInfo() != null) {
            throw new IllegalArgumentException("it names no bucket, or too much");
        }
        return bucket;
    }
}
