package dev.howdah.documents.value;

import dev.howdah.postgres.InvalidInputException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Values in the form that rows keep. It is Extended JSON v2 in one canonical spelling: numbers are plain JSON numbers,
 * whatever their BSON type ({@link StoredValue#types} keeps the type where the number does not tell it), except NaN and
 * the infinities; dates are text in UTC with milliseconds; identifiers are lower case. So equal values are equal JSONB.
 *
 * <p>
 * By rule, a whole number reads back as int if it fits 32 bits, as long if it fits 64, else as double; a number with a
 * fraction (also {@code 5.0}) as double.
 */
public final class Values {
    /** Threads keep their buffers, which saves about a fifth of reading a short document. */
    private static final JsonMapper JSON = JsonMapper
            .builder(JsonFactory.builder().recyclerPool(JsonRecyclerPools.threadLocalPool()).build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();
    /** For what the database has checked already: jsonb has no field twice. */
    private static final JsonMapper STORED = JSON.rebuild().disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private static final int LONG_BYTES = 20;
    private static final int LITERAL_BYTES = 5;
    /** A character below the blank is written in four digits behind a backslash and a letter. */
    private static final int ESCAPE_BYTES = 6;

    private Values() {}

    /** Which Extended JSON is written. */
    public enum Format {
        /** Every number and date says its type; nothing is lost. */
        CANONICAL,
        /** Ints, longs and doubles are plain numbers, dates are text: easier to read. */
        RELAXED
    }

    /**
     * The stored form of a document that a caller gave.
     *
     * @param document plain or Extended JSON, canonical or relaxed; it is not changed
     * @throws InvalidInputException {@code document-invalid} with the JSON pointer of each fault; {@code document-too-deep};
     *         {@code document-too-large}
     */
    public static StoredDocument normalise(ObjectNode document, DocumentLimits limits) {
        var stored = normaliseValue(document, limits);
        if (!(stored.value() instanceof ObjectNode data) || ValueType.of(data) != ValueType.OBJECT) {
            throw new InvalidInputException("document-invalid", "", "a document must be an object, not a "
                    + ValueType.of(stored.value()).alias(), "give it a field");
        }
        checkSize(data, limits);
        return StoredDocument.of(data, stored.types());
    }

    /**
     * The stored form of a single value, such as an operand of a query or an update.
     *
     * @throws InvalidInputException as of {@link #normalise}; the size is not checked
     */
    public static StoredValue normaliseValue(JsonNode value, DocumentLimits limits) {
        return new Normaliser(limits).stored(value);
    }

    /**
     * Checks a stored document that was put together from stored values, as updates do.
     *
     * @throws InvalidInputException {@code document-too-large}, {@code document-too-deep}
     */
    public static void check(ObjectNode data, DocumentLimits limits) {
        checkDepth(data, limits, 1);
        checkSize(data, limits);
    }

    /** The document as Extended JSON, with every number's type. Relaxed, it may be the stored one itself: not to be changed. */
    public static ObjectNode denormalise(StoredDocument document, Format format) {
        if (format == Format.RELAXED && document.types().isEmpty()) {
            return document.data(); // it is that already
        }
        return (ObjectNode) new Denormaliser(document.typesByPointer(), format).written(document.data(), "");
    }

    /** The value as Extended JSON, with every number's type. */
    public static JsonNode denormalise(StoredValue value, Format format) {
        return new Denormaliser(value.types(), format).written(value.value(), "");
    }

    /** A stored value without side tags as Extended JSON; numbers have the type of the rule. */
    public static JsonNode denormalise(JsonNode value, Format format) {
        return new Denormaliser(Map.of(), format).written(value, "");
    }

    /**
     * Reads JSON without losing digits; a field given twice is an error.
     *
     * @throws InvalidInputException {@code json-invalid}
     */
    public static JsonNode parse(String json) {
        try {
            var node = JSON.readTree(json);
            if (!node.isMissingNode()) {
                return node;
            }
        } catch (JacksonException e) {
            throw new InvalidInputException("json-invalid", "", "is not JSON: " + e.getOriginalMessage(),
                    "correct the text"
                            + Optional.ofNullable(e.getLocation())
                                    .map(at -> " near line " + at.getLineNr() + ", column " + at.getColumnNr())
                                    .orElse(""));
        }
        throw new InvalidInputException("json-invalid", "", "is empty", "give a JSON value");
    }

    /**
     * {@link #parse} of an object.
     *
     * @throws InvalidInputException {@code json-invalid}
     */
    public static ObjectNode parseObject(String json) {
        if (parse(json) instanceof ObjectNode object) {
            return object;
        }
        throw new InvalidInputException("json-invalid", "", "is not a JSON object", "put it into braces");
    }

    /** Reads an object that the database wrote; as bytes, which need not become text first. */
    public static ObjectNode parseStored(byte[] json) {
        return (ObjectNode) STORED.readTree(json);
    }

    /** The text of a stored value, for a column or a parameter; numbers without exponents. */
    public static String write(JsonNode value) {
        return JSON.writeValueAsString(value);
    }

    /**
     * The next step of a JSON pointer.
     *
     * @param pointer of the container
     * @param name of the field
     */
    public static String pointer(String pointer, String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    /** The BSON type that a stored number reads back as without a side tag: {@code int}, {@code long} or {@code double}. */
    static String ruleType(BigDecimal number) {
        if (number.scale() > 0) {
            return "double";
        }
        // 19 digits at most are a long; a larger number is not even written out
        if (number.precision() - number.scale() > 19) {
            return "double";
        }
        var whole = number.toBigInteger();
        return whole.bitLength() < 32 ? "int" : whole.bitLength() < 64 ? "long" : "double";
    }

    private static void checkSize(ObjectNode data, DocumentLimits limits) {
        if (mostBytes(data) <= limits.bytesMax()) {
            return;
        }
        var counter = new ByteCounter();
        JSON.writeValue(counter, data);
        if (counter.count > limits.bytesMax()) {
            throw new InvalidInputException("document-too-large", "", "the document has " + counter.count
                    + " bytes, more than " + limits.bytesMax(),
                    "split it, keep large parts elsewhere, or raise howdah.documents.document-max");
        }
    }

    /** More than a value can take, for much less than writing it costs: most documents are far below their limit. */
    private static long mostBytes(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> mostBytes(value.stringValue());
            case NUMBER -> value.isLong()
                    ? LONG_BYTES
                    : 4L + value.decimalValue().precision() + Math.abs((long) value.decimalValue().scale());
            case ARRAY -> value.valueStream().mapToLong(element -> 1 + mostBytes(element)).sum() + 2;
            case OBJECT -> value.propertyStream()
                    .mapToLong(field -> 2 + mostBytes(field.getKey()) + mostBytes(field.getValue())).sum() + 2;
            case NULL, BOOLEAN, MISSING, BINARY, POJO -> LITERAL_BYTES;
        };
    }

    private static long mostBytes(String text) {
        return 2 + (long) ESCAPE_BYTES * text.length();
    }

    private static void checkDepth(JsonNode node, DocumentLimits limits, int depth) {
        if (depth > limits.depthMax()) {
            throw tooDeep("", limits);
        }
        for (var child : node) {
            if (child.isContainer()) {
                checkDepth(child, limits, depth + 1);
            }
        }
    }

    static InvalidInputException tooDeep(String pointer, DocumentLimits limits) {
        return new InvalidInputException("document-too-deep", pointer,
                "is nested deeper than " + limits.depthMax() + " levels",
                "flatten the document, or raise howdah.documents.depth-max");
    }

    /** Counts instead of keeping: a document that is too large is not copied first. */
    private static final class ByteCounter extends java.io.OutputStream {
        private long count;

        @Override
        public void write(int b) {
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            count += length;
        }
    }

    /** The size of a stored value in bytes of JSON in UTF-8. */
    public static int bytes(JsonNode value) {
        return write(value).getBytes(StandardCharsets.UTF_8).length;
    }
}
