package dev.howdah.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Stands between a client and a server, and can be cut and healed: a network that fails. */
public final class TcpProxy implements AutoCloseable {
    private final int targetPort;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private @Nullable ServerSocket listener;

    private TcpProxy(int targetPort, int port) {
        this.targetPort = targetPort;
        this.port = port;
    }

    /** One that does not let anything through yet. */
    public static TcpProxy cutOff(int targetPort) {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new TcpProxy(targetPort, free.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One in front of the database of the settings. */
    public static TcpProxy cutOff(DatabaseSettings settings) {
        return cutOff(Integer.parseInt(settings.url().replaceFirst("^jdbc:postgresql://[^:]+:(\\d+)/.*$", "$1")));
    }

    /** The same settings by way of the proxy. */
    public DatabaseSettings through(DatabaseSettings settings) {
        return settings.at(settings.url().replaceFirst("//[^:/]+:\\d+/", "//127.0.0.1:" + port + "/"), settings.user(),
                settings.password());
    }

    /** Lets connections through from now on. */
    public synchronized void heal() {
        try {
            var socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            listener = socket;
            Thread.ofVirtual().start(() -> accept(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Breaks every connection and refuses new ones. */
    public synchronized void cut() {
        close(listener);
        listener = null;
        open.forEach(TcpProxy::close);
        open.clear();
    }

    @Override
    public void close() {
        cut();
    }

    private void accept(ServerSocket socket) {
        try {
            while (true) {
                connect(socket, socket.accept());
            }
        } catch (IOException e) {
            close(socket); // cut
        }
    }

    /** Not while it is being cut: a connection accepted a moment before would outlive the cut. */
    private synchronized void connect(ServerSocket socket, Socket client) throws IOException {
        if (socket.isClosed()) {
            client.close();
            return;
        }
        var server = new Socket(InetAddress.getLoopbackAddress(), targetPort);
        open.add(client);
        open.add(server);
        Thread.ofVirtual().start(() -> pump(client, server));
        Thread.ofVirtual().start(() -> pump(server, client));
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            close(from); // cut, or the client is gone
        } finally {
            close(to);
        }
    }

    private static void close(@Nullable AutoCloseable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
