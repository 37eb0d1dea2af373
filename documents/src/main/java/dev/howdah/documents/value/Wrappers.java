package dev.howdah.documents.value;

import java.time.DateTimeException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The objects of Extended JSON that stand for values which JSON has not; each is checked and written in one way. */
final class Wrappers {
    private static final String KNOWN = "$oid, $date, $binary, $uuid, $numberInt, $numberLong, $numberDouble, $numberDecimal, "
            + "$regularExpression, $timestamp, $minKey, $maxKey, $code, $scope, $symbol, $dbPointer, $undefined";
    private static final Pattern OBJECT_ID = Pattern.compile("[0-9a-f]{24}");
    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern SUBTYPE = Pattern.compile("[0-9a-f]{1,2}");

    private Wrappers() {}

    /** @throws WrapperException if the object is not what its first field says, or the field is unknown */
    static ObjectNode stored(ObjectNode given, String name) throws WrapperException {
        var value = given.path(name);
        check(given.size() == 1, name + " stands beside other fields", "an object of Extended JSON has one field");
        return switch (name) {
            case "$oid" -> objectId(value);
            case "$date" -> date(value);
            case "$binary" -> binary(value);
            case "$uuid" -> uuid(value);
            case "$regularExpression" -> regex(value);
            case "$timestamp" -> timestamp(value);
            case "$minKey", "$maxKey" -> constant(name, value.isNumber() && value.asInt(0) == 1, 1);
            case "$undefined" -> {
                check(value.isBoolean() && value.booleanValue(), name + " is not true", "write {\"$undefined\": true}");
                yield node().put(name, true);
            }
            case "$code", "$symbol" -> node().put(name, text(value, name));
            case "$dbPointer" -> dbPointer(value);
            default -> throw new WrapperException("\"" + name + "\" is not a type of Extended JSON",
                    "field names do not begin with $; known are " + KNOWN);
        };
    }

    private static ObjectNode objectId(JsonNode value) throws WrapperException {
        var hex = text(value, "$oid").toLowerCase(Locale.ROOT);
        check(OBJECT_ID.matcher(hex).matches(), "$oid is not 24 hexadecimal digits", "give 12 bytes in hexadecimal");
        return node().put("$oid", hex);
    }

    private static ObjectNode date(JsonNode value) throws WrapperException {
        try {
            if (value.isString()) {
                return Dates.of(Dates.parse(value.stringValue()));
            }
            if (value.isIntegralNumber() && value.canConvertToLong()) {
                return Dates.of(value.longValue());
            }
            if (value.isObject() && value.size() == 1 && value.path("$numberLong").isString()) {
                return Dates.of(Long.parseLong(value.path("$numberLong").stringValue()));
            }
        } catch (DateTimeException | NumberFormatException | ArithmeticException e) {
            throw new WrapperException("$date is not a date: " + e.getMessage(),
                    "give ISO 8601 with an offset, such as 2020-01-01T00:00:00Z, or {\"$numberLong\": \"milliseconds\"}");
        }
        throw new WrapperException("$date is neither a text nor a number",
                "give ISO 8601 with an offset, such as 2020-01-01T00:00:00Z, or {\"$numberLong\": \"milliseconds\"}");
    }

    private static ObjectNode binary(JsonNode value) throws WrapperException {
        check(value.isObject() && value.size() == 2, "$binary is not an object of base64 and subType",
                "write {\"$binary\": {\"base64\": \"...\", \"subType\": \"00\"}}");
        var subtype = text(value.path("subType"), "$binary/subType").toLowerCase(Locale.ROOT);
        check(SUBTYPE.matcher(subtype).matches(), "subType is not two hexadecimal digits", "give 00 to ff");
        try {
            return binary(Base64.getDecoder().decode(text(value.path("base64"), "$binary/base64")),
                    subtype.length() == 1 ? "0" + subtype : subtype);
        } catch (IllegalArgumentException e) {
            throw new WrapperException("base64 is not base64: " + e.getMessage(), "encode the bytes with padding");
        }
    }

    private static ObjectNode binary(byte[] bytes, String subtype) {
        var node = node();
        node.putObject("$binary").put("base64", Base64.getEncoder().encodeToString(bytes)).put("subType", subtype);
        return node;
    }

    private static ObjectNode uuid(JsonNode value) throws WrapperException {
        var text = text(value, "$uuid").toLowerCase(Locale.ROOT);
        check(UUID_TEXT.matcher(text).matches(), "$uuid is not a UUID", "give 32 hexadecimal digits with hyphens");
        return binary(HexFormat.of().parseHex(UUID.fromString(text).toString().replace("-", "")), "04");
    }

    private static ObjectNode regex(JsonNode value) throws WrapperException {
        check(value.isObject() && value.size() == 2, "$regularExpression is not an object of pattern and options",
                "write {\"$regularExpression\": {\"pattern\": \"...\", \"options\": \"\"}}");
        var pattern = text(value.path("pattern"), "$regularExpression/pattern");
        var options = text(value.path("options"), "$regularExpression/options");
        check((pattern + options).indexOf('\0') < 0, "the regular expression contains U+0000", "remove it");
        var sorted = options.chars().sorted().distinct()
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        var node = node();
        node.putObject("$regularExpression").put("pattern", pattern).put("options", sorted);
        return node;
    }

    private static ObjectNode timestamp(JsonNode value) throws WrapperException {
        check(value.isObject() && value.size() == 2 && isUnsigned(value.path("t")) && isUnsigned(value.path("i")),
                "$timestamp is not an object of t and i, each 0 to 4294967295",
                "write {\"$timestamp\": {\"t\": 1700000000, \"i\": 1}}");
        var node = node();
        node.putObject("$timestamp").put("t", value.path("t").longValue()).put("i", value.path("i").longValue());
        return node;
    }

    private static boolean isUnsigned(JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToLong() && number.longValue() >= 0
                && number.longValue() <= 0xffffffffL;
    }

    private static ObjectNode dbPointer(JsonNode value) throws WrapperException {
        check(value.isObject() && value.size() == 2 && value.path("$id").isObject(),
                "$dbPointer is not an object of $ref and $id",
                "write {\"$dbPointer\": {\"$ref\": \"...\", \"$id\": {\"$oid\": \"...\"}}}");
        var node = node();
        node.putObject("$dbPointer").put("$ref", text(value.path("$ref"), "$dbPointer/$ref")).set("$id",
                objectId(value.path("$id").path("$oid")));
        return node;
    }

    private static ObjectNode constant(String name, boolean valid, int value) throws WrapperException {
        check(valid, name + " is not 1", "write {\"" + name + "\": 1}");
        return node().put(name, value);
    }

    private static String text(JsonNode value, String name) throws WrapperException {
        check(value.isString(), name + " is not a text", "give a text");
        return value.stringValue();
    }

    private static void check(boolean valid, String problem, String remedy) throws WrapperException {
        if (!valid) {
            throw new WrapperException(problem, remedy);
        }
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }
}
