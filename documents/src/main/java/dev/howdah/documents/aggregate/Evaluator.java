package dev.howdah.documents.aggregate;

import dev.howdah.documents.query.Expressions;
import dev.howdah.documents.value.Dates;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.ValueType;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Computes expressions on stored documents; null stands for a missing value. Numbers are added and multiplied as decimals
 * of 34 digits, divided as doubles.
 */
final class Evaluator {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String stage;

    Evaluator(String stage) {
        this.stage = stage;
    }

    @Nullable
    JsonNode value(Value value, JsonNode document) {
        return switch (value) {
            case Value.Path path -> Expressions.at(document, path.path().steps());
            case Value.Root _ -> document;
            case Value.Literal literal -> literal.value();
            case Value.Fields fields -> fields(fields, document);
            case Value.Elements elements -> elements(elements, document);
            case Value.Call call -> call(call.operator(), call.operands(), document);
        };
    }

    private JsonNode fields(Value.Fields fields, JsonNode document) {
        var object = NODES.objectNode();
        fields.fields().forEach((name, field) -> {
            var value = value(field, document);
            if (value != null) {
                object.set(name, value);
            }
        });
        return object;
    }

    private JsonNode elements(Value.Elements elements, JsonNode document) {
        var array = NODES.arrayNode();
        elements.elements().forEach(element -> {
            var value = value(element, document);
            array.add(value == null ? NODES.nullNode() : value);
        });
        return array;
    }

    private @Nullable JsonNode call(Value.Operator operator, List<Value> operands, JsonNode document) {
        return switch (operator) {
            case ADD, MULTIPLY -> fold(operator, operands, document);
            case SUBTRACT, DIVIDE ->
                binary(operator, value(operands.get(0), document), value(operands.get(1), document));
            case CONCAT -> concat(operands, document);
            case TO_LOWER ->
                NODES.stringNode(text(operator, value(operands.getFirst(), document)).toLowerCase(Locale.ROOT));
            case TO_UPPER ->
                NODES.stringNode(text(operator, value(operands.getFirst(), document)).toUpperCase(Locale.ROOT));
            case COND -> value(operands.get(isTrue(value(operands.get(0), document)) ? 1 : 2), document);
            case IF_NULL -> ifNull(operands, document);
            case EQ, NE, GT, GTE, LT, LTE -> NODES.booleanNode(accepts(operator,
                    Expressions.compare(value(operands.get(0), document), value(operands.get(1), document))));
            case AND -> NODES.booleanNode(operands.stream().allMatch(operand -> isTrue(value(operand, document))));
            case OR -> NODES.booleanNode(operands.stream().anyMatch(operand -> isTrue(value(operand, document))));
            case NOT -> NODES.booleanNode(!isTrue(value(operands.getFirst(), document)));
            case SIZE -> size(value(operands.getFirst(), document));
            case DATE_TO_STRING -> dateToString(value(operands.get(0), document), value(operands.get(1), document));
        };
    }

    private static boolean accepts(Value.Operator operator, int order) {
        return switch (operator) {
            case EQ -> order == 0;
            case NE -> order != 0;
            case GT -> order > 0;
            case GTE -> order >= 0;
            case LT -> order < 0;
            default -> order <= 0;
        };
    }

    private @Nullable JsonNode ifNull(List<Value> operands, JsonNode document) {
        for (var operand : operands) {
            var value = value(operand, document);
            if (!isNull(value)) {
                return value;
            }
        }
        return value(operands.getLast(), document);
    }

    private @Nullable JsonNode fold(Value.Operator operator, List<Value> operands, JsonNode document) {
        var result = value(operands.getFirst(), document);
        for (var operand : operands.subList(1, operands.size())) {
            result = binary(operator, result, value(operand, document));
        }
        return operands.size() == 1
                ? binary(operator, result, NODES.numberNode(operator == Value.Operator.ADD ? 0 : 1))
                : result;
    }

    private JsonNode binary(Value.Operator operator, @Nullable JsonNode a, @Nullable JsonNode b) {
        if (isNull(a) || isNull(b) || a == null || b == null) {
            return NODES.nullNode();
        }
        if (ValueType.of(a) == ValueType.DATE || ValueType.of(b) == ValueType.DATE) {
            return dates(operator, a, b);
        }
        return compute(operator, number(operator, a), number(operator, b));
    }

    private JsonNode compute(Value.Operator operator, JsonNode a, JsonNode b) {
        var divides = operator == Value.Operator.DIVIDE;
        if (divides && b.isNumber() && b.decimalValue().signum() == 0) {
            throw failed("$divide divides by zero", "test the divisor with $cond");
        }
        if (divides || !a.isNumber() || !b.isNumber()) { // NaN and infinities are doubles
            return ofDouble(compute(operator, asDouble(a), asDouble(b)));
        }
        var x = a.decimalValue();
        var y = b.decimalValue();
        var result = switch (operator) {
            case ADD -> x.add(y, MathContext.DECIMAL128);
            case SUBTRACT -> x.subtract(y, MathContext.DECIMAL128);
            default -> x.multiply(y, MathContext.DECIMAL128);
        };
        return ofDecimal(result);
    }

    private static double compute(Value.Operator operator, double x, double y) {
        return switch (operator) {
            case ADD -> x + y;
            case SUBTRACT -> x - y;
            case MULTIPLY -> x * y;
            default -> x / y;
        };
    }

    static JsonNode ofDouble(double value) {
        return Values.normaliseValue(NODES.numberNode(value), DocumentLimits.DEFAULT).value();
    }

    static JsonNode ofDecimal(BigDecimal value) {
        return value.scale() <= 0 && value.precision() - value.scale() < 19
                ? NODES.numberNode(value.longValueExact())
                : NODES.numberNode(value.scale() < 0 ? value.setScale(0) : value);
    }

    static double asDouble(JsonNode number) {
        return number.isNumber()
                ? number.doubleValue()
                : Double.parseDouble(number.path("$numberDouble").stringValue());
    }

    private JsonNode dates(Value.Operator operator, JsonNode a, JsonNode b) {
        var firstIsDate = ValueType.of(a) == ValueType.DATE;
        var secondIsDate = ValueType.of(b) == ValueType.DATE;
        if (operator == Value.Operator.SUBTRACT && firstIsDate && secondIsDate) {
            return NODES.numberNode(Math.subtractExact(Dates.millis(a), Dates.millis(b)));
        }
        if (operator == Value.Operator.ADD && firstIsDate != secondIsDate) {
            return moved(firstIsDate ? a : b, millis(firstIsDate ? b : a));
        }
        if (operator == Value.Operator.SUBTRACT && firstIsDate) {
            return moved(a, -millis(b));
        }
        throw failed(operator.keyword() + " is given dates in this way",
                "add milliseconds to a date, or subtract from one");
    }

    private JsonNode moved(JsonNode date, long millis) {
        try {
            return Dates.of(Math.addExact(Dates.millis(date), millis));
        } catch (ArithmeticException e) {
            throw failed("a date goes beyond what 64 bits of milliseconds hold", "use smaller numbers");
        }
    }

    private long millis(JsonNode number) {
        if (!number.isNumber() || number.decimalValue().abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) >= 0) {
            throw failed("a date is moved by " + number, "use milliseconds");
        }
        return number.decimalValue().setScale(0, RoundingMode.HALF_UP).longValueExact();
    }

    private JsonNode concat(List<Value> operands, JsonNode document) {
        var text = new StringBuilder();
        for (var operand : operands) {
            var value = value(operand, document);
            if (isNull(value)) {
                return NODES.nullNode();
            }
            if (value == null || !value.isString()) {
                throw failed("$concat is given a value of type " + ValueType.of(value).alias(), "give it texts");
            }
            text.append(value.stringValue());
        }
        return NODES.stringNode(text.toString());
    }

    private String text(Value.Operator operator, @Nullable JsonNode value) {
        if (value == null || isNull(value)) {
            return "";
        }
        if (!value.isString()) {
            throw failed(operator.keyword() + " is given a value of type " + ValueType.of(value).alias(),
                    "give it a text");
        }
        return value.stringValue();
    }

    private JsonNode size(@Nullable JsonNode value) {
        if (value == null || !value.isArray()) {
            throw failed("$size is given a value of type " + (value == null ? "missing" : ValueType.of(value).alias()),
                    "give it an array, such as {\"$ifNull\": [\"$field\", []]}");
        }
        return NODES.numberNode(value.size());
    }

    private JsonNode dateToString(@Nullable JsonNode date, @Nullable JsonNode format) {
        if (date == null || isNull(date)) {
            return NODES.nullNode();
        }
        if (ValueType.of(date) != ValueType.DATE || format == null || !format.isString()) {
            throw failed("$dateToString is given a value of type " + ValueType.of(date).alias(),
                    "give it a date and a format");
        }
        return NODES.stringNode(formatted(Instant.ofEpochMilli(Dates.millis(date)), format.stringValue()));
    }

    private String formatted(Instant instant, String format) {
        var time = instant.atOffset(ZoneOffset.UTC);
        var text = new StringBuilder();
        var part = false;
        for (int i = 0; i < format.length(); i++) {
            var c = format.charAt(i);
            if (part) {
                text.append(formatted(time, c, format));
            } else if (c != '%') {
                text.append(c);
            }
            part = !part && c == '%';
        }
        return text.toString();
    }

    private String formatted(OffsetDateTime time, char part, String format) {
        return switch (part) {
            case 'Y' -> String.format(Locale.ROOT, "%04d", time.getYear());
            case 'm' -> String.format(Locale.ROOT, "%02d", time.getMonthValue());
            case 'd' -> String.format(Locale.ROOT, "%02d", time.getDayOfMonth());
            case 'H' -> String.format(Locale.ROOT, "%02d", time.getHour());
            case 'M' -> String.format(Locale.ROOT, "%02d", time.getMinute());
            case 'S' -> String.format(Locale.ROOT, "%02d", time.getSecond());
            case 'L' -> String.format(Locale.ROOT, "%03d", time.getNano() / 1_000_000);
            case 'j' -> String.format(Locale.ROOT, "%03d", time.getDayOfYear());
            case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
            case 'z' -> "+0000";
            case '%' -> "%";
            default -> throw failed("the format \"" + format + "\" has an unknown part",
                    "supported are %Y %m %d %H %M %S %L %j %u %z %%");
        };
    }

    private JsonNode number(Value.Operator operator, JsonNode value) {
        if (ValueType.of(value) != ValueType.NUMBER) {
            throw failed(operator.keyword() + " is given a value of type " + ValueType.of(value).alias(),
                    "give it numbers");
        }
        return value;
    }

    /** Everything but false, null, missing and zero. */
    static boolean isTrue(@Nullable JsonNode value) {
        return value != null && switch (ValueType.of(value)) {
            case NULL, UNDEFINED -> false;
            case BOOLEAN -> value.booleanValue();
            case NUMBER -> !value.isNumber() || value.decimalValue().signum() != 0;
            default -> true;
        };
    }

    static boolean isNull(@Nullable JsonNode value) {
        var type = ValueType.of(value);
        return type == ValueType.NULL || type == ValueType.UNDEFINED;
    }

    private InvalidInputException failed(String problem, String remedy) {
        return new InvalidInputException("aggregation-failed", stage, problem, remedy);
    }
}
