package dev.howdah.knowledge.vector;

/**
 * An entry that was found.
 *
 * @param entry its number
 * @param distance by the collection's metric
 */
public record Neighbour(long entry, double distance) {}
