package dev.howdah.operations.inspection;

/**
 * An index and what it is used for.
 *
 * @param name quoted where it has to be
 * @param table whose index it is
 * @param definition as SQL
 * @param bytes on disk
 * @param scans how often it was used since the server began to count
 * @param rowsRead entries that were read
 * @param isUnique whether it guarantees something
 * @param isValid whether it is used; false after a failed concurrent build
 */
public record IndexUse(String name, String table, String definition, long bytes, long scans, long rowsRead,
        boolean isUnique, boolean isValid) {}
