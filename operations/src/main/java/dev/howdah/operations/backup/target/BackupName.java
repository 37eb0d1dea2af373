package dev.howdah.operations.backup.target;

import dev.howdah.postgres.InvalidInputException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names of backups, {@code howdah-<schema>-<time>-<random>}, such as {@code howdah-shop-20270131T020000Z-09af3c}. What is not
 * named so is not ours.
 */
public final class BackupName {
    /** By time, the oldest first. */
    public static final Comparator<String> BY_TIME = Comparator.comparing(BackupName::time).thenComparing(name -> name);

    private static final Pattern FORM = Pattern.compile("howdah-[a-z_][a-z0-9_]{0,62}-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(
            ZoneOffset.UTC);
    private static final int RANDOM_BYTES = 3;
    private static final int TIME_AND_RANDOM = 23; // characters
    private static final int TIME_LENGTH = 16;

    private BackupName() {}

    /** A new one. */
    public static String of(String schema, Instant takenAt) {
        var random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return check("howdah-" + schema + "-" + TIME.format(takenAt) + "-" + HexFormat.of().formatHex(random));
    }

    /** Whether it is one. */
    public static boolean is(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * The name, if it is one.
     *
     * @throws InvalidInputException if not
     */
    public static String check(String text) {
        if (!is(text)) {
            throw new InvalidInputException("backup-name-invalid", "name", "\"" + text + "\" is no name of a backup",
                    "use one that howdah backups lists");
        }
        return text;
    }

    /** The schema that a name tells. */
    public static String schema(String name) {
        return name.substring("howdah-".length(), name.length() - TIME_AND_RANDOM - 1);
    }

    /** The time that a name tells, to the second. */
    public static Instant takenAt(String name) {
        return TIME.parse(time(name), Instant::from);
    }

    private static String time(String name) {
        int at = name.length() - TIME_AND_RANDOM;
        return name.substring(at, at + TIME_LENGTH);
    }
}
