package dev.howdah.documents.value;

import dev.howdah.postgres.InvalidInputException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The column {@code id}: a text for every value of {@code _id}, the same for equal values. A text is itself (one that
 * begins with {@code $} gets another {@code $} in front), an ObjectId is {@code $oid:hex}, a number {@code $number:42},
 * anything else {@code $json:} and its JSON with sorted fields.
 */
public final class DocumentIds {
    /** The longest id, in bytes of UTF-8: an entry of the primary key's index must fit its page. */
    public static final int BYTES_MAX = 1024;

    private static final String OBJECT_ID = "$oid:";
    private static final String NUMBER = "$number:";
    private static final String JSON = "$json:";

    private DocumentIds() {}

    /**
     * The id of a stored value.
     *
     * @throws InvalidInputException {@code document-id-invalid} if it is an array, a regular expression, undefined, or longer
     *         than {@link #BYTES_MAX}
     */
    public static String toId(JsonNode value) {
        var id = switch (ValueType.of(value)) {
            case STRING -> value.stringValue().startsWith("$") ? "$" + value.stringValue() : value.stringValue();
            case OBJECT_ID -> OBJECT_ID + value.path("$oid").stringValue();
            case NUMBER ->
                value.isNumber() ? NUMBER + ValueOrder.canonical(value).toPlainString() : JSON + Values.write(value);
            case ARRAY, REGEX, UNDEFINED -> throw new InvalidInputException("document-id-invalid", "/_id",
                    "is a value of type " + ValueType.of(value).alias(),
                    "use a text, a number, an ObjectId or an object");
            case MIN_KEY, NULL, SYMBOL, OBJECT, BINARY, BOOLEAN, DATE, TIMESTAMP, DB_POINTER, CODE, CODE_WITH_SCOPE,
                    MAX_KEY ->
                JSON + Values.write(sorted(value));
        };
        var bytes = id.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > BYTES_MAX) {
            throw new InvalidInputException("document-id-invalid", "/_id",
                    "has " + bytes + " bytes, more than " + BYTES_MAX,
                    "use a shorter one");
        }
        return id;
    }

    /** A stored value that has this id. */
    public static JsonNode toValue(String id) {
        if (!id.startsWith("$")) {
            return JsonNodeFactory.instance.stringNode(id);
        }
        if (id.startsWith(OBJECT_ID)) {
            return JsonNodeFactory.instance.objectNode().put("$oid", id.substring(OBJECT_ID.length()));
        }
        if (id.startsWith(NUMBER)) {
            return Values.parse(new BigDecimal(id.substring(NUMBER.length())).toPlainString());
        }
        return id.startsWith(JSON)
                ? Values.parse(id.substring(JSON.length()))
                : JsonNodeFactory.instance.stringNode(id.substring(1));
    }

    private static JsonNode sorted(JsonNode value) {
        if (value.isObject()) {
            var fields = new TreeMap<String, JsonNode>(CodePoints::compare);
            value.forEachEntry((name, child) -> fields.put(name, sorted(child)));
            var object = JsonNodeFactory.instance.objectNode();
            fields.forEach(object::set);
            return object;
        }
        if (value.isArray()) {
            var array = JsonNodeFactory.instance.arrayNode(value.size());
            value.forEach(child -> array.add(sorted(child)));
            return array;
        }
        return value.isNumber() ? JsonNodeFactory.instance.numberNode(ValueOrder.canonical(value)) : value;
    }
}
