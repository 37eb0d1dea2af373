package dev.howdah.knowledge.search;

import tools.jackson.databind.node.ObjectNode;

/**
 * A neighbour of an entry.
 *
 * @param similarity by the collection's metric; the cosine for most
 */
public record Similar(String key, String title, ObjectNode metadata, double similarity) {}
