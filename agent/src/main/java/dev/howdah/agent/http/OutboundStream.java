package dev.howdah.agent.http;

import dev.howdah.postgres.LimitExceededException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;

/**
 * An answer that is read while it comes. Must be closed; closing frees a reader that waits in another thread. Reading
 * throws {@link LimitExceededException} beyond the limit that was given, and {@link IOException} when the connection
 * breaks or is silent for too long. The body is read by one thread.
 */
public final class OutboundStream implements AutoCloseable {
    private final AnswerHead head;
    private final HttpUriRequestBase request;
    private final ClassicHttpResponse response;
    private final Body body;
    private final AtomicBoolean closed = new AtomicBoolean();

    OutboundStream(AnswerHead head, HttpUriRequestBase request, ClassicHttpResponse response, long bytesMax)
            throws IOException {
        this.head = head;
        this.request = request;
        this.response = response;
        var entity = response.getEntity();
        this.body = new Body(entity == null ? InputStream.nullInputStream() : entity.getContent(), bytesMax,
                entity == null ? 0 : Math.max(0, entity.getContentLength()));
    }

    /** Status and headers. */
    public AnswerHead head() {
        return head;
    }

    /** What follows; closing it closes the stream. */
    public InputStream body() {
        return body;
    }

    /** How many bytes were announced; 0 if that was not said. */
    public long announcedBytes() {
        return body.announced;
    }

    /** The connection is used again only if all was read: reading on what nobody wants could take for ever. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return; // reader and owner may both close it, and the library's streams are not made for two threads
        }
        if (!body.ended) {
            request.cancel();
        }
        try {
            response.close();
        } catch (IOException | IndexOutOfBoundsException e) {
            // it was to be closed, and it is; a reader may have been in the middle of a chunk
        }
    }

    /** Counts what is read. */
    private final class Body extends FilterInputStream {
        private final long bytesMax;
        private final long announced;
        private long count;
        private volatile boolean ended;

        Body(InputStream in, long bytesMax, long announced) {
            super(in);
            this.bytesMax = bytesMax;
            this.announced = announced;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = readOnce(bytes, offset, length);
            ended |= read < 0;
            count += Math.max(read, 0);
            if (count > bytesMax) {
                throw new LimitExceededException(OutboundHttp.ANSWER_TOO_LARGE, "the answer has more than " + bytesMax
                        + " bytes", "ask for less, or raise the limit");
            }
            return read;
        }

        private int readOnce(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IndexOutOfBoundsException e) {
                if (closed.get()) {
                    throw new IOException("closed while it was read", e);
                }
                throw e;
            }
        }

        @Override
        public void close() {
            OutboundStream.this.close();
        }
    }
}
