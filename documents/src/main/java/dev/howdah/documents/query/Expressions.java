package dev.howdah.documents.query;

import dev.howdah.documents.value.ValueOrder;
import dev.howdah.documents.value.ValueType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Evaluates {@code $expr} in Java, and paths as expressions see them. */
public final class Expressions {
    private Expressions() {}

    static boolean holds(Expression expression, JsonNode document) {
        return switch (expression) {
            case Expression.Compare compare -> compare.operator()
                    .accepts(compare(operand(compare.left(), document), operand(compare.right(), document)));
            case Expression.All all -> all.expressions().stream().allMatch(part -> holds(part, document));
            case Expression.Any any -> any.expressions().stream().anyMatch(part -> holds(part, document));
            case Expression.Negation not -> !holds(not.expression(), document);
        };
    }

    /** The order of expressions: that of {@link ValueOrder}, but what is missing stands below null. */
    public static int compare(@Nullable JsonNode a, @Nullable JsonNode b) {
        if (a == null || b == null) {
            var other = a == null ? b : a;
            var order = other == null ? 0 : ValueType.of(other) == ValueType.MIN_KEY ? 1 : -1;
            return a == null ? order : -order;
        }
        return ValueOrder.INSTANCE.compare(a, b);
    }

    private static @Nullable JsonNode operand(Expression.Operand operand, JsonNode document) {
        return switch (operand) {
            case Expression.Literal literal -> literal.value();
            case Expression.Path path -> at(document, path.path().steps());
        };
    }

    /** The value at a path; through an array, the array of what its elements have there; null if nothing is there. */
    public static @Nullable JsonNode at(JsonNode value, List<String> steps) {
        if (steps.isEmpty()) {
            return value;
        }
        if (value.isArray()) {
            var found = JsonNodeFactory.instance.arrayNode();
            for (var element : value) {
                var inner = at(element, steps);
                if (inner != null) {
                    found.add(inner);
                }
            }
            return found;
        }
        var child = ValueType.of(value) == ValueType.OBJECT ? value.get(steps.getFirst()) : null;
        return child == null ? null : at(child, steps.subList(1, steps.size()));
    }
}
