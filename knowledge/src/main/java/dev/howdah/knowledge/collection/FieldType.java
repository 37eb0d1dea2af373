package dev.howdah.knowledge.collection;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** The type of a declared field of a collection's metadata. */
public enum FieldType {
    TEXT, NUMBER, BOOLEAN;

    /** The name in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the value is of this type, or a list of such values, or null. */
    public boolean accepts(JsonNode value) {
        if (value.isArray()) {
            return value.valueStream().allMatch(item -> !item.isArray() && accepts(item));
        }
        return value.isNull() || switch (this) {
            case TEXT -> value.isString();
            case NUMBER -> value.isNumber();
            case BOOLEAN -> value.isBoolean();
        };
    }
}
