package dev.howdah.operations.backup;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What pgBackRest reads: the repository with its secrets, which is why the file has mode 0600, and how it works. It follows from the
 * settings alone, so that the repository can be read when the server is lost; where the server is goes on the command line.
 */
record PgBackRestConfiguration(Path file, String text) {
    /** Below the target, beside the other engines' backups. */
    private static final String REPOSITORY = "pgbackrest";
    /** At least this long back a restore to a point in time reaches. */
    private static final Duration WINDOW = Duration.ofDays(7);
    /** Paths stand in commands that shells of the server execute. */
    private static final Pattern PLAIN_PATH = Pattern.compile("/[A-Za-z0-9_./+-]*");
    private static final Set<PosixFilePermission> OF_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OF_DIRECTORY = PosixFilePermissions.fromString("rwx------");

    static PgBackRestConfiguration of(BackupSettings settings) {
        var file = plain(BackupSettings.PGBACKREST_CONFIG.name(), Path.of(settings.pgbackrestConfig()).toAbsolutePath()
                .normalize());
        var options = new LinkedHashMap<String, String>();
        options.putAll(repository(settings));
        cipher(settings).ifPresent(key -> {
            options.put("repo1-cipher-type", "aes-256-cbc");
            options.put("repo1-cipher-pass", key.pass);
        });
        var window = settings.retention().within().compareTo(WINDOW) > 0
                ? settings.retention().within()
                : WINDOW;
        options.put("repo1-retention-full-type", "time");
        options.put("repo1-retention-full", Long.toString(window.plusDays(1).minusNanos(1).toDays()));
        options.put("repo1-bundle", "y");
        options.put("compress-type", "zst");
        options.put("compress-level", Integer.toString(settings.compressionLevel()));
        options.put("process-max", Integer.toString(settings.parallel()));
        options.put("start-fast", "y");
        options.put("lock-path", file.resolveSibling("lock").toString());
        options.put("log-level-file", "off");
        options.put("log-level-console", "warn");
        var text = new StringBuilder("# Written by howdah pitr setup from the settings; changes are lost.\n[global]\n");
        options.forEach((name, value) -> text.append(name).append('=').append(checked(name, value)).append('\n'));
        return new PgBackRestConfiguration(file, text.toString());
    }

    /** A key of the settings, which pgBackRest takes as a passphrase. */
    record Cipher(String name, String pass) {}

    /** The last key: pgBackRest cannot change the one of a repository, and new ones are put before it. */
    static Optional<Cipher> cipher(BackupSettings settings) {
        var last = settings.keys().substring(settings.keys().lastIndexOf(',') + 1).strip();
        int colon = last.indexOf(':');
        return last.isEmpty()
                ? Optional.empty()
                : Optional.of(new Cipher(last.substring(0, colon).strip(), last.substring(colon + 1).strip()));
    }

    private static Map<String, String> repository(BackupSettings settings) {
        var target = settings.target().strip();
        if (target.isEmpty()) {
            throw BackupTargets.missing();
        }
        if (!target.contains("://")) {
            return Map.of("repo1-path", Path.of(target).toAbsolutePath().normalize().resolve(REPOSITORY).toString());
        }
        var uri = BackupTargets.bucket(target, settings.region());
        if (target.startsWith("gs:") || !uri.getScheme().equals("https")) {
            throw new InvalidInputException("pitr-target-invalid", BackupSettings.TARGET.name(), "\"" + target
                    + "\" is no target for pgBackRest, which wants TLS, and another kind of key for Google Cloud Storage",
                    "use a directory, s3://bucket/path or https://host/bucket/path");
        }
        var path = uri.getPath().replaceAll("/+", "/").replaceFirst("/$", "").substring(1);
        int slash = path.indexOf('/');
        var options = new LinkedHashMap<String, String>();
        options.put("repo1-type", "s3");
        options.put("repo1-s3-endpoint", uri.getRawAuthority());
        options.put("repo1-s3-uri-style", "path");
        options.put("repo1-s3-bucket", slash < 0 ? path : path.substring(0, slash));
        options.put("repo1-path", (slash < 0 ? "" : path.substring(slash)) + "/" + REPOSITORY);
        options.put("repo1-s3-region", settings.region());
        options.put("repo1-s3-key", settings.accessKey());
        options.put("repo1-s3-key-secret", settings.secretKey());
        return options;
    }

    /** Without what would begin another line. */
    private static String checked(String name, String value) {
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidInputException("pitr-setting-invalid", name,
                    "holds a line break or another control character",
                    "correct the setting that it comes from");
        }
        return value;
    }

    /**
     * The path, if a shell takes it as it is.
     *
     * @throws InvalidInputException if not
     */
    static Path plain(String field, Path path) {
        if (!PLAIN_PATH.matcher(path.toString()).matches()) {
            throw new InvalidInputException("pitr-path-invalid", field, "\"" + path
                    + "\" holds characters that a shell does not take as they are",
                    "use a path of letters, digits and ._+-");
        }
        return path;
    }

    /** Whether the file says this, to nobody else. */
    boolean isWritten() throws IOException {
        return Files.exists(file) && Files.readString(file).equals(text) && Files.getPosixFilePermissions(file).equals(
                OF_FILE);
    }

    /** Writes the file if there is none. One that says something else is used by the server, and stays. */
    void require() throws IOException {
        if (!Files.exists(file)) {
            write(file);
        } else if (!isWritten()) {
            throw different();
        }
    }

    private ConflictException different() {
        return new ConflictException("pitr-configuration-different", file
                + " is not what the settings say: target, keys, region, retention or others have changed, or differ from those "
                + "of the process that wrote it", "correct the settings, or write it anew with: howdah pitr setup");
    }

    /** Writes it beside the file, to be tried there. */
    Path writeBeside() throws IOException {
        var beside = file.resolveSibling(file.getFileName() + ".new");
        write(beside);
        return beside;
    }

    /** Makes the one beside the file. */
    void publish(Path beside) throws IOException {
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void write(Path to) throws IOException {
        Files.createDirectories(to.resolveSibling("lock"), PosixFilePermissions.asFileAttribute(OF_DIRECTORY));
        Files.deleteIfExists(to);
        Files.createFile(to, PosixFilePermissions.asFileAttribute(OF_FILE));
        Files.writeString(to, text);
    }
}
