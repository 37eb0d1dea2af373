package dev.howdah.sessions;

import dev.howdah.postgres.NotFoundException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * What a client proves its session with: 256 random bits, as 43 characters of base64url. A secret: it is made here only, is
 * stored nowhere (the database has its SHA-256), and {@link #toString} does not show it. Sent in a header or cookie, never
 * in a URL.
 */
public final class SessionId {
    private static final int BYTES = 32;
    private static final int CHARACTERS = 43;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] bytes;

    private SessionId(byte[] bytes) {
        this.bytes = bytes;
    }

    static SessionId random() {
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new SessionId(bytes);
    }

    /**
     * Reads what a client sent.
     *
     * @throws NotFoundException if it cannot be an id; the same error as for one that is not known, so that nobody learns
     *         more from it
     */
    public static SessionId of(String text) {
        if (text.length() != CHARACTERS) {
            throw unknown();
        }
        try {
            var id = new SessionId(Base64.getUrlDecoder().decode(text));
            if (id.text().equals(text)) { // or two texts would stand for one id
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw unknown();
        }
        throw unknown();
    }

    /** What the client is given. */
    public String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** What is stored: without a salt, because 256 random bits cannot be guessed. */
    byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static NotFoundException unknown() {
        return new NotFoundException("session-not-found",
                "there is no such session: it was never made, has expired, or "
                        + "was ended",
                "make a new one");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SessionId id && MessageDigest.isEqual(bytes, id.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Not the id. */
    @Override
    public String toString() {
        return "SessionId[secret]";
    }
}
