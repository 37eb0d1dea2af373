package dev.howdah.cache;

import dev.howdah.postgres.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** The key of an entry: 1 to 2,000 bytes of any kind; a text is its UTF-8. Immutable. Sorts as the database does. */
public final class CacheKey implements Comparable<CacheKey> {
    /** What an index row can hold, with room to spare. */
    public static final int BYTES_MAX = 2_000;

    private final byte[] bytes;
    private final int hash;

    private CacheKey(byte[] bytes) {
        if (bytes.length == 0) {
            throw invalid("is empty");
        }
        if (bytes.length > BYTES_MAX) {
            throw invalid("has " + bytes.length + " bytes");
        }
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /**
     * A text.
     *
     * @throws InvalidInputException if it is empty, has more than 2,000 bytes in UTF-8, or half of a surrogate pair
     */
    public static CacheKey of(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean isPair = Character.isHighSurrogate(c) && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!isPair) {
                    throw invalid("has half of a surrogate pair at " + i);
                }
                i++;
            }
        }
        return new CacheKey(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Bytes, which are copied.
     *
     * @throws InvalidInputException if there is none, or more than 2,000
     */
    public static CacheKey of(byte[] bytes) {
        return new CacheKey(bytes.clone());
    }

    /** One that the database sent. */
    static CacheKey owning(byte[] bytes) {
        return new CacheKey(bytes);
    }

    static InvalidInputException invalid(String problem) {
        return new InvalidInputException("cache-key-invalid", "key", problem, "use 1 to " + BYTES_MAX
                + " bytes of UTF-8 text, or of anything; a longer key can be hashed");
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The text, if the bytes are UTF-8. */
    public Optional<String> text() {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** The bytes themselves, for those who do not change them. */
    byte[] raw() {
        return bytes;
    }

    @Override
    public int compareTo(CacheKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof CacheKey key && hash == key.hash && Arrays.equals(bytes, key.bytes));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The text, or the bytes in hexadecimal digits behind {@code 0x}. */
    @Override
    public String toString() {
        return text().orElseGet(() -> "0x" + HexFormat.of().formatHex(bytes));
    }
}
