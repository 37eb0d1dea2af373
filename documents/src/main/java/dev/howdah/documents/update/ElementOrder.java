package dev.howdah.documents.update;

import dev.howdah.documents.value.ValueOrder;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How {@code $push} sorts elements: by fields of them, or by themselves if none is named.
 *
 * @param fields dotted paths with 1 or -1
 * @param sign of the elements themselves
 */
record ElementOrder(List<Field> fields, int sign) implements Comparator<JsonNode> {
    ElementOrder {
        fields = List.copyOf(fields);
    }

    record Field(List<String> path, int sign) {}

    @Override
    public int compare(JsonNode left, JsonNode right) {
        if (fields.isEmpty()) {
            return sign * ValueOrder.INSTANCE.compare(left, right);
        }
        for (var field : fields) {
            int order = field.sign * ValueOrder.INSTANCE.compare(at(left, field.path), at(right, field.path));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static @Nullable JsonNode at(JsonNode element, List<String> path) {
        JsonNode found = element;
        for (var name : path) {
            found = found.path(name);
        }
        return found.isMissingNode() ? null : found;
    }
}
