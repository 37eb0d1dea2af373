package dev.howdah.server;

import dev.howdah.agent.mcp.McpCaller;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Knows the API keys by the names of their owners. A key is compared with all of them in constant time, also over different
 * lengths.
 */
final class ApiKeys {
    /** Who asks where no key is needed. */
    static final String LOCAL = "local";

    private static final String HEADER = "X-API-Key";
    private static final String BEARER = "Bearer ";

    private final boolean isRequired;
    private final Map<String, byte[]> digests;

    ApiKeys(ServerSettings settings) {
        this.isRequired = settings.requireAuth();
        this.digests = settings.keysByName().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> digest(entry.getValue())));
    }

    boolean isConfigured() {
        return !digests.isEmpty();
    }

    /** The names of all who have a key. */
    List<String> owners() {
        return digests.keySet().stream().sorted().toList();
    }

    /** Whether skills that change something need a key. */
    boolean isRequired() {
        return isRequired;
    }

    /** Whether the request carries a right key; never, while none is configured. */
    boolean isPresented(HttpServletRequest request) {
        return owner(request).isPresent();
    }

    /** Whose key the request carries, as {@code X-API-Key} or as bearer token; absent without a right one. */
    Optional<String> owner(HttpServletRequest request) {
        return owner(digest(presented(request)));
    }

    private Optional<String> owner(byte[] presented) {
        Optional<String> found = Optional.empty();
        for (var known : digests.entrySet()) { // to the end: how long it takes tells nothing
            if (MessageDigest.isEqual(known.getValue(), presented)) {
                found = Optional.of(known.getKey());
            }
        }
        return found;
    }

    private static String presented(HttpServletRequest request) {
        var key = request.getHeader(HEADER);
        return key == null ? bearer(request.getHeader("Authorization")) : key;
    }

    private static String bearer(@Nullable String authorization) {
        return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? authorization.substring(BEARER.length()).strip()
                : "";
    }

    /** Whom tasks of agents belong to, by the key that was presented; absent if its bearer may not call. */
    Optional<String> principal(Optional<String> key) {
        if (isConfigured()) {
            return key.flatMap(presented -> owner(digest(presented)));
        }
        return isRequired ? Optional.empty() : Optional.of(LOCAL);
    }

    /** Who calls over MCP, once the filter has let the request pass. */
    McpCaller caller(HttpServletRequest request) {
        var owner = owner(request);
        return new McpCaller(owner.orElse(LOCAL), owner.isPresent());
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
