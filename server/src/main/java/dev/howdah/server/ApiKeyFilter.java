package dev.howdah.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Guards every request. With an API key, everything under {@code /api} and {@code /ws} needs it, and so does MCP; the A2A
 * endpoint asks {@link ApiKeys} per skill. Without one, only requests addressed to a loopback name are answered: a web page that resolves its own name
 * to 127.0.0.1 (DNS rebinding) does not get in. Adds the security headers.
 */
final class ApiKeyFilter extends OncePerRequestFilter {
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
        var path = request.getRequestURI().substring(request.getContextPath().length());
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
        } else if (path.equals(McpController.PATH) && !isSameOrigin(request) && !isLocal(request)) {
            Problem.write(response, HttpStatus.FORBIDDEN, "origin-not-allowed",
                    "a page of " + request.getHeader("Origin") + " may not call this",
                    "call it from a page of this machine or server, or from a program that sends no Origin");
        } else if (path.equals(McpController.PATH) && keys.isConfigured() && !keys.isPresented(request)) {
            response.setHeader("WWW-Authenticate", "Bearer resource_metadata=\"" + root(request)
                    + McpController.RESOURCE_PATH + McpController.PATH + "\"");
            Problem.write(response, HttpStatus.UNAUTHORIZED, "api-key-missing",
                    "this path needs the API key, and none or a wrong one was sent",
                    "send it as bearer token, or in the header X-API-Key");
        } else if ((path.startsWith("/api/") || path.startsWith("/ws/")) && keys.isConfigured()
                && !keys.isPresented(request)) {
            response.setHeader("WWW-Authenticate", "ApiKey");
            Problem.write(response, HttpStatus.UNAUTHORIZED, "api-key-missing",
                    "this path needs the API key, and none or a wrong one was sent", "send it in the header X-API-Key");
        } else {
            chain.doFilter(request, response);
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

    private static boolean isDocumentation(String path) {
        return path.startsWith("/docs") || path.startsWith("/swagger-ui/");
    }

    private static boolean isLoopbackName(String host) {
        return LOOPBACK_NAMES.contains(host.toLowerCase(Locale.ROOT));
    }
}
