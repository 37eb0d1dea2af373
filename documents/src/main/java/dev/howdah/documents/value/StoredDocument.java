package dev.howdah.documents.value;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document as its row keeps it.
 *
 * @param data the column {@code data}: canonical, with {@code _id} if it was given
 * @param types the column {@code types}: BSON types by JSON pointer as in {@link StoredValue}; empty if no number needs one
 */
public record StoredDocument(ObjectNode data, Optional<ObjectNode> types) {
    /** The parts of a value that is an object. */
    public static StoredDocument of(ObjectNode data, Map<String, String> types) {
        if (types.isEmpty()) {
            return new StoredDocument(data, Optional.empty());
        }
        var node = JsonNodeFactory.instance.objectNode();
        new TreeMap<>(types).forEach(node::put);
        return new StoredDocument(data, Optional.of(node));
    }

    /** The types as a map, which may be changed. */
    public SortedMap<String, String> typesByPointer() {
        var map = new TreeMap<String, String>();
        types.ifPresent(node -> node.properties().forEach(e -> map.put(e.getKey(), e.getValue().stringValue())));
        return map;
    }
}
