package dev.howdah.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Guards every request. With an API key, everything under {@code /api}, {@code /ws} and {@code /v1} and all model cards need it; the A2A endpoint asks {@link ApiKeys}
 * per skill. Without one, only requests addressed to a loopback name are answered: a web page that resolves its own name
 * to 127.0.0.1 (DNS rebinding) does not get in. Adds the security headers.
 */
final class ApiKeyFilter extends OncePerRequestFilter {
    private static final List<String> GUARDED = List.of("/api/", "/ws/", "/v1/", "/a2a/model-cards", "/a2a/projects/");
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    private static final String POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; "
            + "object-src 'none'; form-action 'self'; frame-ancestors 'none'";
    /** The API's documentation is a library's page that sets styles from its script. */
    private static final String DOCS_POLICY = POLICY + "; style-src 'self' 'unsafe-inline'";

    private final ApiKeys keys;

    ApiKeyFilter(ApiKeys keys) {
        this.keys = keys;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // As the controllers are found by: without parameters of segments (/api;x/…) and with %61 decoded.
        var path = request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Content-Security-Policy", isDocumentation(path) ? DOCS_POLICY : POLICY);
        if (!keys.isConfigured() && !isLoopbackName(request.getServerName())) {
            Problem.write(response, HttpStatus.FORBIDDEN, "host-not-allowed",
                    "without an API key, only requests to localhost "
                            + "are answered, not to \"" + request.getServerName() + "\"",
                    "use http://localhost, or set "
                            + "HOWDAH_API_KEY");
        } else if (path.startsWith("/ws/") && !isSameOrigin(request)) {
            Problem.write(response, HttpStatus.FORBIDDEN, "origin-not-allowed",
                    "a page of " + request.getHeader("Origin") + " may not open sockets here",
                    "open them from a page of this server, or from a program that sends no Origin");
        } else if (needsKey(path) && keys.isConfigured() && !keys.isPresented(request)) {
            response.setHeader("WWW-Authenticate", "ApiKey");
            Problem.write(response, HttpStatus.UNAUTHORIZED, "api-key-missing",
                    "this path needs the API key, and none or a wrong one was sent", "send it in the header X-API-Key");
        } else {
            chain.doFilter(request, response);
        }
    }

    private static boolean needsKey(String path) {
        return GUARDED.stream().anyMatch(path::startsWith);
    }

    /** Browsers do not hold back sockets to other hosts, but they tell who asks. */
    private static boolean isSameOrigin(HttpServletRequest request) {
        var origin = request.getHeader("Origin");
        return origin == null || origin.replaceFirst("^https?://", "").equals(request.getHeader("Host"));
    }

    private static boolean isDocumentation(String path) {
        return path.startsWith("/docs") || path.startsWith("/swagger-ui/");
    }

    private static boolean isLoopbackName(String host) {
        return LOOPBACK_NAMES.contains(host.toLowerCase(Locale.ROOT));
    }
}
