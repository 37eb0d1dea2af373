package dev.howdah.spring.cache;

import dev.howdah.cache.CacheKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Objects as keys that are the same in every process and after every restart.
 *
 * <p>A text is itself, so that {@code howdah cache get} and other programs find it; everything else begins with a colon and is written
 * as {@link KeyText} does. A text that begins with a colon, is empty or cut within a character is written so, too. What is longer than
 * a key can be is its SHA-256.
 */
final class Keys {
    private static final String MARK = ":";
    /** No {@link KeyText} begins like these: the names of classes have no colon. */
    private static final String HASHED = ":sha256:";
    private static final String BESIDE = ":beside:";

    private Keys() {}

    static CacheKey of(Object key) {
        var text = key instanceof String given && isPlain(given) ? given : MARK + KeyText.of(key);
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= CacheKey.BYTES_MAX ? CacheKey.of(bytes) : CacheKey.of(HASHED + hash(bytes));
    }

    private static boolean isPlain(String text) {
        return !text.isEmpty() && !text.startsWith(MARK) && !Surrogates.hasHalf(text);
    }

    /** Where what replaces a version of an entry is loaded. */
    static CacheKey beside(CacheKey key, long version) {
        return CacheKey.of(BESIDE + version + MARK + hash(key.bytes()));
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
