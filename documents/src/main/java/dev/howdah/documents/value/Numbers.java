package dev.howdah.documents.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Numbers of BSON's four types as JSON numbers, with a tag where the number alone would read back as another type. */
final class Numbers {
    /** Of Decimal128: digits, and the exponents of its last digit. */
    private static final int DECIMAL_DIGITS = 34;
    private static final int EXPONENT_MIN = -6176;
    private static final int EXPONENT_MAX = 6111;
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,19}");
    private static final Pattern FRACTION = Pattern
            .compile("[-+]?([0-9]{1,400}(\\.[0-9]{0,400})?|\\.[0-9]{1,400})([eE][-+]?[0-9]{1,5})?");
    private static final Pattern INFINITY = Pattern.compile("([-+]?)inf(inity)?", Pattern.CASE_INSENSITIVE);

    private Numbers() {}

    /** A stored number and its tag, if it needs one. */
    record StoredNumber(JsonNode node, Optional<String> tag) {}

    /** A plain JSON number; empty if no BSON type can hold it. */
    static Optional<StoredNumber> ofPlain(BigDecimal value) {
        if (value.scale() <= 0 && !"double".equals(Values.ruleType(value))) {
            return Optional
                    .of(new StoredNumber(JsonNodeFactory.instance.numberNode(value.longValueExact()),
                            Optional.empty()));
        }
        if (value.scale() > -EXPONENT_MIN + DECIMAL_DIGITS || value.scale() < -EXPONENT_MAX - DECIMAL_DIGITS) {
            return Optional.empty();
        }
        var nearest = value.doubleValue();
        if (Double.isFinite(nearest) && (new BigDecimal(Double.toString(nearest)).compareTo(value) == 0
                || new BigDecimal(nearest).compareTo(value) == 0)) {
            return Optional.of(ofDouble(nearest));
        }
        return isDecimal(value) ? Optional.of(ofDecimal(value, value.toString())) : Optional.empty();
    }

    static StoredNumber ofDouble(double value) {
        if (!Double.isFinite(value)) {
            return new StoredNumber(special(Double.toString(value)), Optional.empty());
        }
        if (value == 0) {
            return new StoredNumber(JsonNodeFactory.instance.numberNode(new BigDecimal("0.0")),
                    1 / value < 0 ? Optional.of("double:-0.0") : Optional.empty());
        }
        var exact = new BigDecimal(Double.toString(value));
        if (exact.stripTrailingZeros().scale() > 0) {
            return new StoredNumber(JsonNodeFactory.instance.numberNode(exact), Optional.empty());
        }
        var whole = exact.setScale(0);
        // a point behind what would else read back as int or long
        return new StoredNumber(JsonNodeFactory.instance
                .numberNode("double".equals(Values.ruleType(whole)) ? whole : exact.setScale(1)), Optional.empty());
    }

    /**
     * A number that Extended JSON gives with its type; empty if the wrapper is none of a number.
     *
     * @throws WrapperException if the text is not such a number
     */
    static Optional<StoredNumber> ofWrapper(ObjectNode given, String name) throws WrapperException {
        return switch (name) {
            case "$numberInt" -> Optional.of(whole(text(given, name), 32));
            case "$numberLong" -> Optional.of(whole(text(given, name), 64));
            case "$numberDouble" -> Optional.of(doubled(text(given, name)));
            case "$numberDecimal" -> Optional.of(decimal(text(given, name)));
            default -> Optional.empty();
        };
    }

    private static String text(ObjectNode given, String name) throws WrapperException {
        var text = given.get(name);
        if (given.size() != 1 || text == null || !text.isString()) {
            throw new WrapperException(name + " is not the only field with a text", "write {\"" + name + "\": \"5\"}");
        }
        return text.stringValue();
    }

    private static StoredNumber whole(String text, int bits) throws WrapperException {
        if (!WHOLE.matcher(text).matches() || new BigInteger(text).bitLength() >= bits) {
            throw new WrapperException("\"" + clipped(text) + "\" is not a whole number of " + bits + " bits",
                    "give a decimal number within its range");
        }
        var value = Long.parseLong(text);
        var tagged = bits == 64 && (int) value == value;
        return new StoredNumber(JsonNodeFactory.instance.numberNode(value),
                tagged ? Optional.of("long") : Optional.empty());
    }

    private static StoredNumber doubled(String text) throws WrapperException {
        if (text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity")) {
            return new StoredNumber(special(text), Optional.empty());
        }
        if (!FRACTION.matcher(text).matches() || Double.isInfinite(Double.parseDouble(text))) {
            throw new WrapperException("\"" + clipped(text) + "\" is not a double",
                    "give a number such as 1.5, or NaN, Infinity, -Infinity");
        }
        return ofDouble(Double.parseDouble(text));
    }

    private static StoredNumber decimal(String text) throws WrapperException {
        var infinity = INFINITY.matcher(text);
        if (infinity.matches()) {
            return new StoredNumber(special("-".equals(infinity.group(1)) ? "-Infinity" : "Infinity"),
                    Optional.of("decimal"));
        }
        if ("NaN".equalsIgnoreCase(text) || "-NaN".equalsIgnoreCase(text)) {
            return new StoredNumber(special("NaN"), Optional.of("decimal"));
        }
        if (FRACTION.matcher(text).matches()) {
            var value = fitted(new BigDecimal(text));
            if (isDecimal(value)) {
                var negativeZero = value.signum() == 0 && text.startsWith("-");
                return ofDecimal(value, (negativeZero ? "-" : "") + value);
            }
        }
        throw new WrapperException("\"" + clipped(text) + "\" is not a Decimal128",
                "give at most 34 digits and an exponent up to 6144");
    }

    /** Zeros are taken off or added where only that makes the number fit, as Decimal128 itself does. */
    private static BigDecimal fitted(BigDecimal value) {
        if (value.signum() == 0) {
            return value.setScale(Math.clamp(value.scale(), -EXPONENT_MAX, -EXPONENT_MIN));
        }
        if (value.scale() < -EXPONENT_MAX && value.scale() >= -EXPONENT_MAX - DECIMAL_DIGITS) {
            return value.setScale(-EXPONENT_MAX);
        }
        var stripped = value.stripTrailingZeros();
        if (isDecimal(value) || stripped.scale() > -EXPONENT_MIN) {
            return value;
        }
        var surplus = Math.max(value.precision() - DECIMAL_DIGITS, value.scale() + EXPONENT_MIN);
        return value.scale() - surplus >= stripped.scale() ? value.setScale(value.scale() - surplus) : value;
    }

    private static boolean isDecimal(BigDecimal value) {
        return value.precision() <= DECIMAL_DIGITS && -value.scale() >= EXPONENT_MIN && -value.scale() <= EXPONENT_MAX;
    }

    /** The tag keeps the text where JSONB writes the number in another way: it knows no exponent and no negative zero. */
    private static StoredNumber ofDecimal(BigDecimal value, String text) {
        var plain = value.scale() < 0 ? value.setScale(0) : value;
        return new StoredNumber(JsonNodeFactory.instance.numberNode(plain),
                Optional.of(text.equals(plain.toString()) ? "decimal" : "decimal:" + text));
    }

    private static ObjectNode special(String text) {
        return JsonNodeFactory.instance.objectNode().put("$numberDouble", text);
    }

    private static String clipped(String text) {
        return text.length() <= 50 ? text : text.substring(0, 50) + "...";
    }
}
