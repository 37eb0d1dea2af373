package dev.howdah.operations.imports;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/** A redis-server of a test's own, on this machine. */
final class RedisProcess implements AutoCloseable {
    private final Path folder;
    private final int port;
    private final List<String> options;
    private Process process;

    private RedisProcess(Path folder, int port, List<String> options) {
        this.folder = folder;
        this.port = port;
        this.options = options;
        this.process = launch();
    }

    static RedisProcess start(String... options) {
        try {
            return new RedisProcess(Files.createTempDirectory("howdah-redis"), freePort(), List.of(options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    Jedis client() {
        return new Jedis("127.0.0.1", port, 60_000);
    }

    /** Where SAVE writes. */
    Path snapshot() {
        return folder.resolve("dump.rdb");
    }

    /** As {@code kill -9} does. */
    void kill() {
        try {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts it again on what SAVE wrote. */
    void restart() {
        process = launch();
    }

    private Process launch() {
        var command = new ArrayList<>(List.of("redis-server", "--port", Integer.toString(port), "--bind", "127.0.0.1",
                "--dir", folder.toString(), "--appendonly", "no", "--save", ""));
        command.addAll(options);
        try {
            var started = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(folder.resolve("redis.log").toFile()).start();
            await().atMost(Duration.ofSeconds(20)).until(() -> isReady(started));
            return started;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "redis-server was not found on the path; install it (Debian: apt-get install redis-server)", e);
        }
    }

    private boolean isReady(Process started) throws IOException {
        if (!started.isAlive()) {
            throw new IllegalStateException("redis-server ended: " + Files.readString(folder.resolve("redis.log")));
        }
        try (var redis = client()) {
            redis.ping();
            return true;
        } catch (JedisException e) {
            var message = String.valueOf(e.getMessage());
            return message.startsWith("NOAUTH");
        }
    }

    @Override
    public void close() {
        kill();
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
