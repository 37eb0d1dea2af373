package dev.howdah.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;

/** A peer in this JVM: measures what its four or five methods do. {@code protocol.js} is the same for Node. */
abstract class JavaPeer implements QueuePeer {
    private static final int TASKS_MAX = 100_000;
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(3);
    /** How often to look whether a drain is over. */
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration SETTLE = Duration.ofSeconds(1);

    private final AtomicLongArray begun = new AtomicLongArray(TASKS_MAX);

    /** Enqueues one task; returns when it is durable. */
    abstract void enqueueOne(int number);

    /** Enqueues tasks in one call; returns when all are durable. */
    abstract void enqueueBatch(int from, int to);

    /** Starts to run tasks; {@code onRun} is called with the number of each. May be called again after a stop. */
    abstract void start(IntConsumer onRun);

    /** Whether a task is not finished in the database. */
    abstract boolean isUnfinished();

    /** Stops to run tasks. */
    abstract void stop();

    @Override
    public final double enqueueMany(int count) {
        long begin = System.nanoTime();
        for (int from = 0; from < count; from += BATCH) {
            enqueueBatch(from, Math.min(count, from + BATCH));
        }
        return seconds(begin);
    }

    @Override
    public final double enqueueOne(int count, int callers) {
        var done = new CountDownLatch(callers);
        long begin = System.nanoTime();
        for (int caller = 0; caller < callers; caller++) {
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < count / callers; i++) {
                    enqueueOne(i);
                }
                done.countDown();
            });
        }
        await(done);
        return seconds(begin);
    }

    @Override
    public final double drain(int count) {
        return drain(count, number -> {});
    }

    /** The same, and tells of each task that is run. */
    final double drain(int count, IntConsumer onRun) {
        var left = new CountDownLatch(count);
        long begin = System.nanoTime();
        start(number -> {
            onRun.accept(number);
            left.countDown();
        });
        await(left);
        while (isUnfinished()) {
            sleep(LOOK);
        }
        double seconds = seconds(begin);
        stop();
        return seconds;
    }

    @Override
    public final double[] pickUp(int count) {
        var ran = new Semaphore(0);
        var end = new long[count];
        var times = new double[count];
        start(number -> {
            end[number] = System.nanoTime();
            ran.release();
        });
        sleep(SETTLE);
        for (int i = 0; i < count; i++) {
            gap();
            long begin = System.nanoTime();
            enqueueOne(i);
            ran.acquireUninterruptibly();
            times[i] = (end[i] - begin) / 1e6;
        }
        stop();
        return times;
    }

    @Override
    public final long[] produce(int count) {
        var times = new long[count];
        for (int i = 0; i < count; i++) {
            gap();
            times[i] = nanos();
            enqueueOne(i);
        }
        return times;
    }

    @Override
    public final void listen() {
        start(number -> begun.set(number, nanos()));
    }

    @Override
    public final long[] begun() {
        int count = 0;
        while (count < TASKS_MAX && begun.get(count) != 0) {
            count++;
        }
        var times = new long[count];
        for (int i = 0; i < count; i++) {
            times[i] = begun.get(i);
        }
        return times;
    }

    /** Of the clock that all processes share. */
    private static long nanos() {
        var now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static void gap() {
        sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(3, 40)));
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(DRAIN_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(latch.getCount() + " left after " + DRAIN_LIMIT);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
