package dev.howdah.documents.query;

import dev.howdah.documents.value.ValueType;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Ranges of the keys of a B-tree that have at least what matches. JSONB sorts null, text, numbers, booleans, objects; so
 * the ends of a type are written down here, and what belongs to a type but is kept as another (infinity, far dates) is
 * added.
 */
final class KeyRange {
    /** No number that a document may hold is below it. */
    private static final String LEAST_NUMBER = "'-1e6145'";

    private KeyRange() {}

    static boolean serves(Filter.Range range, boolean textInCodePoints) {
        return switch (ValueType.of(range.operand())) {
            case NUMBER -> range.operand().isNumber();
            case DATE, OBJECT_ID -> true;
            case STRING -> textInCodePoints;
            case MIN_KEY, UNDEFINED, NULL, SYMBOL, OBJECT, ARRAY, BINARY, BOOLEAN, TIMESTAMP, REGEX, DB_POINTER, CODE,
                    CODE_WITH_SCOPE, MAX_KEY ->
                false;
        };
    }

    /** All ranges of one key: a lone value must lie in each of them. */
    static String condition(String key, List<Filter.Range> ranges, Parameters parameters) {
        var within = ranges.stream().map(range -> end(key, range, parameters)).collect(Collectors.joining(" AND "));
        var types = ranges.stream().map(range -> ValueType.of(range.operand())).distinct().toList();
        var beside = types.contains(ValueType.NUMBER)
                ? key + " = ANY ('{\"[]\",\"{\\\"$numberDouble\\\": \\\"Infinity\\\"}\",\"{\\\"$numberDouble\\\": \\\"-Infinity\\\"}\"}'::jsonb[])"
                : key + " = '[]'::jsonb";
        var far = types.contains(ValueType.DATE)
                ? " OR " + key + " >= '{\"$date\": {\"$numberLong\": \"\"}}' AND " + key
                        + " <= '{\"$date\": {\"$numberLong\": \"z\"}}'"
                : "";
        return "(" + within + " OR " + beside + far + ")";
    }

    private static String end(String key, Filter.Range range, Parameters parameters) {
        var given = key + " " + range.comparison().symbol() + " " + parameters.json(range.operand());
        var upwards = range.comparison().accepts(1);
        return given + " AND " + key + (upwards ? " < " + top(range.operand()) : " > " + bottom(range.operand()));
    }

    private static String top(JsonNode operand) {
        return switch (ValueType.of(operand)) {
            case NUMBER -> "'false'";
            case STRING -> LEAST_NUMBER;
            case DATE -> "'{\"$date\": false}'";
            default -> "'{\"$oid\": false}'";
        };
    }

    private static String bottom(JsonNode operand) {
        return switch (ValueType.of(operand)) {
            case NUMBER -> LEAST_NUMBER;
            case STRING -> "'null'"; // the empty text belongs to it
            case DATE -> "'{\"$date\": \"\"}'";
            default -> "'{\"$oid\": \"\"}'";
        };
    }
}
