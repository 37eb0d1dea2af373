package dev.howdah.bench;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Rows against peers: drain, enqueue one and many, idle pick-up; and what wake-ups cost. */
final class PeerRows {
    private static final String RATE = "tasks/s";
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration SETTLE = Duration.ofSeconds(1);
    private static final int PICK_UPS_WARM = 3000;
    private static final Duration PICK_UP_LIMIT = Duration.ofSeconds(30);

    private final BenchDatabase database;
    private final BenchOptions options;
    private final Optional<NodePeers> node;

    PeerRows(BenchDatabase database, BenchOptions options, Optional<NodePeers> node) {
        this.database = database;
        this.options = options;
        this.node = node;
    }

    List<Section> sections() {
        return List.of(
                Section.of(this::drain, "drain"),
                Section.of(this::enqueueMany, "bulk enqueue, 1000 per call"),
                Section.of(() -> enqueueOne(16, 2.5), "single enqueue, 16 callers"),
                Section.of(() -> enqueueOne(64, 8), "single enqueue, 64 callers"),
                Section.of(this::wakeUps, "single enqueue, 64 callers, wake-ups on"),
                Section.of(this::pickUp, "idle pick-up p50, same process"),
                Section.of(this::remotePickUp, "idle pick-up p50, another process",
                        "idle pick-up p99, another process"));
    }

    private Contest drain() {
        int tasks = options.size(100_000, 30_000);
        ToDoubleFunction<QueuePeer> all = peer -> drain(peer, tasks);
        var contest = new Contest(RATE, false, "drain").ours(measured(HowdahPeer::new, all));
        node.ifPresent(peers -> contest.against("Graphile Worker", 1.5, measured(peers::graphileWorker, all))
                .against("pg-boss", 3, measured(peers::pgBoss, all)));
        return contest.against("db-scheduler", 8, measured(DbSchedulerPeer::new, peer -> drain(peer, tasks / 3)))
                .against("JobRunr", 40, measured(JobRunrPeer::new, peer -> drain(peer, tasks / 10)));
    }

    private Contest enqueueMany() {
        int tasks = options.size(100_000, 20_000);
        var contest = new Contest(RATE, false, "bulk enqueue, 1000 per call").ours(measured(HowdahPeer::new,
                peer -> enqueueMany(peer, tasks)));
        node.ifPresent(peers -> contest
                .against("Graphile Worker", 2.5, measured(peers::graphileWorker, peer -> enqueueMany(peer, tasks)))
                .against("pg-boss", 2.5, measured(peers::pgBoss, peer -> enqueueMany(peer, tasks))));
        return contest.against("db-scheduler", 2.5, measured(DbSchedulerPeer::new, peer -> enqueueMany(peer, tasks)))
                .against("JobRunr", 2.5, measured(JobRunrPeer::new, peer -> enqueueMany(peer, tasks / 4)));
    }

    private Contest enqueueOne(int callers, double goal) {
        ToDoubleFunction<QueuePeer> measure = peer -> enqueueOne(peer, callers);
        return new Contest(RATE, false, "single enqueue, " + callers + " callers")
                .ours(measured(HowdahPeer::new, measure))
                .against("db-scheduler", goal, measured(DbSchedulerPeer::new, measure));
    }

    /** NOTIFY is sent and heard by another pool, against neither. No worker runs, which would cost more than both. */
    private Contest wakeUps() {
        return new Contest(RATE, false, "single enqueue, 64 callers, wake-ups on")
                .ours(() -> {
                    var settings = database.fresh();
                    try (var peer = new HowdahPeer(settings); var other = Database.open(settings.withPool(2, 1))) {
                        other.notifications().subscribe("tasks", () -> {});
                        peer.database().notifications().subscribe("tasks", () -> {});
                        return new double[]{enqueueOne(peer, 64)};
                    }
                })
                .against("itself, wake-ups off", 0.9, measured(settings -> new HowdahPeer(silent(settings)),
                        peer -> enqueueOne(peer, 64)));
    }

    private static DatabaseSettings silent(DatabaseSettings settings) {
        return DatabaseSettings.from(Configuration.of(Map.of(DatabaseSettings.LISTEN.name(), "false")))
                .at(settings.url(), settings.user(), settings.password()).inSchema(settings.schema());
    }

    private Contest pickUp() {
        ToDoubleFunction<QueuePeer> measure = peer -> percentile(peer.pickUp(pickUps()), 0.5);
        return new Contest("ms", true, "idle pick-up p50, same process").ours(measured(HowdahPeer::new, measure))
                .against("db-scheduler", 0.7, measured(DbSchedulerPeer::new, measure));
    }

    private Contest remotePickUp() {
        var contest = new Contest("ms", true, "idle pick-up p50, another process", "idle pick-up p99, another process")
                .ours(() -> remotePickUp(HowdahPeer::new,
                        settings -> new ProcessPeer("howdah", WorkerProcess.start(settings))));
        node.ifPresent(peers -> contest.against("Graphile Worker", 1,
                () -> remotePickUp(peers::graphileWorker, peers::graphileWorker)));
        return contest;
    }

    /** From the call that enqueues in one process to the handler's start in another. */
    private double[] remotePickUp(Function<DatabaseSettings, QueuePeer> producer,
            Function<DatabaseSettings, QueuePeer> worker) {
        var settings = database.fresh();
        try (var enqueuing = producer.apply(settings); var running = worker.apply(settings)) {
            running.listen();
            JavaPeer.sleep(SETTLE);
            enqueuing.enqueueOne(PICK_UPS_WARM, 1); // whatever runs for a while is warm
            JavaPeer.sleep(SETTLE);
            var enqueued = enqueuing.produce(pickUps());
            var begun = running.begun();
            for (long left = PICK_UP_LIMIT.dividedBy(LOOK); !haveBegun(enqueued, begun); left--) {
                if (left == 0) {
                    throw new IllegalStateException("not all of " + enqueued.length + " tasks ran");
                }
                JavaPeer.sleep(LOOK);
                begun = running.begun();
            }
            var times = new double[enqueued.length];
            for (int i = 0; i < times.length; i++) {
                times[i] = (begun[i] - enqueued[i]) / 1e6;
            }
            return new double[]{percentile(times, 0.5), percentile(times, 0.99)};
        }
    }

    /** Not what ran under the same numbers before. */
    private static boolean haveBegun(long[] enqueued, long[] begun) {
        return begun.length >= enqueued.length
                && IntStream.range(0, enqueued.length).allMatch(i -> begun[i] >= enqueued[i]);
    }

    private int pickUps() {
        return options.size(550, 150);
    }

    private double drain(QueuePeer peer, int count) {
        peer.warmUp(count, options.warmUp());
        peer.enqueueMany(count);
        database.vacuum();
        return count / peer.drain(count);
    }

    private static double enqueueMany(QueuePeer peer, int count) {
        peer.enqueueMany(count); // warm
        return count / peer.enqueueMany(count);
    }

    private double enqueueOne(QueuePeer peer, int callers) {
        int count = options.size(100_000, 8_000) / callers * callers;
        peer.enqueueOne(count, callers); // warm: who is done within a second is else measured while it is compiled
        return count / peer.enqueueOne(count, callers);
    }

    /** Of all but the first tenth. */
    private static double percentile(double[] times, double percentile) {
        var measured = Arrays.copyOfRange(times, times.length / 10, times.length);
        Arrays.sort(measured);
        return measured[(int) (measured.length * percentile)];
    }

    private Supplier<double[]> measured(Function<DatabaseSettings, QueuePeer> open,
            ToDoubleFunction<QueuePeer> measure) {
        return () -> {
            try (var peer = open.apply(database.fresh())) {
                return new double[]{measure.applyAsDouble(peer)};
            }
        };
    }
}
