package dev.howdah.server;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** Knows the API key and compares in constant time, also over different lengths. */
final class ApiKeys {
    /** Who asks where no key is needed. */
    private static final String LOCAL = "local";
    /** Whose key the one key is. */
    private static final String OWNER = "default";
    private static final String HEADER = "X-API-Key";

    private final ServerSettings settings;
    private final byte[] expected;

    ApiKeys(ServerSettings settings) {
        this.settings = settings;
        this.expected = digest(settings.apiKey());
    }

    boolean isConfigured() {
        return settings.hasApiKey();
    }

    /** Whether skills that change something need the key. */
    boolean isRequired() {
        return settings.requireAuth();
    }

    /** Whether the request carries the right key; never, while none is configured. */
    boolean isPresented(HttpServletRequest request) {
        var presented = request.getHeader(HEADER);
        return isConfigured() && presented != null && MessageDigest.isEqual(expected, digest(presented));
    }

    /** Whom tasks of agents belong to, by the key that was presented; absent if its bearer may not call. */
    Optional<String> principal(Optional<String> key) {
        if (isConfigured()) {
            return key.filter(presented -> MessageDigest.isEqual(expected, digest(presented))).map(_ -> OWNER);
        }
        return isRequired() ? Optional.empty() : Optional.of(LOCAL);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
