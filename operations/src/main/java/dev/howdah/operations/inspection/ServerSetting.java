package dev.howdah.operations.inspection;

/**
 * A setting of the server as it holds for Howdah's sessions.
 *
 * @param name as in postgresql.conf
 * @param value with its unit
 * @param defaultValue PostgreSQL's own, without unit
 * @param source where it was set, such as {@code default}, {@code configuration file}, {@code client}
 * @param category what it is about
 * @param description in a sentence
 * @param isPendingRestart whether another value was written that waits for a restart
 */
public record ServerSetting(String name, String value, String defaultValue, String source, String category,
        String description, boolean isPendingRestart) {}
