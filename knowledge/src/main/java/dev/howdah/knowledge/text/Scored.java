package dev.howdah.knowledge.text;

/**
 * An entry that was found.
 *
 * @param entry its number
 * @param score larger is better; comparable only within one answer of one ranker
 */
public record Scored(long entry, double score) {}
