package dev.howdah.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/** Answers 503 with the reason until the database is there and its schema is up to date. */
final class ReadyFilter extends OncePerRequestFilter {
    private final Howdah howdah;

    ReadyFilter(Howdah howdah) {
        this.howdah = howdah;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var startup = howdah.startup();
        if (startup.isReady()) {
            chain.doFilter(request, response);
            return;
        }
        response.setHeader("Retry-After", "2");
        Problem.write(request, response, HttpStatus.SERVICE_UNAVAILABLE, "not-ready", startup.message(),
                "try again; /health tells more");
    }
}
