package dev.howdah.documents.query;

import dev.howdah.documents.value.ValueOrder;
import dev.howdah.documents.value.ValueType;
import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * An order of documents. A missing value sorts as null; an array by its least element upwards and by its greatest
 * downwards, an empty one below null. Documents that are equal in all keys keep the order of their ids.
 *
 * @param keys the first decides first; 0 to {@link #KEYS_MAX}
 */
public record Sort(List<Key> keys) {
    /** The most keys. */
    public static final int KEYS_MAX = 32;
    /** By id alone. */
    public static final Sort NONE = new Sort(List.of());

    /**
     * One key.
     *
     * @param path what is compared
     * @param descending the greatest first
     */
    public record Key(FieldPath path, boolean descending) {}

    /** @throws InvalidInputException {@code sort-invalid} */
    public Sort {
        keys = List.copyOf(keys);
        if (keys.size() > KEYS_MAX) {
            throw invalid("", "has " + keys.size() + " keys", "give at most " + KEYS_MAX);
        }
        if (keys.stream().map(Key::path).distinct().count() < keys.size()) {
            throw invalid("", "names a path twice", "name each once");
        }
    }

    /**
     * From its JSON.
     *
     * @param sort such as {@code {"age": -1, "name": 1}}
     * @throws InvalidInputException {@code sort-invalid}
     */
    public static Sort parse(ObjectNode sort) {
        var keys = new ArrayList<Key>();
        sort.forEachEntry((name, direction) -> {
            var sign = direction.isNumber() ? direction.decimalValue().intValue() : 0;
            if (Math.abs(sign) != 1) {
                throw invalid(name, "is given " + direction, "use 1 for ascending, -1 for descending");
            }
            keys.add(new Key(FieldPath.parse(name), sign < 0));
        });
        return new Sort(keys);
    }

    /** The order of stored documents, by {@code _id} at last. */
    public Comparator<ObjectNode> comparator() {
        Comparator<ObjectNode> byId = (a, b) -> ValueOrder.INSTANCE.compare(a.get("_id"), b.get("_id"));
        var order = byId;
        for (var key : keys.reversed()) {
            Comparator<ObjectNode> byKey = (a, b) -> compare(key, a, b);
            order = byKey.thenComparing(order);
        }
        return order;
    }

    private static int compare(Key key, ObjectNode a, ObjectNode b) {
        return key.descending()
                ? compareValues(value(key, b), value(key, a))
                : compareValues(value(key, a), value(key, b));
    }

    /** An empty array, which has no element to sort by, is kept as itself and stands below null. */
    private static int compareValues(JsonNode a, JsonNode b) {
        if (isEmptyArray(a) || isEmptyArray(b)) {
            var other = isEmptyArray(a) ? b : a;
            var order = isEmptyArray(a) && isEmptyArray(b) ? 0 : ValueType.of(other) == ValueType.MIN_KEY ? 1 : -1;
            return isEmptyArray(a) ? order : -order;
        }
        return ValueOrder.INSTANCE.compare(a, b);
    }

    private static boolean isEmptyArray(JsonNode value) {
        return value.isArray() && value.isEmpty();
    }

    /** What a document is sorted by: the least or greatest of all that stands at the path. */
    private static JsonNode value(Key key, JsonNode document) {
        var found = new ArrayList<JsonNode>();
        collect(document, key.path().steps(), found);
        Comparator<JsonNode> order = Sort::compareValues;
        return found.stream().max(key.descending() ? order : order.reversed())
                .orElseGet(JsonNodeFactory.instance::nullNode);
    }

    /** In an array, what is no object counts as null; a step by index goes to that element alone. */
    private static void collect(@Nullable JsonNode value, List<String> steps, List<JsonNode> found) {
        if (value == null || (!steps.isEmpty() && !value.isContainer())) {
            found.add(JsonNodeFactory.instance.nullNode());
        } else if (!value.isArray()) {
            if (steps.isEmpty()) {
                found.add(value);
            } else {
                collect(value.get(steps.getFirst()), steps.subList(1, steps.size()), found);
            }
        } else if (steps.isEmpty()) {
            found.addAll(value.isEmpty() ? List.of(value) : value.values());
        } else {
            collectInArray(value, steps, found);
        }
    }

    private static void collectInArray(JsonNode array, List<String> steps, List<JsonNode> found) {
        if (FieldPath.isIndex(steps.getFirst()) && array.has(Integer.parseInt(steps.getFirst()))) {
            collect(array.get(Integer.parseInt(steps.getFirst())), steps.subList(1, steps.size()), found);
        } else {
            array.forEach(element -> collect(element.isArray() ? null : element, steps, found));
        }
    }

    private static InvalidInputException invalid(String field, String problem, String remedy) {
        return new InvalidInputException("sort-invalid", field, "the sort " + problem, remedy);
    }
}
