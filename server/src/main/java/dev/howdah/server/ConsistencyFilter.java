package dev.howdah.server;

import dev.howdah.postgres.Consistency;
import dev.howdah.postgres.ConsistencyToken;
import dev.howdah.postgres.Database;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets replicas answer GET requests as far as the header {@code Howdah-Consistency} allows, and gives out with every write the
 * token with which a read sees it, in {@code Howdah-Consistency-Token}. A header that cannot be read asks for the primary.
 * Without replicas nothing is asked and no header is sent.
 */
final class ConsistencyFilter extends OncePerRequestFilter {
    static final String ASKED = "Howdah-Consistency";
    static final String TOKEN = "Howdah-Consistency-Token";

    private static final Logger LOG = LoggerFactory.getLogger(ConsistencyFilter.class);
    private static final Set<String> READS = Set.of("GET", "HEAD");
    private static final int ERRORS = 400;

    private final Database database;
    private final Consistency unasked;

    ConsistencyFilter(Database database, Consistency unasked) {
        this.database = database;
        this.unasked = unasked;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!database.hasReplicas()) {
            chain.doFilter(request, response);
        } else if (READS.contains(request.getMethod())) {
            read(request, response, chain);
        } else {
            var answer = new WithToken(response);
            chain.doFilter(request, answer);
            answer.addToken(); // unless a body was written before
        }
    }

    private void read(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var consistency = asked(request);
        response.addHeader("Vary", ASKED);
        if (consistency instanceof Consistency.Session(var token)) {
            response.setHeader(TOKEN,
                    (database.isCurrent(token) ? Optional.of(token) : renewed()).orElse(token).text());
        }
        try {
            Database.reading(consistency, () -> {
                chain.doFilter(request, response);
                return true;
            });
        } catch (IOException | ServletException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }

    private Consistency asked(HttpServletRequest request) {
        var asked = request.getHeader(ASKED);
        if (asked != null) {
            return Consistency.parse(asked).orElse(Consistency.strong());
        }
        var token = request.getHeader(TOKEN);
        return token == null
                ? unasked
                : ConsistencyToken.parse(token).map(Consistency::session).orElse(Consistency.strong());
    }

    /** The primary answers a token of before a failover, and replicas can answer again for the one that it gives in return. */
    private Optional<ConsistencyToken> renewed() {
        try {
            return database.token();
        } catch (RuntimeException e) {
            LOG.debug("No token: what comes next will say why", e);
            return Optional.empty();
        }
    }

    /** Adds the token when the first of the body is about to be written: what was written to the database is committed then. */
    private final class WithToken extends HttpServletResponseWrapper {
        private boolean isDone;

        WithToken(HttpServletResponse response) {
            super(response);
        }

        void addToken() {
            if (!isDone && !isCommitted() && getStatus() < ERRORS) {
                isDone = true;
                renewed().ifPresent(token -> setHeader(TOKEN, token.text()));
            }
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            addToken();
            return super.getOutputStream();
        }

        @Override
        public PrintWriter getWriter() throws IOException {
            addToken();
            return super.getWriter();
        }

        @Override
        public void flushBuffer() throws IOException {
            addToken();
            super.flushBuffer();
        }
    }
}
