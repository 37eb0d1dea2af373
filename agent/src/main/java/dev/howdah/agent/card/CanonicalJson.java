package dev.howdah.agent.card;

import dev.howdah.postgres.InvalidInputException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import tools.jackson.databind.JsonNode;

/**
 * The one way to write a JSON value as bytes, so that all who sign it sign the same: RFC 8785. Names are sorted by their
 * UTF-16 units, there is no white space, texts escape only what they must, and numbers are doubles in ECMAScript's notation.
 */
final class CanonicalJson {
    /** ECMAScript writes numbers up to this many digits before the point, and down to as many zeros behind it, without exponent. */
    private static final int WHOLE_DIGITS_MAX = 21;
    private static final int LEADING_ZEROS_MAX = 6;

    private final StringBuilder text = new StringBuilder();

    private CanonicalJson() {}

    /**
     * Writes a value.
     *
     * @return UTF-8
     * @throws InvalidInputException if it holds half of a surrogate pair, or a number that is no finite double
     */
    static byte[] of(JsonNode value) {
        var writer = new CanonicalJson();
        writer.write(value);
        return writer.text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void write(JsonNode value) {
        switch (value.getNodeType()) {
            case OBJECT -> writeObject(value);
            case ARRAY -> writeArray(value);
            case STRING -> writeText(value.asString());
            case NUMBER -> text.append(number(value.numberValue().doubleValue()));
            case BOOLEAN -> text.append(value.booleanValue());
            case NULL -> text.append("null");
            case BINARY, MISSING, POJO -> throw new IllegalArgumentException(value.getNodeType() + " is no JSON");
        }
    }

    private void writeObject(JsonNode object) {
        var names = new ArrayList<>(object.propertyNames());
        Collections.sort(names);
        text.append('{');
        for (int i = 0; i < names.size(); i++) {
            var name = names.get(i);
            separate(i == 0);
            writeText(name);
            text.append(':');
            write(object.path(name));
        }
        text.append('}');
    }

    private void writeArray(JsonNode array) {
        text.append('[');
        for (int i = 0; i < array.size(); i++) {
            separate(i == 0);
            write(array.path(i));
        }
        text.append(']');
    }

    private void separate(boolean first) {
        if (!first) {
            text.append(',');
        }
    }

    private void writeText(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\b' -> text.append("\\b");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\f' -> text.append("\\f");
                case '\r' -> text.append("\\r");
                default -> {
                    if (c < ' ') {
                        text.append("\\u%04x".formatted((int) c));
                    } else {
                        checkPaired(value, i);
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    private static void checkPaired(String value, int at) {
        char c = value.charAt(at);
        boolean paired = Character.isHighSurrogate(c)
                ? at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1))
                : !Character.isLowSurrogate(c) || (at > 0 && Character.isHighSurrogate(value.charAt(at - 1)));
        if (!paired) {
            throw new InvalidInputException("json-not-canonical", "", "a text holds half of a surrogate pair",
                    "send valid Unicode");
        }
    }

    /** ECMAScript's Number::toString. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            throw new InvalidInputException("json-not-canonical", "", "a number is larger than a double can be",
                    "send it as a text");
        }
        if (value == 0) {
            return "0";
        }
        var shortest = shortest(Math.abs(value));
        var digits = shortest.unscaledValue().toString();
        return (value < 0 ? "-" : "") + notation(digits, digits.length() - shortest.scale());
    }

    /**
     * The shortest decimal that is read as this double, without zeros at its end. Java's own is the shortest of at least two
     * digits, so that one digit may still do: 5e-324, for which Java writes 4.9E-324.
     */
    private static BigDecimal shortest(double value) {
        var shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (shortest.precision() == 2) {
            var rounded = shortest.round(new MathContext(1));
            if (rounded.doubleValue() == value) {
                return rounded.stripTrailingZeros();
            }
        }
        return shortest;
    }

    /**
     * Writes digits.
     *
     * @param point how many digits stand before the decimal point; may be negative, or more than there are
     */
    private static String notation(String digits, int point) {
        if (digits.length() <= point && point <= WHOLE_DIGITS_MAX) {
            return digits + "0".repeat(point - digits.length());
        }
        if (0 < point && point <= WHOLE_DIGITS_MAX) {
            return digits.substring(0, point) + "." + digits.substring(point);
        }
        if (-LEADING_ZEROS_MAX < point && point <= 0) {
            return "0." + "0".repeat(-point) + digits;
        }
        int exponent = point - 1;
        var mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
    }
}
