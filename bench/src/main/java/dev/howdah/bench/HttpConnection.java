package dev.howdah.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * A connection that is kept, one request at a time: as much of HTTP/1.1 as a load needs, so that the client leaves the
 * processors to the servers, with which it shares them. For one thread.
 */
final class HttpConnection implements AutoCloseable {
    private static final Duration READ_LIMIT = Duration.ofMinutes(1);
    private static final int BUFFER = 4096;

    private final int port;
    private final String head;
    private Socket socket;
    private InputStream in;
    /** Whether the server closes it when it has answered. */
    private boolean isLast;
    /** Bytes of the body, or of the present chunk. */
    private long left;
    private boolean isChunked;
    private boolean isStream;
    /** Whether the last chunk has come. */
    private boolean isOver;

    HttpConnection(int port, String path) {
        this.port = port;
        head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nContent-Type: application/json\r\nA2A-Version: 1.0\r\nContent-Length: ";
        try {
            socket = connect(port);
            in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) READ_LIMIT.toMillis());
        return socket;
    }

    /** Sends JSON and gives what is answered. */
    String post(String json) {
        try {
            send(json);
            return body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends JSON; the stream that is answered is read by {@link #event}. */
    void open(String json) {
        try {
            send(json);
            if (!isStream) {
                throw new IOException("no stream is answered: " + body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The data of the next server-sent event; absent at the end of the stream. */
    Optional<String> event() {
        try {
            for (var line = bodyLine(); line.isPresent(); line = bodyLine()) {
                if (line.get().startsWith("data:")) {
                    return line;
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void send(String json) throws IOException {
        if (isLast) {
            socket.close();
            socket = connect(port);
            in = new BufferedInputStream(socket.getInputStream(), BUFFER);
            isLast = false;
        }
        var body = json.getBytes(StandardCharsets.UTF_8);
        var request = (head + body.length + "\r\n\r\n" + json).getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(request);
        readHead();
    }

    private void readHead() throws IOException {
        var status = line();
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException("a request was answered with " + status);
        }
        isChunked = false;
        isStream = false;
        isOver = false;
        left = 0;
        for (var header = line(); !header.isEmpty(); header = line()) {
            var lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                left = Long.parseLong(lower.substring("content-length:".length()).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                isChunked = lower.endsWith("chunked");
            } else if (lower.startsWith("content-type:")) {
                isStream = lower.contains("text/event-stream");
            } else if (lower.startsWith("connection:")) {
                isLast = lower.endsWith("close");
            }
        }
    }

    private String body() throws IOException {
        var body = new ByteArrayOutputStream(BUFFER);
        for (int next = bodyByte(); next >= 0; next = bodyByte()) {
            body.write(next);
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    /** Below 0 at the end of the body. A chunk is begun when it is needed: that of the next event may be far. */
    private int bodyByte() throws IOException {
        if (left == 0 && isChunked && !isOver) {
            beginChunk();
        }
        if (left == 0) {
            return -1;
        }
        left--;
        return required(in.read());
    }

    private void beginChunk() throws IOException {
        var size = line();
        if (size.isEmpty()) { // the end of the chunk before
            size = line();
        }
        left = Long.parseLong(size, 16);
        if (left == 0) {
            line();
            isOver = true;
        }
    }

    private Optional<String> bodyLine() throws IOException {
        var line = new ByteArrayOutputStream(BUFFER);
        for (int next = bodyByte(); next != '\n'; next = bodyByte()) {
            if (next < 0) {
                return Optional.empty();
            }
            line.write(next);
        }
        return Optional.of(line.toString(StandardCharsets.UTF_8));
    }

    /** Of the head, or of what stands around chunks. */
    private String line() throws IOException {
        var line = new StringBuilder();
        for (int next = required(in.read()); next != '\n'; next = required(in.read())) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private static int required(int next) throws EOFException {
        if (next < 0) {
            throw new EOFException("the server has closed the connection");
        }
        return next;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
