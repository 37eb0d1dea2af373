package dev.howdah.documents.aggregate;

import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.ValueType;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads expressions. */
final class ValueParser {
    private static final int DEPTH_MAX = 50;
    private static final Set<String> NUMBERS = Set.of("$numberInt", "$numberLong", "$numberDouble", "$numberDecimal",
            "$uuid");

    private final String stage;

    /** @param stage for messages */
    ValueParser(String stage) {
        this.stage = stage;
    }

    Value parse(JsonNode given) {
        return parse(given, 1);
    }

    private Value parse(JsonNode given, int depth) {
        if (depth > DEPTH_MAX) {
            throw invalid("an expression is nested deeper than " + DEPTH_MAX + " levels", "flatten it");
        }
        if (given.isString() && given.stringValue().startsWith("$")) {
            return reference(given.stringValue());
        }
        if (given.isArray()) {
            return new Value.Elements(given.valueStream().map(element -> parse(element, depth + 1)).toList());
        }
        if (!given.isObject() || isWrapper(given)) {
            return new Value.Literal(stored(given));
        }
        return object(given, depth);
    }

    private static Value reference(String text) {
        if (text.equals("$$ROOT") || text.equals("$$CURRENT")) {
            return new Value.Root();
        }
        var name = text.startsWith("$$ROOT.")
                ? text.substring(7)
                : text.startsWith("$$CURRENT.")
                        ? text.substring(10)
                        : text.substring(1);
        return new Value.Path(FieldPath.parse(name));
    }

    private Value object(JsonNode given, int depth) {
        var fields = new LinkedHashMap<String, Value>();
        for (var entry : given.properties()) {
            var name = entry.getKey();
            if (name.startsWith("$")) {
                if (given.size() > 1) {
                    throw invalid("the operator " + name + " stands beside other fields",
                            "give it an object of its own");
                }
                return name.equals("$literal")
                        ? new Value.Literal(stored(entry.getValue()))
                        : call(name, entry.getValue(), depth);
            }
            fields.put(name, parse(entry.getValue(), depth + 1));
        }
        return new Value.Fields(fields);
    }

    private Value call(String name, JsonNode given, int depth) {
        var operator = Value.Operator.of(name).orElseThrow(() -> invalid("the operator " + name + " is not supported",
                "supported are " + Value.Operator.supported() + ", $literal"));
        var operands = operands(operator, given).stream().map(operand -> parse(operand, depth + 1)).toList();
        if (!operator.takes(operands.size())) {
            throw invalid(name + " is given " + operands.size() + " operands", "correct their number");
        }
        return new Value.Call(operator, operands);
    }

    private List<JsonNode> operands(Value.Operator operator, JsonNode given) {
        if (operator == Value.Operator.COND && given.isObject()) {
            return named(operator, given, "if", "then", "else");
        }
        if (operator == Value.Operator.DATE_TO_STRING) {
            var full = given.isObject() && !given.has("format")
                    ? JsonNodeFactory.instance.objectNode().setAll(given.asObject()).put("format",
                            "%Y-%m-%dT%H:%M:%S.%LZ")
                    : given;
            return named(operator, full, "date", "format");
        }
        return given.isArray() ? List.copyOf(given.values()) : List.of(given);
    }

    private List<JsonNode> named(Value.Operator operator, JsonNode given, String... names) {
        var operands = new ArrayList<JsonNode>();
        for (var name : names) {
            var operand = given.get(name);
            if (operand == null || given.size() != names.length) {
                throw invalid(operator.keyword() + " is given " + given, "give it " + String.join(", ", names));
            }
            operands.add(operand);
        }
        return operands;
    }

    private static boolean isWrapper(JsonNode given) {
        var type = ValueType.of(given);
        return (type != ValueType.OBJECT)
                || (given.size() == 1 && NUMBERS.contains(given.propertyNames().iterator().next()));
    }

    private static JsonNode stored(JsonNode given) {
        return Values.normaliseValue(given, DocumentLimits.DEFAULT).value();
    }

    private InvalidInputException invalid(String problem, String remedy) {
        return new InvalidInputException("pipeline-invalid", stage, problem, remedy);
    }
}
