package dev.howdah.server;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Knows the API key and compares in constant time, also over different lengths. */
final class ApiKeys {
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

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
