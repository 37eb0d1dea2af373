package dev.howdah.queue.redis;

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
import java.util.concurrent.atomic.AtomicInteger;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Redis for tests: one server per JVM, which writes every command to disk before it answers, and a key prefix per test. The
 * property {@code howdah.test.redis} points the tests at another server instead. A server of a test's own can be killed and
 * started again.
 */
public final class TestRedis implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String RUN = Long.toString(System.currentTimeMillis(), 36);

    private final Path folder;
    private final int port;
    private final List<String> options;
    private Process process;

    private TestRedis(Path folder, int port, List<String> options) {
        this.folder = folder;
        this.port = port;
        this.options = options;
        this.process = launch();
    }

    /** The server that tests share. */
    public static String sharedUrl() {
        return Shared.URL;
    }

    /** A prefix that no other test has. */
    public static String prefix() {
        return "test-" + RUN + "-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + ":";
    }

    /** A server of a test's own. */
    public static TestRedis start(String... options) {
        try {
            return new TestRedis(Files.createTempDirectory("howdah-redis"), freePort(), List.of(options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** As {@code kill -9} does. */
    public void kill() {
        try {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts it again on its data. */
    void restart() {
        process = launch();
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

    private Process launch() {
        var command = new ArrayList<>(List.of("redis-server", "--port", Integer.toString(port), "--bind", "127.0.0.1",
                "--dir", folder.toString(), "--appendonly", "yes", "--appendfsync", "always", "--save", ""));
        command.addAll(options);
        try {
            var started = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(folder.resolve("redis.log").toFile()).start();
            await().atMost(Duration.ofSeconds(20)).until(() -> isReady(started));
            return started;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "redis-server was not found on the path; install it (Debian: apt-get install "
                            + "redis-server), or give a URL with -Dhowdah.test.redis=redis://host:6379",
                    e);
        }
    }

    private boolean isReady(Process started) throws IOException {
        if (!started.isAlive()) {
            throw new IllegalStateException("redis-server ended: " + Files.readString(folder.resolve("redis.log")));
        }
        try (var redis = new Jedis("127.0.0.1", port)) {
            return "PONG".equals(redis.ping());
        } catch (JedisException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static final class Shared {
        private static final String URL = start();

        private static String start() {
            var url = System.getProperty("howdah.test.redis");
            if (url != null) {
                return url;
            }
            var server = TestRedis.start();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return server.url();
        }
    }
}
