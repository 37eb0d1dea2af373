package dev.howdah.documents.update;

import java.math.BigDecimal;
import java.util.function.BiPredicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether two JSON values are the same, objects without order. */
final class JsonEquality {
    private JsonEquality() {}

    /** With numbers by their value: 1 is 1.0. */
    static boolean equal(JsonNode left, JsonNode right) {
        return equal(left, right, (a, b) -> a.compareTo(b) == 0);
    }

    /** With numbers as they are written: 1 is not 1.0. */
    static boolean identical(JsonNode left, JsonNode right) {
        return equal(left, right, BigDecimal::equals);
    }

    private static boolean equal(JsonNode left, JsonNode right, BiPredicate<BigDecimal, BigDecimal> numbers) {
        if (left.isNumber() && right.isNumber()) {
            return numbers.test(left.decimalValue(), right.decimalValue());
        }
        if (left instanceof ObjectNode object && right instanceof ObjectNode other) {
            return object.size() == other.size() && object.properties().stream().allMatch(entry -> {
                var value = other.get(entry.getKey());
                return value != null && equal(entry.getValue(), value, numbers);
            });
        }
        if (left instanceof ArrayNode array && right instanceof ArrayNode other) {
            if (array.size() != other.size()) {
                return false;
            }
            for (int i = 0; i < array.size(); i++) {
                if (!equal(array.get(i), other.get(i), numbers)) {
                    return false;
                }
            }
            return true;
        }
        return left.equals(right);
    }
}
