package dev.howdah.operations.imports;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.bson.types.Decimal128;
import tools.jackson.databind.JsonNode;

/**
 * 64-bit checksums of values, by what they mean: canonical and relaxed Extended JSON of the same value have the same one, and
 * the order of fields does not count. It reads Extended JSON by itself, so that it also finds what the code that stores
 * documents might lose. A collection's checksum is the sum of its records', which does not depend on their order.
 *
 * <p>
 * Meant against mistakes, not against attackers: FNV-1a with the final mix of MurmurHash3.
 */
final class Checksums {
    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;
    private static final int NULL = 1;
    private static final int BOOLEAN = 2;
    private static final int INT = 3;
    private static final int LONG = 4;
    private static final int DOUBLE = 5;
    private static final int DECIMAL = 6;
    private static final int TEXT = 7;
    private static final int ARRAY = 8;
    private static final int OBJECT = 9;
    private static final int BYTES = 10;
    private static final int DATE = 11;
    private static final int SCALAR = 12;

    private Checksums() {}

    /** Of bytes. */
    static long of(byte[] bytes) {
        long hash = BASIS ^ BYTES;
        for (byte b : bytes) {
            hash = (hash ^ (b & 0xff)) * PRIME;
        }
        return mixed(hash);
    }

    /** Of a key and the checksum of its content. */
    static long of(byte[] key, long content) {
        return mixed(of(key) * PRIME + content);
    }

    /** Of a value in Extended JSON. */
    static long of(JsonNode value) {
        if (value.isString()) {
            return text(TEXT, value.stringValue());
        }
        if (value.isNumber()) {
            return number(value);
        }
        if (value.isArray()) {
            long hash = tagged(ARRAY, value.size());
            for (var child : value) {
                hash = mixed(hash * PRIME + of(child));
            }
            return hash;
        }
        if (value.isObject()) {
            return isWrapper(value) ? wrapper(value) : object(value);
        }
        return value.isBoolean() ? tagged(BOOLEAN, value.booleanValue() ? 1 : 0) : tagged(NULL, 0);
    }

    private static boolean isWrapper(JsonNode value) {
        return !value.isEmpty() && value.size() <= 2 && value.propertyNames().iterator().next().startsWith("$");
    }

    private static long object(JsonNode value) {
        long[] sum = {tagged(OBJECT, value.size())};
        value.forEachEntry((name, child) -> sum[0] += mixed(text(TEXT, name) * PRIME + of(child)));
        return mixed(sum[0]);
    }

    /** A plain number is what Extended JSON reads it as: an int, a long or a double. */
    private static long number(JsonNode value) {
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return whole(value.longValue());
        }
        var exact = value.decimalValue();
        double nearest = exact.doubleValue();
        boolean isDouble = Double.isFinite(nearest) && (new BigDecimal(Double.toString(nearest)).compareTo(exact) == 0
                || new BigDecimal(nearest).compareTo(exact) == 0);
        return isDouble ? doubled(nearest) : decimal(exact.toString());
    }

    private static long whole(long value) {
        return tagged(value == (int) value ? INT : LONG, value);
    }

    private static long doubled(double value) {
        return tagged(DOUBLE, Double.doubleToLongBits(value));
    }

    private static long decimal(String text) {
        var value = Decimal128.parse(text);
        return mixed(tagged(DECIMAL, value.getHigh()) * PRIME + value.getLow());
    }

    private static long wrapper(JsonNode value) {
        var name = value.propertyNames().iterator().next();
        var content = value.path(name);
        return switch (name) {
            case "$numberInt" -> tagged(INT, Long.parseLong(content.stringValue()));
            case "$numberLong" -> tagged(LONG, Long.parseLong(content.stringValue()));
            case "$numberDouble" -> doubled(Double.parseDouble(content.stringValue()));
            case "$numberDecimal" -> decimal(content.stringValue());
            case "$date" -> tagged(DATE, millis(content));
            case "$binary" -> bytes(Base64.getDecoder().decode(content.path("base64").stringValue()),
                    Integer.parseInt(content.path("subType").stringValue(), 16));
            case "$uuid" -> bytes(HexFormat.of().parseHex(content.stringValue().replace("-", "")), 4);
            case "$oid" -> text(SCALAR, "$oid" + content.stringValue().toLowerCase(Locale.ROOT));
            case "$regularExpression" -> text(SCALAR, "/" + content.path("pattern").stringValue() + "/" + content
                    .path("options").stringValue().chars().sorted().distinct().collect(StringBuilder::new,
                            StringBuilder::appendCodePoint, StringBuilder::append));
            default -> object(value);
        };
    }

    private static long bytes(byte[] bytes, int subtype) {
        return mixed(of(bytes) * PRIME + subtype);
    }

    private static long millis(JsonNode date) {
        if (date.isObject()) {
            return Long.parseLong(date.path("$numberLong").stringValue());
        }
        if (date.isNumber()) {
            return date.longValue();
        }
        try {
            return Instant.parse(date.stringValue()).toEpochMilli();
        } catch (DateTimeParseException e) {
            // with an offset of four digits, as mongoexport writes
            return OffsetDateTime.parse(date.stringValue().replaceFirst("([+-]\\d{2})(\\d{2})$", "$1:$2")).toInstant()
                    .toEpochMilli();
        }
    }

    private static long text(int kind, String text) {
        long hash = BASIS ^ kind;
        if (isLatin(text)) {
            for (int i = 0; i < text.length(); i++) {
                hash = (hash ^ text.charAt(i)) * PRIME;
            }
        } else {
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                hash = (hash ^ (b & 0xff)) * PRIME;
            }
        }
        return mixed(hash);
    }

    private static boolean isLatin(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static long tagged(int kind, long value) {
        return mixed((BASIS ^ kind) * PRIME + value * 0x9e3779b97f4a7c15L);
    }

    private static long mixed(long value) {
        long hash = value;
        hash ^= hash >>> 33;
        hash *= 0xff51afd7ed558ccdL;
        hash ^= hash >>> 33;
        hash *= 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
