package dev.howdah.bench;

import dev.howdah.queue.NewTask;
import dev.howdah.queue.QueueLimits;
import dev.howdah.queue.QueueOptions;
import dev.howdah.queue.Queues;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/** Ours against itself: what fairness between partitions and exact limits for each of them cost. */
final class PartitionRows {
    private static final String RATE = "tasks/s";
    private static final int TENANTS = 10_000;
    private static final int KEYS = 64;
    private static final int LIMIT = 8;
    private static final int CHECKED = 10_000;
    private static final Duration CHECKED_RUN = Duration.ofMillis(5);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final BenchDatabase database;
    private final BenchOptions options;
    private final Consumer<String> notes;

    PartitionRows(BenchDatabase database, BenchOptions options, Consumer<String> notes) {
        this.database = database;
        this.options = options;
        this.notes = notes;
    }

    List<Section> sections() {
        return List.of(Section.expensive(this::fairness, "drain of 10,000 partitions"),
                Section.expensive(this::limit, "drain of 64 partitions, at most 8 at once of each, two workers"));
    }

    private Contest fairness() {
        return new Contest(RATE, false, "drain of 10,000 partitions")
                .ours(() -> drain(number -> partitioned(number, TENANTS)))
                .against("itself, without partitions", 0.95, () -> drain(TaskQueuePeer::task));
    }

    private double[] drain(IntFunction<NewTask> shape) {
        int count = options.size(100_000, 30_000);
        try (var peer = new HowdahPeer(database.fresh(), shape)) {
            peer.warmUp(count, options.warmUp());
            peer.enqueueMany(count);
            database.vacuum();
            return new double[]{count / peer.drain(count)};
        }
    }

    private Contest limit() {
        return new Contest(RATE, false, "drain of 64 partitions, at most 8 at once of each, two workers")
                .ours(() -> drainTogether(true)).against("itself, without limit", 0.7, () -> drainTogether(false));
    }

    private double[] drainTogether(boolean limited) {
        int count = options.size(100_000, 30_000);
        var settings = database.fresh();
        try (var one = new HowdahPeer(settings, number -> partitioned(number, KEYS));
                var other = new HowdahPeer(settings, number -> partitioned(number, KEYS))) {
            if (limited) {
                var most = new QueueLimits(Optional.of(LIMIT), Optional.empty(), Optional.empty());
                new Queues(one.database()).set(NewTask.DEFAULT_QUEUE, QueueOptions.NONE.withPartitionLimits(most));
            }
            long begin = System.nanoTime();
            do { // warm
                drainTogether(one, other, count, Duration.ZERO);
            } while (System.nanoTime() - begin < options.warmUp().toNanos());
            database.vacuum();
            double seconds = drainTogether(one, other, count, Duration.ZERO);
            if (limited) {
                drainTogether(one, other, CHECKED, CHECKED_RUN);
            }
            return new double[]{count / seconds};
        }
    }

    /** Tasks that take time are counted while they run, and must never be more than the limit. */
    private double drainTogether(HowdahPeer one, HowdahPeer other, int count, Duration run) {
        one.enqueueMany(count);
        var running = new AtomicIntegerArray(KEYS);
        var violations = new AtomicInteger();
        var left = new CountDownLatch(count);
        IntConsumer handler = number -> {
            if (!run.isZero()) {
                if (running.incrementAndGet(number % KEYS) > LIMIT) {
                    violations.incrementAndGet();
                }
                JavaPeer.sleep(run);
                running.decrementAndGet(number % KEYS);
            }
            left.countDown();
        };
        long begin = System.nanoTime();
        one.start(handler);
        other.start(handler);
        JavaPeer.await(left); // the look into the database takes 5 ms of it
        while (one.isUnfinished()) {
            JavaPeer.sleep(LOOK);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        one.stop();
        other.stop();
        if (!run.isZero()) {
            notes.accept(
                    "limit of " + LIMIT + " for each of " + KEYS + " partitions, two workers, " + count + " tasks of "
                            + run.toMillis() + " ms: " + violations + " violations");
        }
        return seconds;
    }

    private static NewTask partitioned(int number, int partitions) {
        return TaskQueuePeer.task(number).withPartition("p" + number % partitions);
    }
}
