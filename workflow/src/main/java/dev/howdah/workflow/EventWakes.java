package dev.howdah.workflow;

import dev.howdah.postgres.Notifications;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Tells followers that there are events: those of this process at once; those of others at once when it is quiet, and
 * otherwise together every {@value #GATHER_MILLIS} ms, because NOTIFY takes a lock over all commits. Thread-safe.
 */
final class EventWakes {
    /** Woken when executions have ended. */
    static final String ENDED = "executions-ended";
    static final List<String> TOPICS = IntStream.range(0, ExecutionEvents.BUCKETS).mapToObj(i -> "executions-" + i)
            .toList();
    private static final int GATHER_MILLIS = 50;
    private static final Duration GATHER = Duration.ofMillis(GATHER_MILLIS);

    private final Notifications notifications;
    /** A bit for each topic that others have not been told of. */
    private final AtomicLong untold = new AtomicLong();
    private final AtomicBoolean anyEnded = new AtomicBoolean();
    private final AtomicBoolean isGathering = new AtomicBoolean();

    EventWakes(Notifications notifications) {
        this.notifications = notifications;
    }

    /** By the random bits of the id: the first ones are the time. */
    static int bucketOf(UUID executionId) {
        return (int) (executionId.getLeastSignificantBits() & (ExecutionEvents.BUCKETS - 1));
    }

    /** To be called after the commit. */
    void changed(UUID executionId) {
        int bucket = bucketOf(executionId);
        notifications.wakeHere(TOPICS.get(bucket));
        untold.getAndUpdate(bits -> bits | 1L << bucket);
        tellSoon();
    }

    /** The same for an execution that has ended now. */
    void ended(UUID executionId) {
        anyEnded.set(true);
        changed(executionId);
    }

    private void tellSoon() {
        if (isGathering.compareAndSet(false, true)) {
            Thread.ofVirtual().name("howdah-event-wakes").start(() -> {
                tell();
                pause();
                isGathering.set(false);
                if (untold.get() != 0) {
                    tellSoon();
                }
            });
        }
    }

    private void tell() {
        if (anyEnded.getAndSet(false)) {
            notifications.wake(ENDED);
        }
        long bits = untold.getAndSet(0);
        for (int bucket = 0; bucket < ExecutionEvents.BUCKETS; bucket++) {
            if ((bits >>> bucket & 1) == 1) {
                notifications.wake(TOPICS.get(bucket));
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(GATHER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does
        }
    }
}
