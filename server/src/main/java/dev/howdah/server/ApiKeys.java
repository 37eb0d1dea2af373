package dev.howdah.server;

import dev.howdah.agent.mcp.McpCaller;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Knows the API key and compares in constant time, also over different lengths. */
final class ApiKeys {
    /** Who asks where no key is needed. */
    static final String LOCAL = "local";
    /** Whose key the one key is. */
    private static final String OWNER = "default";
    private static final String HEADER = "X-API-Key";
    private static final String BEARER = "Bearer ";

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

    /** Whether the request carries the right key, as {@code X-API-Key} or as a bearer token; never, while none is configured. */
    boolean isPresented(HttpServletRequest request) {
        return isConfigured() && (isKey(request.getHeader(HEADER)) || isBearer(request.getHeader("Authorization")));
    }

    /** Whose key the request carries; absent without a right one. */
    Optional<String> owner(HttpServletRequest request) {
        return isPresented(request) ? Optional.of(OWNER) : Optional.empty();
    }

    /** Who calls over MCP, once the filter has let the request pass. */
    McpCaller caller(HttpServletRequest request) {
        var owner = owner(request);
        return new McpCaller(owner.orElse(LOCAL), owner.isPresent());
    }

    private boolean isBearer(@Nullable String authorization) {
        return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && isKey(authorization.substring(BEARER.length()).strip());
    }

    private boolean isKey(@Nullable String presented) {
        return presented != null && MessageDigest.isEqual(expected, digest(presented));
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
