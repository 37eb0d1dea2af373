package dev.howdah.documents.query;

import dev.howdah.documents.query.Filter.Comparison;
import dev.howdah.documents.value.ValueType;
import dev.howdah.documents.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A filter as one predicate of SQL/JSON path, for {@code data @@ :path}.
 *
 * <p>
 * The lax mode unwraps one level of arrays at each step and at each filter, which is what MongoDB does, with three
 * exceptions that the predicates take care of: a comparison unwraps once more, so each says the type it expects; a test of
 * the array itself cannot stand in a filter on it, so it stands in a filter on the object around it; a step by index
 * would take a lone value for an array of one, so it asks for the array first. Every predicate is true or false, never
 * unknown, so that negation is exact: what may fail stands within {@code exists(...)} or behind a test of the type.
 */
final class JsonPaths {
    private static final String NEVER = "(1 == 0)";
    private static final String ALWAYS = "(1 == 1)";

    /** The predicate for documents. */
    static String predicate(Filter filter) {
        return predicate(filter, "$");
    }

    private JsonPaths() {}

    /** @param root the value that the filter is about: the document, or the element at hand */
    private static String predicate(Filter filter, String root) {
        return switch (filter) {
            case Filter.And and ->
                joined(and.filters().stream().map(part -> predicate(part, root)).toList(), " && ", ALWAYS);
            case Filter.Or or ->
                joined(or.filters().stream().map(part -> predicate(part, root)).toList(), " || ", NEVER);
            case Filter.Not not -> negation(not.filter(), root);
            case Filter.Field field -> field(root, field.path().steps(), field.test());
            case Filter.Self self -> self(self.test(), root);
            case Filter.Expr expr -> throw new IllegalArgumentException("$expr is not a predicate of a path: " + expr);
        };
    }

    /**
     * Negation is moved to the single conditions: for {@code !(a && !b)}, of which it can index only b, GIN looks for b alone
     * and so loses what is not a.
     */
    private static String negation(Filter filter, String root) {
        return switch (filter) {
            case Filter.And and ->
                joined(and.filters().stream().map(part -> negation(part, root)).toList(), " || ", NEVER);
            case Filter.Or or ->
                joined(or.filters().stream().map(part -> negation(part, root)).toList(), " && ", ALWAYS);
            case Filter.Not not -> predicate(not.filter(), root);
            case Filter.Field _,Filter.Self _,Filter.Expr _ -> "(!" + predicate(filter, root) + ")";
        };
    }

    private static String field(String root, List<String> steps, Filter.Test test) {
        var missing = test instanceof Filter.In in && in.values().stream().anyMatch(JsonNode::isNull);
        var found = steps.stream().skip(1).anyMatch(FieldPath::isIndex)
                ? stepwise(root, steps, test)
                : straight(root, steps, test);
        return missing ? "(" + found + " || " + missing(root, steps) + ")" : found;
    }

    /** Without indexes the whole path is one, which GIN can use. */
    private static String straight(String root, List<String> steps, Filter.Test test) {
        var path = root + path(steps);
        if (test instanceof Filter.Exists) {
            return "(exists(" + path + "))";
        }
        var parts = new ArrayList<String>();
        if (testsMembers(test)) {
            parts.add("exists(" + path + " ? " + single(test, "@") + ")");
        }
        if (testsArrays(test)) {
            var last = key(steps.getLast());
            parts.add(steps.size() == 1
                    ? whole(test, root + last)
                    : "exists(" + root + path(steps.subList(0, steps.size() - 1)) + " ? (@.type() == \"object\" && "
                            + whole(test, "@" + last) + "))");
        }
        return joined(parts, " || ", NEVER);
    }

    /** At an object: a digit may be a name, or an index if an array is there. */
    private static String stepwise(String object, List<String> steps, Filter.Test test) {
        var child = object + key(steps.getFirst());
        var rest = steps.subList(1, steps.size());
        if (rest.isEmpty()) {
            return straight(object, steps, test);
        }
        var below = "exists(" + child + " ? (@.type() == \"object\" && " + stepwise("@", rest, test) + "))";
        return FieldPath.isIndex(rest.getFirst())
                ? "(" + below + " || " + child + ".type() == \"array\" && " + indexed(child, rest, test) + ")"
                : "(" + below + ")";
    }

    private static String indexed(String array, List<String> steps, Filter.Test test) {
        var element = array + "[" + steps.getFirst() + "]";
        var rest = steps.subList(1, steps.size());
        if (rest.isEmpty()) {
            return test instanceof Filter.Exists ? "exists(" + element + ")" : self(test, element);
        }
        var below = "exists(" + element + " ? (@.type() == \"object\" && " + stepwise("@", rest, test) + "))";
        return FieldPath.isIndex(rest.getFirst())
                ? "(" + below + " || " + element + ".type() == \"array\" && " + indexed(element, rest, test) + ")"
                : "(" + below + ")";
    }

    /** The path ends where nothing is: only in objects, and in what is no container; elements of arrays that are not objects do not count. */
    private static String missing(String object, List<String> steps) {
        var child = object + key(steps.getFirst());
        var rest = steps.subList(1, steps.size());
        var gone = "!exists(" + child + ")";
        if (rest.isEmpty()) {
            return "(" + gone + ")";
        }
        var scalar = child + ".type() != \"array\" && (" + child + ".type() != \"object\" || " + isWrapper(child) + ")";
        var below = "exists(" + child + " ? (" + isObject("@") + " && " + missing("@", rest) + "))";
        var all = gone + " || " + scalar + " || " + below;
        return FieldPath.isIndex(rest.getFirst())
                ? "(" + all + " || " + child + ".type() == \"array\" && " + missingIn(child, rest) + ")"
                : "(" + all + ")";
    }

    private static String missingIn(String array, List<String> steps) {
        var element = array + "[" + steps.getFirst() + "]";
        var rest = steps.subList(1, steps.size());
        if (rest.isEmpty()) {
            return NEVER;
        }
        var below = "exists(" + element + " ? (" + isObject("@") + " && " + missing("@", rest) + "))";
        return FieldPath.isIndex(rest.getFirst())
                ? "(" + below + " || " + element + ".type() == \"array\" && " + missingIn(element, rest) + ")"
                : below;
    }

    /** A value as it is, whether it is an array or not. */
    private static String self(Filter.Test test, String value) {
        if (test instanceof Filter.Exists) {
            return ALWAYS;
        }
        var parts = new ArrayList<String>();
        if (testsMembers(test)) {
            parts.add(single(test, value));
        }
        if (testsArrays(test) && !(test instanceof Filter.In)) {
            parts.add(whole(test, value));
        }
        return joined(parts, " || ", NEVER);
    }

    private static boolean testsMembers(Filter.Test test) {
        return !(test instanceof Filter.Size || test instanceof Filter.ElemMatch);
    }

    private static boolean testsArrays(Filter.Test test) {
        return switch (test) {
            case Filter.In in -> in.values().stream().anyMatch(JsonNode::isArray);
            case Filter.Type type -> type.types().contains(ValueType.ARRAY);
            case Filter.Size _,Filter.ElemMatch _,Filter.Exists _ -> true;
            case Filter.Range _,Filter.Mod _,Filter.Regex _ -> false;
        };
    }

    /** The array at a path, as a whole. */
    private static String whole(Filter.Test test, String array) {
        var isArray = array + ".type() == \"array\"";
        return switch (test) {
            case Filter.In in ->
                joined(in.values().stream().filter(JsonNode::isArray).map(value -> equal(array, value)).toList(),
                        " || ", NEVER);
            case Filter.Type _ -> "(" + isArray + ")";
            case Filter.Size size -> "(" + isArray + " && " + array + ".size() == " + size.size() + ")";
            case Filter.ElemMatch match ->
                "(" + isArray + " && exists(" + array + " ? " + element(match.filter()) + "))";
            case Filter.Exists _,Filter.Range _,Filter.Mod _,Filter.Regex _ -> NEVER;
        };
    }

    private static String element(Filter filter) {
        return isAboutSelf(filter)
                ? predicate(filter, "@")
                : "(" + isObject("@") + " && " + predicate(filter, "@") + ")";
    }

    static boolean isAboutSelf(Filter filter) {
        return switch (filter) {
            case Filter.Self _ -> true;
            case Filter.Not not -> isAboutSelf(not.filter());
            case Filter.And and -> !and.filters().isEmpty() && isAboutSelf(and.filters().getFirst());
            case Filter.Or or -> or.filters().isEmpty() || isAboutSelf(or.filters().getFirst());
            case Filter.Field _,Filter.Expr _ -> false;
        };
    }

    /** A single value that no filter unwraps any more. */
    private static String single(Filter.Test test, String value) {
        return switch (test) {
            case Filter.In in -> in(in, value);
            case Filter.Range range -> range(range, value);
            case Filter.Type type ->
                joined(type.types().stream().sorted().map(wanted -> type(wanted, value)).toList(), " || ", NEVER);
            case Filter.Mod mod -> mod(mod, value);
            case Filter.Regex regex -> regex(regex, value);
            case Filter.Exists _ -> ALWAYS;
            case Filter.Size _,Filter.ElemMatch _ -> NEVER;
        };
    }

    private static String in(Filter.In in, String value) {
        var parts = new ArrayList<String>();
        in.values().forEach(wanted -> parts.add(equal(value, wanted)));
        in.patterns().forEach(pattern -> parts.add(regex(pattern, value)));
        return joined(parts, " || ", NEVER);
    }

    /** Exactly this value, whatever is in it; without the order of fields. */
    private static String equal(String value, JsonNode wanted) {
        var is = value + ".type() == ";
        return switch (wanted.getNodeType()) {
            case NULL -> "(" + is + "\"null\")";
            case NUMBER -> "(" + value + " == " + wanted.decimalValue().toPlainString() + " && " + is + "\"number\")";
            case STRING -> "(" + value + " == " + quoted(wanted.stringValue()) + " && " + is + "\"string\")";
            case BOOLEAN -> "(" + value + " == " + wanted.booleanValue() + " && " + is + "\"boolean\")";
            case ARRAY -> equalArray(value, wanted);
            case OBJECT -> equalObject(value, wanted);
            case MISSING, BINARY, POJO -> throw new IllegalArgumentException("not a stored value: " + wanted);
        };
    }

    private static String equalArray(String value, JsonNode wanted) {
        var parts = new ArrayList<String>();
        parts.add(value + ".type() == \"array\" && " + value + ".size() == " + wanted.size());
        for (int i = 0; i < wanted.size(); i++) {
            parts.add(equal(value + "[" + i + "]", wanted.get(i)));
        }
        return joined(parts, " && ", ALWAYS);
    }

    private static String equalObject(String value, JsonNode wanted) {
        var parts = new ArrayList<String>();
        parts.add(value + ".type() == \"object\"");
        var others = wanted.propertyNames().stream().map(name -> "@.key != " + quoted(name))
                .collect(Collectors.joining(" && "));
        var type = ValueType.of(wanted);
        if (type == ValueType.OBJECT || type == ValueType.CODE) { // the field of another wrapper is never beside others
            parts.add("!exists(" + value + ".keyvalue()" + (others.isEmpty() ? "" : " ? (" + others + ")") + ")");
        }
        wanted.forEachEntry((name, child) -> parts.add(equal(value + key(name), child)));
        return joined(parts, " && ", ALWAYS);
    }

    private static String range(Filter.Range range, String value) {
        var symbol = " " + range.comparison().symbol() + " ";
        var operand = range.operand();
        return switch (ValueType.of(operand)) {
            case NUMBER -> numberRange(range.comparison(), operand, value);
            case STRING ->
                "(" + value + symbol + quoted(operand.stringValue()) + " && " + value + ".type() == \"string\")";
            case BOOLEAN -> "(" + value + symbol + operand.booleanValue() + " && " + value + ".type() == \"boolean\")";
            case OBJECT_ID -> wrapped(value, value + ".\"$oid\"" + symbol + quoted(operand.path("$oid").stringValue()));
            case DATE -> dateRange(range.comparison(), operand.path("$date").stringValue(), value);
            case TIMESTAMP -> timestampRange(range.comparison(), operand.path("$timestamp"), value);
            case MIN_KEY, UNDEFINED, NULL, SYMBOL, OBJECT, ARRAY, BINARY, REGEX, DB_POINTER, CODE, CODE_WITH_SCOPE,
                    MAX_KEY ->
                throw new IllegalArgumentException("no range over " + operand);
        };
    }

    private static String numberRange(Comparison comparison, JsonNode operand, String value) {
        var parts = new ArrayList<String>();
        if (operand.isNumber()) {
            parts.add("(" + value + " " + comparison.symbol() + " " + operand.decimalValue().toPlainString() + " && "
                    + value
                    + ".type() == \"number\")");
        } else if (comparison.accepts("Infinity".equals(operand.path("$numberDouble").stringValue()) ? -1 : 1)) {
            parts.add("(" + value + ".type() == \"number\")");
        }
        for (var infinity : List.of("Infinity", "-Infinity")) {
            var node = JsonNodeFactory.instance.objectNode().put("$numberDouble", infinity);
            if (comparison.accepts(dev.howdah.documents.value.ValueOrder.INSTANCE.compare(node, operand))) {
                parts.add(equal(value, node));
            }
        }
        return joined(parts, " || ", NEVER);
    }

    /** Years of four digits are text of one shape; those before have a negative number of milliseconds, those after a positive one. */
    private static String dateRange(Comparison comparison, String operand, String value) {
        var far = value + ".\"$date\".\"$numberLong\"";
        var before = far + " starts with \"-\"";
        return wrapped(value, "(" + value + ".\"$date\" " + comparison.symbol() + " " + quoted(operand) + " && " + value
                + ".\"$date\".type() == \"string\" || exists(" + far + ") && "
                + (comparison.accepts(-1) ? before : "!(" + before + ")") + ")");
    }

    private static String timestampRange(Comparison comparison, JsonNode operand, String value) {
        var strict = comparison.accepts(1) ? " > " : " < ";
        var t = value + ".\"$timestamp\".\"t\"";
        var i = value + ".\"$timestamp\".\"i\"";
        return wrapped(value, "(" + t + strict + operand.path("t").longValue() + " || " + t + " == "
                + operand.path("t").longValue() + " && " + i + " " + comparison.symbol() + " "
                + operand.path("i").longValue() + ")");
    }

    private static String wrapped(String value, String predicate) {
        return "(" + value + ".type() == \"object\" && " + predicate + ")";
    }

    private static String type(ValueType wanted, String value) {
        var is = value + ".type() == ";
        return switch (wanted) {
            case NULL -> "(" + is + "\"null\")";
            case STRING -> "(" + is + "\"string\")";
            case BOOLEAN -> "(" + is + "\"boolean\")";
            case ARRAY -> "(" + is + "\"array\")";
            case NUMBER -> "(" + is + "\"number\" || " + is + "\"object\" && exists(" + value + ".\"$numberDouble\"))";
            case OBJECT -> isObject(value);
            case CODE ->
                "(" + is + "\"object\" && exists(" + value + ".\"$code\") && !exists(" + value + ".\"$scope\"))";
            case MIN_KEY, UNDEFINED, SYMBOL, BINARY, OBJECT_ID, DATE, TIMESTAMP, REGEX, DB_POINTER, CODE_WITH_SCOPE,
                    MAX_KEY ->
                "(" + is + "\"object\" && exists(" + value + "." + quoted(wanted.wrapper()) + "))";
        };
    }

    private static String mod(Filter.Mod mod, String value) {
        var rest = " % " + mod.divisor() + " == " + mod.remainder();
        return "(" + value + ".type() == \"number\" && (" + value + " >= 0 && " + value + ".floor()" + rest + " || "
                + value
                + " < 0 && " + value + ".ceiling()" + rest + "))";
    }

    private static String regex(Filter.Regex regex, String value) {
        var flags = "s" + regex.pattern().options().replace("s", "");
        return "(" + value + ".type() == \"string\" && " + value + " like_regex " + quoted(regex.pattern().postgres())
                + " flag \"" + flags + "\")";
    }

    private static String isObject(String value) {
        return "(" + value + ".type() == \"object\" && !" + isWrapper(value) + ")";
    }

    private static String isWrapper(String value) {
        var parts = new ArrayList<String>();
        for (var type : ValueType.values()) {
            if (!type.wrapper().isEmpty() && type != ValueType.CODE_WITH_SCOPE) {
                parts.add("exists(" + value + "." + quoted(type.wrapper()) + ")");
            }
        }
        return joined(parts, " || ", NEVER);
    }

    private static String path(List<String> steps) {
        return steps.stream().map(JsonPaths::key).collect(Collectors.joining());
    }

    private static String key(String step) {
        return "." + quoted(step);
    }

    /** JSON's escapes are also those of a path. */
    private static String quoted(String text) {
        return Values.write(JsonNodeFactory.instance.stringNode(text));
    }

    private static String joined(List<String> parts, String operator, String empty) {
        return parts.isEmpty()
                ? empty
                : parts.size() == 1
                        ? "(" + parts.getFirst() + ")"
                        : parts.stream().collect(Collectors.joining(operator, "(", ")"));
    }
}
