package dev.howdah.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.security.Principal;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Guards every request. With an API key, everything under {@code /api} and {@code /ws} needs it, and so do the agent's
 * protocols; {@code /a2a/execute} asks {@link ApiKeys} per skill. Without one, only requests addressed to a loopback name are
 * answered: a web page that resolves its own name to 127.0.0.1 (DNS rebinding) does not get in. Whoever is let in has a name,
 * the request's principal. Adds the security headers.
 */
final class ApiKeyFilter extends OncePerRequestFilter {
    private static final Set<String> GUARDED = Set.of("/api", "/ws", "/a2a", "/v1", "/mcp");
    /** Under the guarded ones, but to be seen by everybody; the first asks for a key by itself. */
    private static final Set<String> OPEN = Set.of("/a2a/execute", "/a2a/skills", "/a2a/health");
    /** Their last segment is a secret of its own. */
    private static final String CALLBACKS = "/a2a/callbacks/";
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    private static final String POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; "
            + "object-src 'none'; form-action 'self'; frame-ancestors 'none'";
    /** The console's components and the API's documentation are libraries that set styles from their scripts. */
    private static final String STYLED_POLICY = POLICY + "; style-src 'self' 'unsafe-inline'";

    private final ApiKeys keys;

    ApiKeyFilter(ApiKeys keys) {
        this.keys = keys;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var path = RequestPaths.of(request);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Content-Security-Policy", isStyled(path) ? STYLED_POLICY : POLICY);
        var owner = owner(request, path);
        if (!keys.isConfigured() && !isLoopbackName(request.getServerName())) {
            Problem.write(request, response, HttpStatus.FORBIDDEN, "host-not-allowed",
                    "without an API key, only requests to localhost "
                            + "are answered, not to \"" + request.getServerName() + "\"",
                    "use http://localhost, or set "
                            + "HOWDAH_API_KEY");
        } else if (path.startsWith("/ws/") && !isSameOrigin(request)) {
            Problem.write(request, response, HttpStatus.FORBIDDEN, "origin-not-allowed",
                    "a page of " + request.getHeader("Origin") + " may not open sockets here",
                    "open them from a page of this server, or from a program that sends no Origin");
        } else if (path.equals(McpController.PATH) && !isSameOrigin(request) && !isLocal(request)) {
            Problem.write(request, response, HttpStatus.FORBIDDEN, "origin-not-allowed",
                    "a page of " + request.getHeader("Origin") + " may not call this",
                    "call it from a page of this machine or server, or from a program that sends no Origin");
        } else if (path.equals(McpController.PATH) && owner.isEmpty()) {
            response.setHeader("WWW-Authenticate", "Bearer resource_metadata=\"" + root(request)
                    + McpController.RESOURCE_PATH + McpController.PATH + "\"");
            Problem.write(request, response, HttpStatus.UNAUTHORIZED, "api-key-missing",
                    "this path needs the API key, and none or a wrong one was sent",
                    "send it as bearer token, or in the header X-API-Key");
        } else if (isGuarded(path) && owner.isEmpty()) {
            response.setHeader("WWW-Authenticate", "ApiKey");
            response.addHeader("WWW-Authenticate", "Bearer");
            Problem.write(request, response, HttpStatus.UNAUTHORIZED, "api-key-missing",
                    "this path needs the API key, and none or a wrong one was sent",
                    "send it in the header X-API-Key, or as Authorization: Bearer");
        } else {
            chain.doFilter(owner.<HttpServletRequest>map(name -> new KnownRequest(request, name)).orElse(request),
                    response);
        }
    }

    /** Where a key is asked for and none is configured, nobody can be known; other protocols and /api ask per skill. */
    private Optional<String> owner(HttpServletRequest request, String path) {
        if (keys.isConfigured()) {
            return keys.owner(request);
        }
        return keys.isRequired() && isGuarded(path) && (path.startsWith("/a2a") || path.startsWith("/v1/"))
                ? Optional.empty()
                : Optional.of(ApiKeys.LOCAL);
    }

    private static boolean isGuarded(String path) {
        return !OPEN.contains(path) && !path.startsWith(CALLBACKS)
                && GUARDED.stream().anyMatch(root -> path.equals(root) || path.startsWith(root + "/"));
    }

    /** A request of somebody who is known. */
    private static final class KnownRequest extends HttpServletRequestWrapper {
        private final String name;

        KnownRequest(HttpServletRequest request, String name) {
            super(request);
            this.name = name;
        }

        @Override
        public Principal getUserPrincipal() {
            return () -> name;
        }
    }

    /** Browsers do not hold back sockets to other hosts, but they tell who asks. */
    private static boolean isSameOrigin(HttpServletRequest request) {
        var origin = request.getHeader("Origin");
        return origin == null || origin.replaceFirst("^https?://", "").equals(request.getHeader("Host"));
    }

    /** Tools for developers are pages of this machine on other ports. */
    private static boolean isLocal(HttpServletRequest request) {
        try {
            var host = URI.create(request.getHeader("Origin")).getHost();
            return host != null && isLoopbackName(host) && isLoopbackName(request.getServerName());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String root(HttpServletRequest request) {
        var url = request.getRequestURL();
        return url.substring(0, url.length() - request.getRequestURI().length()) + request.getContextPath();
    }

    private static boolean isStyled(String path) {
        return path.startsWith("/console") || path.startsWith("/docs") || path.startsWith("/swagger-ui/");
    }

    private static boolean isLoopbackName(String host) {
        return LOOPBACK_NAMES.contains(host.toLowerCase(Locale.ROOT));
    }
}
