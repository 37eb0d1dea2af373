package dev.howdah.documents.query;

import dev.howdah.documents.query.Filter.Comparison;
import dev.howdah.documents.value.ValueOrder;
import dev.howdah.documents.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The tests of single values as predicates of SQL/JSON path. Each names the type it expects, so that it is never unknown. */
final class JsonPathValues {
    private JsonPathValues() {}

    /** A single value that no filter unwraps any more. */
    static String single(Filter.Test test, String value) {
        return switch (test) {
            case Filter.In in -> in(in, value);
            case Filter.Range range -> range(range, value);
            case Filter.Type type ->
                joined(type.types().stream().sorted().map(wanted -> type(wanted, value)).toList(), " || ",
                        JsonPaths.NEVER);
            case Filter.Mod mod -> mod(mod, value);
            case Filter.Regex regex -> regex(regex, value);
            case Filter.Exists _ -> JsonPaths.ALWAYS;
            case Filter.Size _,Filter.ElemMatch _ -> JsonPaths.NEVER;
        };
    }

    private static String in(Filter.In in, String value) {
        var parts = new ArrayList<String>();
        in.values().forEach(wanted -> parts.add(equal(value, wanted)));
        in.patterns().forEach(pattern -> parts.add(regex(pattern, value)));
        return joined(parts, " || ", JsonPaths.NEVER);
    }

    /** Exactly this value, whatever is in it; without the order of fields. */
    static String equal(String value, JsonNode wanted) {
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
        return joined(parts, " && ", JsonPaths.ALWAYS);
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
        return joined(parts, " && ", JsonPaths.ALWAYS);
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
            if (comparison.accepts(ValueOrder.INSTANCE.compare(node, operand))) {
                parts.add(equal(value, node));
            }
        }
        return joined(parts, " || ", JsonPaths.NEVER);
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

    static String isObject(String value) {
        return "(" + value + ".type() == \"object\" && !" + isWrapper(value) + ")";
    }

    static String isWrapper(String value) {
        var parts = new ArrayList<String>();
        for (var type : ValueType.values()) {
            if (!type.wrapper().isEmpty() && type != ValueType.CODE_WITH_SCOPE) {
                parts.add("exists(" + value + "." + quoted(type.wrapper()) + ")");
            }
        }
        return joined(parts, " || ", JsonPaths.NEVER);
    }

    static String key(String step) {
        return "." + quoted(step);
    }

    /** JSON's escapes are also those of a path. */
    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
    }

    static String joined(List<String> parts, String operator, String empty) {
        return parts.isEmpty()
                ? empty
                : parts.size() == 1
                        ? "(" + parts.getFirst() + ")"
                        : parts.stream().collect(Collectors.joining(operator, "(", ")"));
    }
}
