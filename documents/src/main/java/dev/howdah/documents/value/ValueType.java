package dev.howdah.documents.value;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The types of values, in the order in which MongoDB sorts them. All numbers are one type: comparisons do not tell them
 * apart.
 */
public enum ValueType {
    MIN_KEY("minKey", -1, "$minKey"), UNDEFINED("undefined", 6, "$undefined"), NULL("null", 10, ""), NUMBER("number", 0,
            "$numberDouble"), STRING("string", 2, ""), SYMBOL("symbol", 14, "$symbol"), OBJECT("object", 3, ""), ARRAY(
                    "array", 4, ""), BINARY("binData", 5, "$binary"), OBJECT_ID("objectId", 7, "$oid"), BOOLEAN("bool",
                            8, ""), DATE("date", 9, "$date"), TIMESTAMP("timestamp", 17, "$timestamp"), REGEX("regex",
                                    11, "$regularExpression"), DB_POINTER("dbPointer", 12,
                                            "$dbPointer"), CODE("javascript", 13, "$code"), CODE_WITH_SCOPE(
                                                    "javascriptWithScope", 15, "$scope"), MAX_KEY("maxKey", 127,
                                                            "$maxKey");

    private final String alias;
    private final int code;
    private final String wrapper;

    ValueType(String alias, int code, String wrapper) {
        this.alias = alias;
        this.code = code;
        this.wrapper = wrapper;
    }

    /** The name that {@code $type} knows it by. */
    public String alias() {
        return alias;
    }

    /** The field of the object that such a value is kept as; empty for the types that JSON has. */
    public String wrapper() {
        return wrapper;
    }

    /** The type of a stored value; a missing one counts as null. */
    public static ValueType of(@Nullable JsonNode value) {
        if (value == null) {
            return NULL;
        }
        return switch (value.getNodeType()) {
            case NULL, MISSING -> NULL;
            case NUMBER -> NUMBER;
            case STRING -> STRING;
            case BOOLEAN -> BOOLEAN;
            case ARRAY -> ARRAY;
            case OBJECT -> ofObject(value);
            case BINARY, POJO -> throw new IllegalArgumentException("not a stored value: " + value.getNodeType());
        };
    }

    /** The type by its alias or BSON number, as {@code $type} is given it. */
    public static Optional<ValueType> byAlias(JsonNode name) {
        return Arrays.stream(values()).filter(type -> type != NUMBER || name.isString())
                .filter(type -> name.isString()
                        ? type.alias.equals(name.stringValue())
                        : name.isNumber()
                                && name.decimalValue().compareTo(java.math.BigDecimal.valueOf(type.code)) == 0)
                .findFirst();
    }

    /** All aliases, for messages. */
    public static String aliases() {
        return Arrays.stream(values()).map(ValueType::alias).collect(Collectors.joining(", "));
    }

    private static ValueType ofObject(JsonNode value) {
        if (value.isEmpty() || value.size() > 2) {
            return OBJECT;
        }
        var first = value.propertyNames().iterator().next();
        if (!first.startsWith("$")) {
            return OBJECT;
        }
        if (value.has("$scope") && value.has("$code")) {
            return CODE_WITH_SCOPE;
        }
        for (var type : values()) {
            if (!type.wrapper.isEmpty() && type.wrapper.equals(first)) {
                return type;
            }
        }
        return OBJECT;
    }
}
