package dev.howdah.bench;

import java.time.Duration;

/**
 * A task queue that is measured, in its documented fast settings, with no-op tasks of one small JSON payload. It measures
 * itself, so that one in another process needs no word from us while the clock runs.
 */
interface QueuePeer extends AutoCloseable {
    /** Tasks per call of {@link #enqueueMany}. */
    int BATCH = 1000;

    String name();

    /** Enqueues tasks in calls of a thousand; seconds until all are durable. */
    double enqueueMany(int count);

    /** Enqueues tasks in calls of one, by so many callers at once; seconds until all are durable. */
    double enqueueOne(int count, int callers);

    /** Runs the tasks that wait; seconds from the start of workers until none is unfinished in the database. */
    double drain(int count);

    /** Drains as many, at least once and for as long: those on Node begin in a fresh process, ours in a JVM that has run before. */
    default void warmUp(int count, Duration time) {
        long begin = System.nanoTime();
        do {
            enqueueMany(count);
            drain(count);
        } while (System.nanoTime() - begin < time.toNanos());
    }

    /** Milliseconds from the call that enqueues to the handler's start, one task at a time, with pauses. */
    double[] pickUp(int count);

    /** Enqueues tasks with pauses, for a worker of another process; when each was, in nanoseconds. */
    long[] produce(int count);

    /** Begins to run what another process enqueues. */
    void listen();

    /** When each task of {@link #listen} began, by its number, by the clock of {@link #produce}. */
    long[] begun();

    @Override
    void close();
}
