package dev.howdah.knowledge.collection;

import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which entries a search may find, by their metadata. An entry without the field fulfils {@link Operator#NE} and
 * {@code not}, and nothing else. Numbers compare with numbers, texts with texts; where the types differ, an ordering
 * comparison does not hold.
 *
 * <pre>{@code
 * Filter.parse({"repository": "acme/orders", "year": {"$gte": 2020}, "$or": [{"kind": "pattern"}, {"kind": "lesson"}]})
 * }</pre>
 */
public sealed interface Filter {
    /** Comparisons, alternatives and nesting together. */
    int TERMS_MAX = 200;
    /** Values of one {@link In}. */
    int VALUES_MAX = 10_000;

    /** Lets everything through. */
    static Filter none() {
        return new And(List.of());
    }

    /** How a field compares with one value. */
    enum Operator {
        EQ, NE, GT, GTE, LT, LTE;

        String label() {
            return "$" + name().toLowerCase(Locale.ROOT);
        }
    }

    /** A field against a value: a text, a number or a boolean. */
    record Comparison(String field, Operator operator, JsonNode value) implements Filter {
        public Comparison {
            scalar(field, value);
        }
    }

    /** A field is one of the values; with no values, never. */
    record In(String field, List<JsonNode> values) implements Filter {
        public In {
            values = List.copyOf(values);
            if (values.size() > VALUES_MAX) {
                throw invalid(field, values.size() + " values", "give at most " + VALUES_MAX);
            }
            values.forEach(value -> scalar(field, value));
        }
    }

    /** A text field contains the text, case and all. */
    record Contains(String field, String text) implements Filter {}

    /** All hold; with none, everything passes. */
    record And(List<Filter> filters) implements Filter {
        public And {
            filters = List.copyOf(filters);
        }
    }

    /** At least one holds; with none, nothing passes. */
    record Or(List<Filter> filters) implements Filter {
        public Or {
            filters = List.copyOf(filters);
        }
    }

    /** It does not hold. */
    record Not(Filter filter) implements Filter {}

    /** The field has the value. */
    static Filter eq(String field, String value) {
        return new Comparison(field, Operator.EQ, JsonMapper.shared().valueToTree(value));
    }

    /** All hold. */
    static Filter and(Filter... filters) {
        var all = Stream.of(filters).filter(filter -> !filter.equals(none())).toList();
        return all.isEmpty() ? none() : all.size() == 1 ? all.getFirst() : new And(all);
    }

    /** The fields that it names. */
    default Set<String> fields() {
        var names = new TreeSet<String>();
        collect(this, names);
        return names;
    }

    private static void collect(Filter filter, Set<String> names) {
        switch (filter) {
            case Comparison given -> names.add(given.field());
            case In given -> names.add(given.field());
            case Contains given -> names.add(given.field());
            case And given -> given.filters().forEach(part -> collect(part, names));
            case Or given -> given.filters().forEach(part -> collect(part, names));
            case Not given -> collect(given.filter(), names);
        }
    }

    /**
     * Reads a filter in MongoDB's form: {@code $eq $ne $gt $gte $lt $lte $in $nin $contains $and $or $not}.
     *
     * @throws InvalidInputException if it is none; names the place
     */
    static Filter parse(JsonNode document) {
        var filter = object(document, "filter");
        var terms = count(filter);
        if (terms > TERMS_MAX) {
            throw invalid("filter", terms + " terms", "give at most " + TERMS_MAX);
        }
        return filter;
    }

    private static Filter object(JsonNode node, String place) {
        if (!node.isObject()) {
            throw invalid(place, "is no object", "give {\"field\": value, …}");
        }
        return and(node.properties().stream().map(entry -> member(entry.getKey(), entry.getValue(), place + "/"
                + entry.getKey())).toArray(Filter[]::new));
    }

    private static Filter member(String name, JsonNode value, String place) {
        return switch (name) {
            case "$and" -> new And(list(value, place));
            case "$or" -> new Or(list(value, place));
            case "$not" -> new Not(object(value, place));
            default -> {
                if (name.startsWith("$")) {
                    throw invalid(place, "unknown operator " + name, "use a field, $and, $or or $not");
                }
                yield value.isObject()
                        ? operators(name, value, place)
                        : new Comparison(name, Operator.EQ, value);
            }
        };
    }

    private static Filter operators(String field, JsonNode operators, String place) {
        var all = new ArrayList<Filter>();
        for (var entry : operators.properties()) {
            var value = entry.getValue();
            all.add(switch (entry.getKey()) {
                case "$in" -> new In(field, value.valueStream().toList());
                case "$nin" -> new Not(new In(field, value.valueStream().toList()));
                case "$contains" -> new Contains(field, value.asString());
                default -> new Comparison(field, Stream.of(Operator.values())
                        .filter(operator -> operator.label().equals(entry.getKey())).findFirst()
                        .orElseThrow(() -> invalid(place, "unknown operator " + entry.getKey(),
                                "use $eq $ne $gt $gte $lt $lte $in $nin $contains")),
                        value);
            });
        }
        return and(all.toArray(Filter[]::new));
    }

    private static List<Filter> list(JsonNode value, String place) {
        if (!value.isArray()) {
            throw invalid(place, "is no list", "give a list of filters");
        }
        return value.valueStream().map(item -> object(item, place)).toList();
    }

    private static int count(Filter filter) {
        return switch (filter) {
            case Comparison _,In _,Contains _ -> 1;
            case And given -> 1 + given.filters().stream().mapToInt(Filter::count).sum();
            case Or given -> 1 + given.filters().stream().mapToInt(Filter::count).sum();
            case Not given -> 1 + count(given.filter());
        };
    }

    private static void scalar(String field, JsonNode value) {
        if (!value.isString() && !value.isNumber() && !value.isBoolean()) {
            throw invalid(field, "compares with " + value.getNodeType(), "give a text, a number or a boolean");
        }
    }

    private static InvalidInputException invalid(String field, String problem, String remedy) {
        return new InvalidInputException("filter-invalid", field, problem, remedy);
    }
}
