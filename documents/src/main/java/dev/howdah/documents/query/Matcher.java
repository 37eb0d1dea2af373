package dev.howdah.documents.query;

import dev.howdah.documents.query.Filter.Test;
import dev.howdah.documents.value.ValueOrder;
import dev.howdah.documents.value.ValueType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evaluates a filter in Java, with the same answers as {@link FilterSql} in the database. For array filters, wrap the
 * element under the identifier's name and ask for that document. Immutable, thread-safe.
 */
public final class Matcher {
    private static final ValueOrder ORDER = ValueOrder.INSTANCE;

    private final Filter filter;

    private Matcher(Filter filter) {
        this.filter = filter;
    }

    /** For a filter of {@link Filter#parse} or {@link Filter#parseCondition}. */
    public static Matcher of(Filter filter) {
        return new Matcher(filter);
    }

    /** Whether the stored document matches. */
    public boolean matches(ObjectNode data) {
        return new Evaluation().test(filter, data);
    }

    /** Whether a value matches by itself, as {@code $pull} asks; a filter on fields matches only objects. */
    public boolean matchesValue(JsonNode value) {
        return new Evaluation().element(filter, value);
    }

    /**
     * The index that the positional operator {@code $} stands for: which element of an array matched, in the outermost
     * array of the last condition that went through one. Empty if the document does not match, or through no array.
     */
    public OptionalInt position(ObjectNode data) {
        var evaluation = new Evaluation();
        return evaluation.test(filter, data) && evaluation.position >= 0
                ? OptionalInt.of(evaluation.position)
                : OptionalInt.empty();
    }

    /** One look at one document; remembers where in an array it matched. */
    private static final class Evaluation {
        private int position = -1;

        private boolean test(Filter filter, JsonNode value) {
            return switch (filter) {
                case Filter.And and -> and.filters().stream().allMatch(part -> test(part, value));
                case Filter.Or or -> or.filters().stream().anyMatch(part -> test(part, value));
                case Filter.Not not -> !new Evaluation().test(not.filter(), value);
                case Filter.Field field -> field(field, value);
                case Filter.Self self -> self(self.test(), value);
                case Filter.Expr expr -> Expressions.holds(expr.expression(), value);
            };
        }

        private boolean element(Filter filter, JsonNode value) {
            return (JsonPaths.isAboutSelf(filter) || ValueType.of(value) == ValueType.OBJECT)
                    && new Evaluation().test(filter, value);
        }

        private boolean field(Filter.Field field, JsonNode value) {
            var test = field.test();
            var ends = new PathEnds(field.path().steps(),
                    test instanceof Filter.Size || test instanceof Filter.ElemMatch,
                    end -> end == null ? acceptsMissing(test) : self(test, end));
            if (!ends.any(value)) {
                return false;
            }
            var inner = test instanceof Filter.ElemMatch match && ends.position() < 0
                    ? firstElement(match, value, field.path())
                    : ends.position();
            position = inner >= 0 ? inner : position;
            return true;
        }

        private int firstElement(Filter.ElemMatch match, JsonNode value, FieldPath path) {
            JsonNode array = value;
            for (var step : path.steps()) {
                array = array.isArray() && FieldPath.isIndex(step)
                        ? array.path(Integer.parseInt(step))
                        : array.path(step);
            }
            for (int i = 0; i < array.size(); i++) {
                if (array.isArray() && element(match.filter(), array.get(i))) {
                    return i;
                }
            }
            return -1;
        }

        private static boolean acceptsMissing(Test test) {
            return test instanceof Filter.In in && in.values().stream().anyMatch(JsonNode::isNull);
        }

        private boolean self(Test test, JsonNode value) {
            return switch (test) {
                case Filter.In in -> in.values().stream().anyMatch(wanted -> ORDER.equal(wanted, value))
                        || in.patterns().stream().anyMatch(pattern -> find(pattern, value));
                case Filter.Range range -> inRange(range, value);
                case Filter.Exists _ -> true;
                case Filter.Type type -> type.types().contains(ValueType.of(value));
                case Filter.Mod mod -> leaves(mod, value);
                case Filter.Regex regex -> find(regex, value);
                case Filter.Size size -> value.isArray() && value.size() == size.size();
                case Filter.ElemMatch match -> value.isArray()
                        && value.valueStream().anyMatch(child -> element(match.filter(), child));
            };
        }

        private static boolean find(Filter.Regex regex, JsonNode value) {
            return value.isString() && regex.pattern().find(value.stringValue());
        }

        private static boolean inRange(Filter.Range range, JsonNode value) {
            return ValueType.of(value) == ValueType.of(range.operand())
                    && !"NaN".equals(value.path("$numberDouble").asString(""))
                    && range.comparison().accepts(ORDER.compare(value, range.operand()));
        }

        private static boolean leaves(Filter.Mod mod, JsonNode value) {
            return value.isNumber() && value.decimalValue().setScale(0, RoundingMode.DOWN)
                    .remainder(new BigDecimal(mod.divisor())).compareTo(new BigDecimal(mod.remainder())) == 0;
        }
    }

    /**
     * Walks to the values that a path ends at. Through arrays it goes to every element that is an object, and by index; at
     * its end, an array stands for itself and for its elements, unless an index led to it.
     */
    private static final class PathEnds {
        private final List<String> steps;
        private final boolean wholeOnly;
        private final Predicate<@Nullable JsonNode> test;
        private int position = -1;

        /** @param test is given null where nothing is */
        PathEnds(List<String> steps, boolean wholeOnly, Predicate<@Nullable JsonNode> test) {
            this.steps = steps;
            this.wholeOnly = wholeOnly;
            this.test = test;
        }

        /** The element of the outermost array that the walk went through, or -1. */
        int position() {
            return position;
        }

        boolean any(JsonNode document) {
            return inObject(document, 0, true);
        }

        private boolean inObject(JsonNode object, int step, boolean outermost) {
            var child = object.get(steps.get(step));
            if (child == null) {
                return test.test(null);
            }
            if (step == steps.size() - 1) {
                return atEnd(child, outermost);
            }
            if (child.isArray()) {
                return inArray(child, step + 1, outermost);
            }
            return ValueType.of(child) == ValueType.OBJECT ? inObject(child, step + 1, outermost) : test.test(null);
        }

        private boolean atEnd(JsonNode value, boolean outermost) {
            if (!wholeOnly && value.isArray()) {
                for (int i = 0; i < value.size(); i++) {
                    if (test.test(value.get(i))) {
                        return found(i, outermost);
                    }
                }
            }
            return test.test(value);
        }

        private boolean inArray(JsonNode array, int step, boolean outermost) {
            for (int i = 0; i < array.size(); i++) {
                if (ValueType.of(array.get(i)) == ValueType.OBJECT && inObject(array.get(i), step, false)) {
                    return found(i, outermost);
                }
            }
            if (!FieldPath.isIndex(steps.get(step))) {
                return false;
            }
            var index = Integer.parseInt(steps.get(step));
            var element = array.get(index);
            if (element == null) {
                return false;
            }
            var matches = step == steps.size() - 1
                    ? test.test(element)
                    : element.isArray()
                            ? inArray(element, step + 1, false)
                            : ValueType.of(element) == ValueType.OBJECT && inObject(element, step + 1, false);
            return matches && found(index, outermost);
        }

        private boolean found(int index, boolean outermost) {
            if (outermost) {
                position = index;
            }
            return true;
        }
    }
}
