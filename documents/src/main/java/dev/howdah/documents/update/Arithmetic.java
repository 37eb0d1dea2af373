package dev.howdah.documents.update;

import dev.howdah.postgres.ConflictException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.function.BinaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Sums and products of stored numbers: exact for whole ones, which must stay within 64 bits, else with 34 digits, as
 * Decimal128 has them.
 */
final class Arithmetic {
    private static final String DOUBLE = "$numberDouble";
    private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private Arithmetic() {}

    /** Also NaN and the infinities, which JSON has no number for. */
    static boolean isNumber(JsonNode value) {
        return value.isNumber() || (value.isObject() && value.size() == 1 && value.has(DOUBLE));
    }

    static JsonNode sum(JsonNode left, JsonNode right) {
        return finite(left, right)
                ? of(left.decimalValue().add(right.decimalValue(), MathContext.DECIMAL128), left, right)
                : notFinite(left, right, Double::sum);
    }

    static JsonNode product(JsonNode left, JsonNode right) {
        return finite(left, right)
                ? of(left.decimalValue().multiply(right.decimalValue(), MathContext.DECIMAL128), left, right)
                : notFinite(left, right, (a, b) -> a * b);
    }

    /** What {@code $mul} makes of nothing. */
    static JsonNode zero() {
        return JsonNodeFactory.instance.numberNode(0);
    }

    private static boolean finite(JsonNode left, JsonNode right) {
        return left.isNumber() && right.isNumber();
    }

    private static JsonNode of(BigDecimal result, JsonNode left, JsonNode right) {
        if (!isWhole(left) || !isWhole(right)) {
            return JsonNodeFactory.instance.numberNode(result);
        }
        var whole = result.toBigInteger();
        if (whole.compareTo(MIN) < 0 || whole.compareTo(MAX) > 0) {
            throw new ConflictException("number-overflow", "the result " + whole + " does not fit 64 bits",
                    "use a fraction, such as 1.0, to compute with 34 digits instead");
        }
        return whole.bitLength() < Integer.SIZE
                ? JsonNodeFactory.instance.numberNode(whole.intValueExact())
                : JsonNodeFactory.instance.numberNode(whole.longValueExact());
    }

    private static boolean isWhole(JsonNode number) {
        return number.isIntegralNumber();
    }

    private static JsonNode notFinite(JsonNode left, JsonNode right, BinaryOperator<Double> operation) {
        double result = operation.apply(toDouble(left), toDouble(right));
        return JsonNodeFactory.instance.objectNode().put(DOUBLE, Double.toString(result));
    }

    private static double toDouble(JsonNode value) {
        return value.isNumber() ? value.doubleValue() : Double.parseDouble(value.path(DOUBLE).asString());
    }
}
