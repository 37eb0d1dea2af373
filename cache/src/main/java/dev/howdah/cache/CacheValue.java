package dev.howdah.cache;

import dev.howdah.postgres.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is cached: bytes, text, JSON or a whole number; it comes back as what it was. Immutable. */
public final class CacheValue {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Kind kind;
    private final byte[] bytes;

    /** What a value is. */
    public enum Kind {
        BYTES(1), TEXT(2), JSON(3), NUMBER(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static Kind of(int code) {
            return values()[code - 1];
        }
    }

    private CacheValue(Kind kind, byte[] bytes) {
        this.kind = kind;
        this.bytes = bytes;
    }

    /** Bytes, which are copied. */
    public static CacheValue bytes(byte[] bytes) {
        return new CacheValue(Kind.BYTES, bytes.clone());
    }

    /** A text; half of a surrogate pair becomes a question mark. */
    public static CacheValue text(String text) {
        return new CacheValue(Kind.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** JSON. */
    public static CacheValue json(JsonNode json) {
        return new CacheValue(Kind.JSON, json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * JSON as text, kept as it is written.
     *
     * @throws InvalidInputException if it is none
     */
    public static CacheValue json(String json) {
        try (var parser = JSON.createParser(json)) {
            if (parser.nextToken() == null || parser.skipChildren().nextToken() != null) {
                throw notJson("it is empty, or goes on after its end");
            }
        } catch (JacksonException e) {
            throw notJson(e.getOriginalMessage());
        }
        return new CacheValue(Kind.JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    private static InvalidInputException notJson(String why) {
        return new InvalidInputException("cache-value-invalid", "value", "is no JSON: " + why,
                "correct it, or store it as text");
    }

    /** A whole number, which can be incremented. */
    public static CacheValue number(long number) {
        return new CacheValue(Kind.NUMBER, Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    /** One that the database sent. */
    static CacheValue owning(int code, byte[] bytes) {
        return new CacheValue(Kind.of(code), bytes);
    }

    /** What it is. */
    public Kind kind() {
        return kind;
    }

    /** A copy of the bytes; of a text, JSON or number: its UTF-8. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** How many bytes it has. */
    public int size() {
        return bytes.length;
    }

    /** As text. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** As JSON: a text as a string, bytes as a string in Base64. */
    public JsonNode json() {
        return switch (kind) {
            case JSON, NUMBER -> JSON.readTree(bytes);
            case TEXT -> JSON.getNodeFactory().stringNode(text());
            case BYTES -> JSON.getNodeFactory().binaryNode(bytes());
        };
    }

    /** The bytes themselves, for those who do not change them. */
    byte[] raw() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CacheValue value && kind == value.kind && Arrays.equals(bytes, value.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + Arrays.hashCode(bytes);
    }

    /** Without the content, which may be secret. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " of " + bytes.length + " bytes";
    }
}
