package dev.howdah.documents.query;

import dev.howdah.documents.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

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
    static final String NEVER = "(1 == 0)";
    static final String ALWAYS = "(1 == 1)";

    /** The predicate for documents. */
    static String predicate(Filter filter) {
        return predicate(filter, "$");
    }

    private JsonPaths() {}

    /** @param root the value that the filter is about: the document, or the element at hand */
    private static String predicate(Filter filter, String root) {
        return switch (filter) {
            case Filter.And and ->
                JsonPathValues.joined(and.filters().stream().map(part -> predicate(part, root)).toList(), " && ",
                        ALWAYS);
            case Filter.Or or ->
                JsonPathValues.joined(or.filters().stream().map(part -> predicate(part, root)).toList(), " || ", NEVER);
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
                JsonPathValues.joined(and.filters().stream().map(part -> negation(part, root)).toList(), " || ", NEVER);
            case Filter.Or or ->
                JsonPathValues.joined(or.filters().stream().map(part -> negation(part, root)).toList(), " && ", ALWAYS);
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
            parts.add("exists(" + path + " ? " + JsonPathValues.single(test, "@") + ")");
        }
        if (testsArrays(test)) {
            var last = JsonPathValues.key(steps.getLast());
            parts.add(steps.size() == 1
                    ? whole(test, root + last)
                    : "exists(" + root + path(steps.subList(0, steps.size() - 1)) + " ? (@.type() == \"object\" && "
                            + whole(test, "@" + last) + "))");
        }
        return JsonPathValues.joined(parts, " || ", NEVER);
    }

    /** At an object: a digit may be a name, or an index if an array is there. */
    private static String stepwise(String object, List<String> steps, Filter.Test test) {
        var child = object + JsonPathValues.key(steps.getFirst());
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
        var child = object + JsonPathValues.key(steps.getFirst());
        var rest = steps.subList(1, steps.size());
        var gone = "!exists(" + child + ")";
        if (rest.isEmpty()) {
            return "(" + gone + ")";
        }
        var scalar = child + ".type() != \"array\" && (" + child + ".type() != \"object\" || "
                + JsonPathValues.isWrapper(child) + ")";
        var below = "exists(" + child + " ? (" + JsonPathValues.isObject("@") + " && " + missing("@", rest) + "))";
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
        var below = "exists(" + element + " ? (" + JsonPathValues.isObject("@") + " && " + missing("@", rest) + "))";
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
            parts.add(JsonPathValues.single(test, value));
        }
        if (testsArrays(test) && !(test instanceof Filter.In)) {
            parts.add(whole(test, value));
        }
        return JsonPathValues.joined(parts, " || ", NEVER);
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
                JsonPathValues.joined(
                        in.values().stream().filter(JsonNode::isArray).map(value -> JsonPathValues.equal(array, value))
                                .toList(),
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
                : "(" + JsonPathValues.isObject("@") + " && " + predicate(filter, "@") + ")";
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

    private static String path(List<String> steps) {
        return steps.stream().map(JsonPathValues::key).collect(Collectors.joining());
    }
}
