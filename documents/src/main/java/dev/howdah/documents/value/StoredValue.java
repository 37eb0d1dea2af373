package dev.howdah.documents.value;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * A value as it is kept.
 *
 * @param value in the canonical form of {@link Values}
 * @param types by JSON pointer from this value on, the BSON type of each number that would not read back as the type it was
 *        given as: {@code long}, {@code double} or {@code decimal}; after a colon follows the exact text where the number
 *        does not tell it ({@code decimal:1E+3}, {@code double:-0.0})
 */
public record StoredValue(JsonNode value, SortedMap<String, String> types) {
    public StoredValue {
        types = Collections.unmodifiableSortedMap(new TreeMap<>(types));
    }
}
