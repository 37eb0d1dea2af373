package dev.howdah.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The queue on Redis against BullMQ on the same server. */
final class RedisRows {
    private static final String DRAIN = "drain on Redis";
    private static final String ENQUEUE = "bulk enqueue on Redis, 1000 per call";

    private final BenchOptions options;
    private final Optional<NodePeers> node;
    private final Path directory;
    private final AtomicInteger queues = new AtomicInteger();

    RedisRows(BenchOptions options, Optional<NodePeers> node, Path directory) {
        this.options = options;
        this.node = node;
        this.directory = directory;
    }

    List<Section> sections() {
        return node.map(peers -> List.of(Section.of(() -> contest(peers), DRAIN, ENQUEUE))).orElse(List.of());
    }

    private Contest contest(NodePeers peers) {
        var contest = new Contest("tasks/s", false, DRAIN, ENQUEUE);
        var redis = RedisServer.start(directory);
        return redis.map(server -> contest.ours(() -> measure(() -> HowdahRedisPeer.on(server, "bench-"
                + queues.incrementAndGet()))).against("BullMQ", 1, () -> measure(() -> peers.bullMq(server)))
                .afterwards(server::close)).orElse(contest);
    }

    private double[] measure(Supplier<QueuePeer> open) {
        int count = options.size(50_000, 10_000);
        try (var peer = open.get()) {
            peer.enqueueMany(count);
            peer.drain(count); // warm
            double enqueue = count / peer.enqueueMany(count);
            return new double[]{count / peer.drain(count), enqueue};
        }
    }
}
