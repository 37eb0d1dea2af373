package dev.howdah.knowledge.collection;

import dev.howdah.postgres.InvalidInputException;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something to be found.
 *
 * @param key the caller's id, unique in its collection
 * @param title a short name; may be empty
 * @param text may be empty
 * @param metadata what filters see
 * @param embedding its vector, if the caller has it
 */
public record Entry(String key, String title, String text, ObjectNode metadata, Optional<Embedding> embedding) {
    /** Characters of a key. */
    public static final int KEY_MAX = 500;
    /** Characters of a title. */
    public static final int TITLE_MAX = 1_000;
    /** Characters of a text: a longer one is cut into passages by its owner, who knows where. */
    public static final int TEXT_MAX = 200_000;

    public Entry {
        limit("key", key, KEY_MAX);
        limit("title", title, TITLE_MAX);
        limit("text", text, TEXT_MAX);
        if (key.isEmpty()) {
            throw new InvalidInputException("entry-invalid", "key", "is empty", "give each entry an id");
        }
    }

    /** A text without title and metadata. */
    public static Entry of(String key, String text) {
        return new Entry(key, "", text, JsonMapper.shared().createObjectNode(), Optional.empty());
    }

    /** The same with a vector. */
    public Entry with(Embedding vector) {
        return new Entry(key, title, text, metadata, Optional.of(vector));
    }

    /** The same with metadata. */
    public Entry with(ObjectNode other) {
        return new Entry(key, title, text, other, embedding);
    }

    private static void limit(String field, String value, int max) {
        if (value.length() > max) {
            throw new InvalidInputException("entry-invalid", field,
                    field + " has " + value.length() + " characters", "give at most " + max
                            + (field.equals("text") ? "; cut a longer text into passages" : ""));
        }
        if (value.indexOf('\0') >= 0) {
            throw new InvalidInputException("entry-invalid", field, "holds a NUL character",
                    "PostgreSQL cannot store it; leave it out");
        }
    }
}
