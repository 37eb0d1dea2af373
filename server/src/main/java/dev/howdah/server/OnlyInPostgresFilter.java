package dev.howdah.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/** Says of what Redis cannot give that it cannot, instead of answering about tables that nobody fills. */
final class OnlyInPostgresFilter extends OncePerRequestFilter {
    private final Howdah howdah;

    OnlyInPostgresFilter(Howdah howdah) {
        this.howdah = howdah;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!howdah.isQueueInRedis()) {
            chain.doFilter(request, response);
            return;
        }
        Problem.write(request, response, HttpStatus.NOT_IMPLEMENTED, "queue-redis-unsupported",
                "tasks are kept in Redis, where "
                        + "there are no workflows, schedules, limits of queues, list of workers and series of throughput",
                "keep them in PostgreSQL: USE_POSTGRESQL=true, after howdah queue migrate --from redis");
    }
}
