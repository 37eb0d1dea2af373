package dev.howdah.documents.query;

import dev.howdah.documents.value.ValueType;
import dev.howdah.postgres.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which fields of a document are shown: those that are named, or all but those; {@code _id} unless it is excluded.
 *
 * @param inclusive whether only named fields are shown
 * @param withId whether {@code _id} is shown
 * @param fields what becomes of each path, in the order they were named
 */
public record Projection(boolean inclusive, boolean withId, Map<FieldPath, Rule> fields) {
    /** The most paths. */
    public static final int FIELDS_MAX = 500;
    /** Shows everything. */
    public static final Projection ALL = new Projection(false, true, Map.of());

    /** What becomes of a field. */
    public sealed interface Rule {}

    /** It is shown. */
    public record Include() implements Rule {}

    /** It is not shown. */
    public record Exclude() implements Rule {}

    /**
     * Some elements of an array.
     *
     * @param skip from the start, or from the end if negative
     * @param limit how many at most
     */
    public record Slice(int skip, int limit) implements Rule {}

    /** The first element of an array that matches. */
    public record ElemMatch(Matcher matcher) implements Rule {}

    /** The element of an array that the query's filter matched. */
    public record Positional() implements Rule {}

    public Projection {
        fields = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * From its JSON.
     *
     * @param projection such as {@code {"name": 1, "tags": {"$slice": 2}, "_id": 0}}
     * @throws InvalidInputException {@code projection-invalid}
     */
    public static Projection parse(ObjectNode projection) {
        return ProjectionParser.parse(projection);
    }

    /** Whether {@link #apply(ObjectNode, OptionalInt)} needs to know which element the filter matched. */
    public boolean isPositional() {
        return fields.values().stream().anyMatch(Positional.class::isInstance);
    }

    /** What is shown of a stored document, whose filter matched it. */
    public ObjectNode apply(ObjectNode data, Matcher matcher) {
        return apply(data, isPositional() ? matcher.position(data) : OptionalInt.empty());
    }

    /**
     * What is shown of a stored document.
     *
     * @param position of the matched element, for the positional operator
     * @throws InvalidInputException {@code projection-invalid} if the positional operator has no position
     */
    public ObjectNode apply(ObjectNode data, OptionalInt position) {
        if (equals(ALL)) {
            return data;
        }
        var shown = JsonNodeFactory.instance.objectNode();
        if (data.has("_id") && withId) {
            shown.set("_id", data.get("_id"));
        }
        var rest = data.deepCopy();
        rest.remove("_id");
        shown.setAll(inObject(rest, Tree.of(fields), position));
        return shown;
    }

    /** The rules as a tree of steps: a leaf has a rule, any other the steps below it. */
    private record Tree(@Nullable Rule rule, Map<String, Tree> below) {
        private static Tree of(Map<FieldPath, Rule> fields) {
            var root = new Tree(null, new LinkedHashMap<>());
            fields.forEach((path, rule) -> root.put(path.steps(), rule));
            return root;
        }

        private void put(List<String> steps, Rule leaf) {
            if (steps.size() == 1) {
                below.put(steps.getFirst(), new Tree(leaf, Map.of()));
            } else {
                below.computeIfAbsent(steps.getFirst(), step -> new Tree(null, new LinkedHashMap<>()))
                        .put(steps.subList(1, steps.size()), leaf);
            }
        }
    }

    private ObjectNode inObject(JsonNode object, Tree tree, OptionalInt position) {
        var shown = JsonNodeFactory.instance.objectNode();
        object.forEachEntry((name, value) -> {
            var result = field(value, tree.below().get(name), position);
            if (result != null) {
                shown.set(name, result);
            }
        });
        return shown;
    }

    private @Nullable JsonNode field(JsonNode value, @Nullable Tree tree, OptionalInt position) {
        if (tree == null) {
            return inclusive ? null : value;
        }
        return tree.rule() == null ? below(value, tree, position) : leaf(tree.rule(), value, position);
    }

    private @Nullable JsonNode below(JsonNode value, Tree tree, OptionalInt position) {
        if (ValueType.of(value) == ValueType.OBJECT) {
            return inObject(value, tree, position);
        }
        if (value.isArray()) {
            var shown = JsonNodeFactory.instance.arrayNode();
            value.forEach(element -> {
                var result = below(element, tree, position);
                if (result != null) {
                    shown.add(result);
                }
            });
            return shown;
        }
        return inclusive ? null : value; // a scalar has not the fields that are named
    }

    private static @Nullable JsonNode leaf(Rule rule, JsonNode value, OptionalInt position) {
        return switch (rule) {
            case Include _ -> value;
            case Exclude _ -> null;
            case Slice slice -> value instanceof ArrayNode array ? slice(slice, array) : value;
            case ElemMatch match -> firstMatch(match, value);
            case Positional _ -> value instanceof ArrayNode array ? at(array, position) : value;
        };
    }

    private static ArrayNode slice(Slice slice, ArrayNode array) {
        var start = slice.skip() < 0 ? Math.max(0, array.size() + slice.skip()) : Math.min(slice.skip(), array.size());
        var shown = JsonNodeFactory.instance.arrayNode();
        for (long i = start; i < Math.min(array.size(), (long) start + slice.limit()); i++) {
            shown.add(array.get((int) i));
        }
        return shown;
    }

    private static @Nullable JsonNode firstMatch(ElemMatch match, JsonNode value) {
        for (var element : value.isArray() ? value.values() : List.<JsonNode>of()) {
            if (match.matcher().matchesValue(element)) {
                return JsonNodeFactory.instance.arrayNode().add(element);
            }
        }
        return null;
    }

    private static ArrayNode at(ArrayNode array, OptionalInt position) {
        var shown = JsonNodeFactory.instance.arrayNode();
        var index = position.orElseThrow(() -> new InvalidInputException("projection-invalid", "",
                "the projection has the positional operator, but the filter goes through no array",
                "name the array in the filter"));
        if (index < array.size()) {
            shown.add(array.get(index));
        }
        return shown;
    }
}
