package dev.howdah.knowledge.langchain4j;

import dev.howdah.postgres.InvalidInputException;
import dev.langchain4j.data.document.Metadata;
import java.math.BigDecimal;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * LangChain4j's metadata as a collection keeps it. JSON has one kind of number and no UUID, and LangChain4j tells an
 * {@code int} from a {@code long} from a {@code double}; so the Java types of such values stand beside them, under
 * {@link #TYPES}. Numbers are written with the digits of their {@code toString}, by which LangChain4j compares them, too: a
 * {@code float} of 1.1 equals a {@code double} of 1.1. A negative zero comes back as zero.
 */
final class SegmentMetadata {
    /** The field of the stored metadata that holds the Java types; a segment may not have one of this name. */
    static final String TYPES = "langchain4j_types";

    private static final String UUID_TYPE = "uuid";
    private static final String LONG_TYPE = "long";
    private static final String FLOAT_TYPE = "float";
    private static final String DOUBLE_TYPE = "double";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private SegmentMetadata() {}

    /**
     * As it is stored.
     *
     * @throws InvalidInputException if a value cannot be stored as it is: an infinite number, a NUL character
     */
    static ObjectNode toJson(Metadata metadata) {
        var stored = JsonMapper.shared().createObjectNode();
        var types = JsonMapper.shared().createObjectNode();
        metadata.toMap().forEach((name, value) -> {
            if (name.equals(TYPES) || name.indexOf('\0') >= 0) {
                throw invalid(name, "is reserved, or holds a NUL character", "use another name");
            }
            stored.set(name, scalar(name, value));
            var type = type(value);
            if (!type.isEmpty()) {
                types.put(name, type);
            }
        });
        if (!types.isEmpty()) {
            stored.set(TYPES, types);
        }
        return stored;
    }

    /** A value of metadata, or one that a filter compares with. */
    static JsonNode scalar(String name, Object value) {
        return switch (value) {
            case String text when text.indexOf('\0') >= 0 -> throw invalid(name, "holds a NUL character",
                    "PostgreSQL cannot store it; leave it out");
            case String text -> JSON.stringNode(text);
            case UUID id -> JSON.stringNode(id.toString());
            case Boolean flag -> JSON.booleanNode(flag);
            case Float number when !Float.isFinite(number) -> throw infinite(name, number);
            case Double number when !Double.isFinite(number) -> throw infinite(name, number);
            case Number number -> JSON.numberNode(new BigDecimal(number.toString()));
            default -> throw invalid(name, "is a " + value.getClass().getName(),
                    "give a String, UUID, Integer, Long, Float or Double");
        };
    }

    /**
     * As it was given. What others have written is read as the type that it looks like; what holds more, as JSON. LangChain4j
     * knows neither nulls nor blank names, which are left out.
     */
    static Metadata fromJson(ObjectNode stored) {
        var metadata = new Metadata();
        var types = stored.path(TYPES);
        for (var field : stored.properties()) {
            if (!field.getKey().equals(TYPES) && !field.getKey().isBlank() && !field.getValue().isNull()) {
                put(metadata, field.getKey(), value(field.getValue(), types.path(field.getKey()).asString("")));
            }
        }
        return metadata;
    }

    private static String type(Object value) {
        return switch (value) {
            case UUID _ -> UUID_TYPE;
            case Long _ -> LONG_TYPE;
            case Float _ -> FLOAT_TYPE;
            case Double _ -> DOUBLE_TYPE;
            default -> "";
        };
    }

    /** The type is a claim: somebody else may have changed the value since. */
    private static Object value(JsonNode node, String type) {
        if (node.isString()) {
            return type.equals(UUID_TYPE) ? uuid(node.asString()) : node.asString();
        }
        if (!node.isNumber()) {
            return node.toString();
        }
        return switch (type) {
            case FLOAT_TYPE -> Float.parseFloat(node.asString());
            case DOUBLE_TYPE -> Double.parseDouble(node.asString());
            default -> number(node, type.equals(LONG_TYPE));
        };
    }

    private static Object number(JsonNode node, boolean isLong) {
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            return Double.parseDouble(node.asString());
        }
        if (isLong || !node.canConvertToInt()) {
            return node.longValue();
        }
        return node.intValue();
    }

    private static Object uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return text; // written by somebody else
        }
    }

    private static void put(Metadata metadata, String name, Object value) {
        switch (value) {
            case UUID id -> metadata.put(name, id);
            case Integer number -> metadata.put(name, number);
            case Long number -> metadata.put(name, number);
            case Float number -> metadata.put(name, number);
            case Double number -> metadata.put(name, number);
            default -> metadata.put(name, value.toString());
        }
    }

    private static InvalidInputException infinite(String name, Number value) {
        return invalid(name, "is " + value, "give a finite number");
    }

    private static InvalidInputException invalid(String name, String problem, String remedy) {
        return new InvalidInputException("metadata-invalid", "metadata/" + name, problem, remedy);
    }
}
