package dev.howdah.postgres.internal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.SocketFactory;

/**
 * Sockets for a connection that listens. After each notification pgjdbc looks whether another one is there by a read that
 * waits one millisecond, the least time-out that a socket has, and hands none out before: that is a fourth of the time in
 * which another process starts a task. Here a read with that time-out does not wait; with any other it is as usual.
 */
public final class ListeningSockets extends SocketFactory {
    /** What {@code PGStream.hasMessagePending} sets; we set none that is so short. */
    private static final int LOOK_MILLIS = 1;
    private static final String CONNECTS_BY_ITSELF = "the driver connects what createSocket() answers";

    /** For the driver, which makes it by its name. */
    public ListeningSockets() {}

    @Override
    public Socket createSocket() {
        return new ListeningSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException(CONNECTS_BY_ITSELF);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException(CONNECTS_BY_ITSELF);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException(CONNECTS_BY_ITSELF);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException(CONNECTS_BY_ITSELF);
    }

    private static final class ListeningSocket extends Socket {
        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    dontWaitToLook();
                    return super.read();
                }

                @Override
                public int read(byte[] bytes, int from, int length) throws IOException {
                    dontWaitToLook();
                    return super.read(bytes, from, length);
                }

                private void dontWaitToLook() throws IOException {
                    if (getSoTimeout() == LOOK_MILLIS && available() == 0) {
                        throw new SocketTimeoutException("nothing there");
                    }
                }
            };
        }
    }
}
