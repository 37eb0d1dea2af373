package dev.howdah.bench;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The queue: drain, enqueue one and many, idle pick-up; each against peers in the same run, medians. */
final class QueueBench {
    private static final String NAME = "queue";
    private static final String SCHEMA = "bench";

    private final DatabaseSettings server;
    private final boolean quick;
    private final String only;
    private final List<Row> rows = new ArrayList<>();

    QueueBench(DatabaseSettings server, boolean quick, String only) {
        this.server = server;
        this.quick = quick;
        this.only = only;
    }

    List<Row> run() {
        Function<DatabaseSettings, QueuePeer> ours = HowdahPeer::new;
        Function<DatabaseSettings, QueuePeer> dbScheduler = DbSchedulerPeer::new;
        int tasks = quick ? 30_000 : 100_000;
        compare("drain", "tasks/s", ours, peer -> drain(peer, tasks), dbScheduler, peer -> drain(peer, tasks / 3), 8,
                false);
        compare("bulk enqueue, 1000 per call", "tasks/s", ours, peer -> enqueueMany(peer, tasks), dbScheduler,
                peer -> enqueueMany(peer, tasks), 2.5, false);
        compare("single enqueue, 16 callers", "tasks/s", ours, peer -> enqueueOne(peer, 16), dbScheduler,
                peer -> enqueueOne(peer, 16), 2.5, false);
        compare("single enqueue, 64 callers", "tasks/s", ours, peer -> enqueueOne(peer, 64), dbScheduler,
                peer -> enqueueOne(peer, 64), 8, false);
        compare("idle pick-up p50, same process", "ms", ours, peer -> pickUp(peer, 0.5), dbScheduler,
                peer -> pickUp(peer, 0.5), 0.7, true);
        return rows;
    }

    private void compare(String row, String unit, Function<DatabaseSettings, QueuePeer> ours,
            ToDoubleFunction<QueuePeer> measure, Function<DatabaseSettings, QueuePeer> theirs,
            ToDoubleFunction<QueuePeer> measureTheirs, double goal, boolean lowerIsBetter) {
        if (!row.contains(only)) {
            return;
        }
        var own = median(ours, measure);
        var other = median(theirs, measureTheirs);
        rows.add(new Row(NAME, row, own.value, unit, other.name, other.value, goal, lowerIsBetter));
    }

    private record Median(String name, double value) {}

    private Median median(Function<DatabaseSettings, QueuePeer> factory, ToDoubleFunction<QueuePeer> measure) {
        int repetitions = quick ? 1 : 5;
        var values = new double[repetitions];
        String name = "";
        for (int i = 0; i < repetitions; i++) {
            execute("DROP SCHEMA IF EXISTS " + SCHEMA + " CASCADE");
            execute("CREATE SCHEMA " + SCHEMA);
            try (var peer = factory.apply(server.inSchema(SCHEMA))) {
                name = peer.name();
                values[i] = measure.applyAsDouble(peer);
            }
        }
        Arrays.sort(values);
        return new Median(name, values[repetitions / 2]);
    }

    private void execute(String sql) {
        try (var database = Database.open(server)) {
            database.withHandle(handle -> handle.execute(sql));
        }
    }

    private static double drain(QueuePeer peer, int count) {
        peer.enqueueMany(count);
        var latch = new CountDownLatch(count);
        long begin = System.nanoTime();
        peer.start(latch::countDown);
        await(latch);
        while (peer.unfinished() > 0) {
            sleep(QueuePeer.LOOK.toMillis());
        }
        return count / seconds(begin);
    }

    private static double enqueueMany(QueuePeer peer, int count) {
        peer.enqueueMany(5 * QueuePeer.BATCH); // warm
        long begin = System.nanoTime();
        peer.enqueueMany(count);
        return count / seconds(begin);
    }

    private double enqueueOne(QueuePeer peer, int callers) {
        int each = (quick ? 8_000 : 30_000) / callers;
        callers(peer, callers, each / 4);
        long begin = System.nanoTime();
        callers(peer, callers, each);
        return callers * each / seconds(begin);
    }

    private static void callers(QueuePeer peer, int callers, int each) {
        var done = new CountDownLatch(callers);
        for (int caller = 0; caller < callers; caller++) {
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    peer.enqueueOne(i);
                }
                done.countDown();
            });
        }
        await(done);
    }

    /** From the call that enqueues to the handler's start, one task at a time, with pauses. */
    private double pickUp(QueuePeer peer, double percentile) {
        int count = quick ? 200 : 550;
        int warm = count / 5;
        var begun = new AtomicInteger();
        var ran = new Semaphore(0);
        var times = new double[count];
        var start = new long[1];
        peer.start(() -> {
            times[begun.get()] = (System.nanoTime() - start[0]) / 1e6;
            ran.release();
        });
        sleep(1000);
        for (int i = 0; i < count; i++) {
            sleep(ThreadLocalRandom.current().nextLong(3, 40));
            begun.set(i);
            start[0] = System.nanoTime();
            peer.enqueueOne(i);
            ran.acquireUninterruptibly();
        }
        var measured = Arrays.copyOfRange(times, warm, count);
        Arrays.sort(measured);
        return measured[(int) (measured.length * percentile)];
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(5, TimeUnit.MINUTES)) {
                throw new IllegalStateException("not done after five minutes");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
