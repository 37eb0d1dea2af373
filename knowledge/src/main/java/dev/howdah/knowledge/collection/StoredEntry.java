package dev.howdah.knowledge.collection;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * An entry as it is stored.
 *
 * @param id its number in the database, by which indexes name it
 * @param embedding its vector; absent while none was computed, or where vectors were not asked for
 */
public record StoredEntry(long id, String key, String title, String text, ObjectNode metadata,
        Optional<Embedding> embedding, Instant updatedAt) {}
