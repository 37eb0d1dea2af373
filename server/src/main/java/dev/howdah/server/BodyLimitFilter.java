package dev.howdah.server;

import dev.howdah.postgres.LimitExceededException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses bodies over the limit with 413: at once if the length is announced, else while they are read. Workflows and what
 * they are started with may be larger than other bodies, and artifacts, which are streamed, larger still; a cached value
 * as large as caches take it.
 */
final class BodyLimitFilter extends OncePerRequestFilter {
    /** Definitions and inputs have up to five million characters, of which some take several bytes. */
    private static final long WORKFLOW_MAX = 10 << 20;

    private final long bytesMax;
    private final long artifactMax;
    private final long cacheValueMax;

    BodyLimitFilter(int bytesMax, long artifactMax, long cacheValueMax) {
        this.bytesMax = bytesMax;
        this.artifactMax = artifactMax;
        this.cacheValueMax = cacheValueMax;
    }

    private long limit(HttpServletRequest request) {
        var path = RequestPaths.of(request);
        if (path.startsWith("/api/executions/") && path.endsWith("/artifacts")) {
            return artifactMax;
        }
        if (path.startsWith("/api/caches/")) {
            return Math.max(bytesMax, cacheValueMax);
        }
        return path.startsWith("/api/workflow") || path.startsWith("/api/executions/")
                ? Math.max(bytesMax, WORKFLOW_MAX)
                : bytesMax;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long limit = limit(request);
        if (request.getContentLengthLong() > limit) {
            var e = exceeded(limit);
            response.setHeader("Connection", "close"); // we do not read the rest
            Problem.write(request, response, HttpStatus.CONTENT_TOO_LARGE, e.code(), e.problem(), e.remedy());
        } else {
            chain.doFilter(new LimitedRequest(request, limit), response);
        }
    }

    private static LimitExceededException exceeded(long limit) {
        return new LimitExceededException("body-too-large", "the body is larger than " + limit + " bytes",
                "send less, or raise howdah.server.body-max (of artifacts howdah.workflow.artifact-max, of"
                        + " cached values howdah.cache.value-max)");
    }

    private static final class LimitedRequest extends HttpServletRequestWrapper {
        private final long limit;

        LimitedRequest(HttpServletRequest request, long limit) {
            super(request);
            this.limit = limit;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new LimitedStream(super.getInputStream(), limit);
        }
    }

    private static final class LimitedStream extends ServletInputStream {
        private final ServletInputStream in;
        private final long limit;
        private long count;

        LimitedStream(ServletInputStream in, long limit) {
            this.in = in;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            counted(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return counted(in.read(buffer, offset, length));
        }

        private int counted(int read) {
            count += Math.max(read, 0);
            if (count > limit) {
                throw exceeded(limit);
            }
            return read;
        }

        @Override
        public boolean isFinished() {
            return in.isFinished();
        }

        @Override
        public boolean isReady() {
            return in.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            in.setReadListener(listener);
        }
    }
}
