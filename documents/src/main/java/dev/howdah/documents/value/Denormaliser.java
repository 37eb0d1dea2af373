package dev.howdah.documents.value;

import dev.howdah.documents.value.Values.Format;
import java.math.BigDecimal;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The way back from the stored form to Extended JSON. */
final class Denormaliser {
    private final Map<String, String> types;
    private final Format format;

    Denormaliser(Map<String, String> types, Format format) {
        this.types = types;
        this.format = format;
    }

    JsonNode written(JsonNode stored, String pointer) {
        return switch (ValueType.of(stored)) {
            case NUMBER -> number(stored, pointer);
            case ARRAY -> array(stored, pointer);
            case OBJECT, CODE_WITH_SCOPE -> object(stored, pointer);
            case DATE -> date(stored);
            case MIN_KEY, UNDEFINED, NULL, STRING, SYMBOL, BINARY, OBJECT_ID, BOOLEAN, TIMESTAMP, REGEX, DB_POINTER,
                    CODE,
                    MAX_KEY ->
                stored.deepCopy();
        };
    }

    private JsonNode array(JsonNode stored, String pointer) {
        var array = JsonNodeFactory.instance.arrayNode(stored.size());
        for (int i = 0; i < stored.size(); i++) {
            array.add(written(stored.get(i), pointer + "/" + i));
        }
        return array;
    }

    private JsonNode object(JsonNode stored, String pointer) {
        var object = JsonNodeFactory.instance.objectNode();
        stored.forEachEntry((name, child) -> object.set(name, written(child, Values.pointer(pointer, name))));
        return object;
    }

    private JsonNode date(JsonNode stored) {
        if (format == Format.RELAXED) {
            return stored.deepCopy();
        }
        var date = JsonNodeFactory.instance.objectNode();
        date.putObject("$date").put("$numberLong", Long.toString(Dates.millis(stored)));
        return date;
    }

    private JsonNode number(JsonNode stored, String pointer) {
        var tag = types.getOrDefault(pointer, "");
        var type = tag.contains(":") ? tag.substring(0, tag.indexOf(':')) : tag;
        var text = tag.contains(":") ? tag.substring(tag.indexOf(':') + 1) : "";
        if (!stored.isNumber()) {
            return type.equals("decimal")
                    ? wrapper("$numberDecimal", stored.path("$numberDouble").stringValue())
                    : stored.deepCopy();
        }
        var value = stored.decimalValue();
        return switch (type.isEmpty() ? Values.ruleType(value) : type) {
            case "int" -> whole("$numberInt", value);
            case "long" -> whole("$numberLong", value);
            case "decimal" -> wrapper("$numberDecimal", text.isEmpty() ? value.toString() : text);
            default -> doubled(text.isEmpty() ? value.doubleValue() : Double.parseDouble(text));
        };
    }

    private JsonNode whole(String name, BigDecimal value) {
        return format == Format.CANONICAL
                ? wrapper(name, value.toBigInteger().toString())
                : JsonNodeFactory.instance.numberNode(value.longValueExact());
    }

    private JsonNode doubled(double value) {
        return format == Format.CANONICAL
                ? wrapper("$numberDouble", Double.toString(value))
                : JsonNodeFactory.instance.numberNode(value);
    }

    private static ObjectNode wrapper(String name, String text) {
        return JsonNodeFactory.instance.objectNode().put(name, text);
    }
}
