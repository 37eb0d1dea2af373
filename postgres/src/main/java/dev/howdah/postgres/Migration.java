package dev.howdah.postgres;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One change of the schema and its undoing.
 *
 * @param version one sequence over all modules; decides the order
 * @param module which part of the program it belongs to
 * @param name what it does, in snake case
 * @param up the script that makes the change
 * @param down the script that undoes it; absent if the file is missing
 */
public record Migration(long version, String module, String name, String up, Optional<String> down) {
    private static final String NON_TRANSACTIONAL = "-- howdah: non-transactional";
    private static final String IRREVERSIBLE = "-- howdah: irreversible";
    private static final Pattern FILE = Pattern.compile("V(\\d{4,})__([a-z0-9_]+)");

    /** Reads version and name of a base name such as {@code V0007__tasks}. */
    static Migration of(String module, String baseName, String up, Optional<String> down) {
        var matcher = FILE.matcher(baseName);
        if (!matcher.matches()) {
            throw new MigrationException("migration-name-invalid", "\"" + baseName + "\" in module " + module
                    + " is no migration", "name it like V0007__what_it_does");
        }
        return new Migration(Long.parseLong(matcher.group(1)), module, matcher.group(2), normalize(up),
                down.map(Migration::normalize));
    }

    /** The name of the file, without its ending. */
    public String file() {
        return "V%04d__%s".formatted(version, name);
    }

    /** Whether it runs in one transaction; the marker {@code -- howdah: non-transactional} says no. */
    public boolean isTransactional() {
        return up.lines().noneMatch(NON_TRANSACTIONAL::equals);
    }

    /** Whether it says that it cannot be undone, by the marker {@code -- howdah: irreversible}. */
    public boolean isIrreversible() {
        return up.lines().anyMatch(IRREVERSIBLE::equals);
    }

    /** SHA-256 of the text of both scripts, line ends and trailing blanks left out. */
    public String checksum() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(up.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(down.orElse("").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static String normalize(String script) {
        return script.lines().map(String::stripTrailing).collect(Collectors.joining("\n")).strip() + "\n";
    }
}
