package dev.howdah.documents.update;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether two JSON values are the same: numbers by value, objects without order. */
final class JsonEquality {
    private JsonEquality() {}

    static boolean equal(JsonNode left, JsonNode right) {
        if (left.isNumber() && right.isNumber()) {
            return left.decimalValue().compareTo(right.decimalValue()) == 0;
        }
        if (left instanceof ObjectNode object && right instanceof ObjectNode other) {
            return object.size() == other.size() && object.properties().stream().allMatch(entry -> {
                var value = other.get(entry.getKey());
                return value != null && equal(entry.getValue(), value);
            });
        }
        if (left instanceof ArrayNode array && right instanceof ArrayNode other) {
            if (array.size() != other.size()) {
                return false;
            }
            for (int i = 0; i < array.size(); i++) {
                if (!equal(array.get(i), other.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return left.equals(right);
    }
}
