package dev.howdah.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/** Answers 503 with the reason until the database is there and its schema is up to date. */
final class ReadyFilter extends OncePerRequestFilter {
    private final Howdah howdah;
    private final JsonMapper json;

    ReadyFilter(Howdah howdah, JsonMapper json) {
        this.howdah = howdah;
        this.json = json;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var startup = howdah.startup();
        if (startup.isReady()) {
            chain.doFilter(request, response);
            return;
        }
        response.setStatus(HttpStatus.SERVICE_UNAVAILABLE.value());
        response.setHeader("Retry-After", "2");
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(Problem.detail(HttpStatus.SERVICE_UNAVAILABLE,
                "not-ready", startup.message(), "try again; /health tells more")));
    }
}
