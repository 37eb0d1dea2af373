package dev.howdah.agent.source;

/**
 * One file of a change.
 *
 * @param path relative to the repository's root, with {@code /}
 * @param changeType {@code added}, {@code modified}, {@code deleted} or {@code renamed}
 * @param diff unified diff, possibly cut; empty for a binary file
 */
public record ChangedFile(String path, String changeType, String diff) {}
