package dev.howdah.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The system's Redis on a free port of the loopback address. */
final class RedisServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Process process;
    private final int port;

    private RedisServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it with its data in the directory, an append-only file that is synced each second, as BullMQ asks for; ours gets
     * the same. Empty, with a word on stderr, if there is none on this machine.
     */
    static Optional<RedisServer> start(Path directory) {
        return start(directory, "yes");
    }

    /** Starts it as a cache: nothing is written to disk. */
    static Optional<RedisServer> startAsCache(Path directory) {
        return start(directory, "no");
    }

    private static Optional<RedisServer> start(Path directory, String isAppending) {
        try {
            Files.createDirectories(directory);
            int port = freePort();
            var process = new ProcessBuilder("redis-server", "--bind", "127.0.0.1", "--port", Integer.toString(port),
                    "--dir", directory.toAbsolutePath().toString(), "--appendonly", isAppending, "--appendfsync",
                    "everysec",
                    "--save", "", "--maxmemory-policy", "noeviction")
                    .redirectErrorStream(true).redirectOutput(directory.resolve("redis.log").toFile()).start();
            var server = new RedisServer(process, port);
            if (server.isReady()) {
                return Optional.of(server);
            }
            server.close();
            System.err.println("howdah: rows with Redis are left out: it did not start; see "
                    + directory.resolve("redis.log"));
        } catch (IOException e) {
            System.err.println("howdah: rows with Redis are left out: redis-server does not start (" + e.getMessage()
                    + "); install it (for example: apt-get install redis-server)");
        }
        return Optional.empty();
    }

    int port() {
        return port;
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }

    private boolean isReady() {
        for (long left = START_LIMIT.dividedBy(LOOK); left > 0 && process.isAlive(); left--) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return true;
            } catch (IOException e) {
                JavaPeer.sleep(LOOK); // it is not listening yet
            }
        }
        return false;
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
