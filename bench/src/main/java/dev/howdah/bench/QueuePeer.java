package dev.howdah.bench;

import java.time.Duration;

/** A task queue that is measured, in its documented fast settings, with no-op tasks of one small JSON payload. */
interface QueuePeer extends AutoCloseable {
    /** Tasks per call of {@link #enqueueMany}. */
    int BATCH = 1000;

    String name();

    /** Enqueues one task; returns when it is durable. */
    void enqueueOne(int number);

    /** Enqueues tasks in calls of a thousand; returns when all are durable. */
    void enqueueMany(int count);

    /** Starts to run tasks; {@code onRun} is called for each. */
    void start(Runnable onRun);

    /** How many tasks are not finished in the database. */
    long unfinished();

    /** Stops to run tasks. */
    void stop();

    @Override
    void close();

    /** How often to look whether a drain is over. */
    Duration LOOK = Duration.ofMillis(20);
}
