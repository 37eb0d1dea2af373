package dev.howdah.documents.value;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * MongoDB's order of stored values: first by type as in {@link ValueType}, a missing value as null; numbers exactly, NaN
 * below all; strings by code points; arrays by their elements; binary by length, subtype, bytes. Objects are compared
 * field by field in the order of their names, not in the order they were written in, which JSONB does not keep; so
 * objects with the same fields are equal.
 */
public final class ValueOrder implements Comparator<@Nullable JsonNode> {
    /** The only one. */
    public static final ValueOrder INSTANCE = new ValueOrder();

    private static final Comparator<String> BY_CODE_POINTS = CodePoints::compare;

    private ValueOrder() {}

    @Override
    public int compare(@Nullable JsonNode a, @Nullable JsonNode b) {
        var type = ValueType.of(a);
        var byType = type.compareTo(ValueType.of(b));
        return byType != 0 || a == null || b == null ? byType : compareSame(type, a, b);
    }

    /** Whether both are the same value; a missing one equals null. */
    public boolean equal(@Nullable JsonNode a, @Nullable JsonNode b) {
        return compare(a, b) == 0;
    }

    private int compareSame(ValueType type, JsonNode a, JsonNode b) {
        return switch (type) {
            case MIN_KEY, MAX_KEY, NULL, UNDEFINED -> 0;
            case NUMBER -> compareNumbers(a, b);
            case STRING -> CodePoints.compare(a.stringValue(), b.stringValue());
            case OBJECT, DB_POINTER, CODE_WITH_SCOPE -> compareObjects(a, b);
            case ARRAY -> compareArrays(a, b);
            case BOOLEAN -> Boolean.compare(a.booleanValue(), b.booleanValue());
            case BINARY -> compareBinary(a.path("$binary"), b.path("$binary"));
            case OBJECT_ID, SYMBOL, CODE -> CodePoints.compare(text(type, a), text(type, b));
            case DATE -> Long.compare(Dates.millis(a), Dates.millis(b));
            case TIMESTAMP -> compareFields(a.path("$timestamp"), b.path("$timestamp"), "t", "i");
            case REGEX -> compareFields(a.path("$regularExpression"), b.path("$regularExpression"), "pattern",
                    "options");
        };
    }

    private static String text(ValueType type, JsonNode value) {
        return value.path(type.wrapper()).stringValue();
    }

    private static int compareNumbers(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return a.canConvertToLong() && a.isIntegralNumber() && b.canConvertToLong() && b.isIntegralNumber()
                    ? Long.compare(a.longValue(), b.longValue())
                    : a.decimalValue().compareTo(b.decimalValue());
        }
        var byClass = Integer.compare(numberClass(a), numberClass(b));
        return byClass;
    }

    /** NaN, then minus infinity, then the finite numbers, then infinity. */
    private static int numberClass(JsonNode number) {
        if (number.isNumber()) {
            return 2;
        }
        return switch (number.path("$numberDouble").stringValue()) {
            case "NaN" -> 0;
            case "-Infinity" -> 1;
            default -> 3;
        };
    }

    private int compareArrays(JsonNode a, JsonNode b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            var order = compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private int compareObjects(JsonNode a, JsonNode b) {
        var left = sorted(a).entrySet().iterator();
        var right = sorted(b).entrySet().iterator();
        while (left.hasNext() && right.hasNext()) {
            var x = left.next();
            var y = right.next();
            var order = ValueType.of(x.getValue()).compareTo(ValueType.of(y.getValue()));
            order = order != 0 ? order : CodePoints.compare(x.getKey(), y.getKey());
            order = order != 0 ? order : compare(x.getValue(), y.getValue());
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(left.hasNext(), right.hasNext());
    }

    private static SortedMap<String, JsonNode> sorted(JsonNode object) {
        var fields = new TreeMap<String, JsonNode>(BY_CODE_POINTS);
        object.forEachEntry(fields::put);
        return fields;
    }

    private int compareFields(JsonNode a, JsonNode b, String first, String second) {
        var order = compare(a.get(first), b.get(first));
        return order != 0 ? order : compare(a.get(second), b.get(second));
    }

    private static int compareBinary(JsonNode a, JsonNode b) {
        var left = Base64.getDecoder().decode(a.path("base64").stringValue());
        var right = Base64.getDecoder().decode(b.path("base64").stringValue());
        var order = Integer.compare(left.length, right.length);
        order = order != 0 ? order : a.path("subType").stringValue().compareTo(b.path("subType").stringValue());
        return order != 0 ? order : Arrays.compareUnsigned(left, right);
    }

    /** The number as it is compared, for keys that must be the same for equal numbers: {@code 1} and {@code 1.0}. */
    static BigDecimal canonical(JsonNode number) {
        var value = number.decimalValue().stripTrailingZeros();
        return value.scale() < 0 ? value.setScale(0) : value;
    }
}
