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

/** Refuses bodies over the limit with 413: at once if the length is announced, else while they are read. */
final class BodyLimitFilter extends OncePerRequestFilter {
    private final int bytesMax;

    BodyLimitFilter(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > bytesMax) {
            var e = exceeded();
            response.setHeader("Connection", "close"); // we do not read the rest
            Problem.write(response, HttpStatus.CONTENT_TOO_LARGE, e.code(), e.problem(), e.remedy());
        } else {
            chain.doFilter(new LimitedRequest(request), response);
        }
    }

    private LimitExceededException exceeded() {
        return new LimitExceededException("body-too-large", "the body is larger than " + bytesMax + " bytes",
                "send less, or raise howdah.server.body-max");
    }

    private final class LimitedRequest extends HttpServletRequestWrapper {
        LimitedRequest(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new LimitedStream(super.getInputStream());
        }
    }

    private final class LimitedStream extends ServletInputStream {
        private final ServletInputStream in;
        private long count;

        LimitedStream(ServletInputStream in) {
            this.in = in;
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
            if (count > bytesMax) {
                throw exceeded();
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
