package dev.howdah.server;

import dev.howdah.queue.TraceContext;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Makes a span of each request, as part of the trace that the caller names by {@code traceparent}. Those that only look after
 * the server are left out.
 */
final class TraceFilter extends OncePerRequestFilter {
    private static final int SERVER_ERROR = 500;

    private final Howdah howdah;

    TraceFilter(Howdah howdah) {
        this.howdah = howdah;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        var path = RequestPaths.of(request);
        return !howdah.tracing().isOn() || path.equals("/metrics") || path.startsWith("/health")
                || path.startsWith("/console");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var caller = Optional.ofNullable(request.getHeader(TraceContext.HEADER)).flatMap(TraceContext::parse);
        var attributes = Attributes.builder().put("http.request.method", request.getMethod())
                .put("url.path", RequestPaths.of(request)).put("url.scheme", request.getScheme())
                .put("server.address", request.getServerName()).put("server.port", request.getServerPort()).build();
        try {
            howdah.tracing().<Boolean, Exception>within(request.getMethod(), SpanKind.SERVER, caller, false, attributes,
                    span -> {
                        chain.doFilter(request, response);
                        var route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
                        if (route != null) {
                            span.updateName(request.getMethod() + " " + route).setAttribute("http.route",
                                    route.toString());
                        }
                        span.setAttribute("http.response.status_code", response.getStatus());
                        if (response.getStatus() >= SERVER_ERROR) {
                            span.setStatus(StatusCode.ERROR);
                        }
                        return true;
                    });
        } catch (IOException | ServletException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }
}
