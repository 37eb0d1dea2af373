package dev.howdah.postgres;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** How long something took, in classes of which four double; so a percentile is at most a fifth too long. Thread-safe. */
final class Times {
    private static final int PER_DOUBLING = 4;
    private static final double FIRST_NANOS = 1000;
    /** The last one is over a minute. */
    private static final int CLASSES = 26 * PER_DOUBLING;

    private final AtomicLongArray classes = new AtomicLongArray(CLASSES);
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final AtomicLong longest = new AtomicLong();

    void add(long taken) {
        classes.incrementAndGet(classOf(taken));
        count.increment();
        nanos.add(taken);
        longest.accumulateAndGet(taken, Math::max);
    }

    long count() {
        return count.sum();
    }

    Duration total() {
        return Duration.ofNanos(nanos.sum());
    }

    Duration longest() {
        return Duration.ofNanos(longest.get());
    }

    /** What this share did not exceed; zero without any. */
    Duration percentile(double share) {
        long all = 0;
        for (int i = 0; i < CLASSES; i++) {
            all += classes.get(i);
        }
        long sought = (long) Math.ceil(all * share);
        long seen = 0;
        for (int i = 0; i < CLASSES && all > 0; i++) {
            seen += classes.get(i);
            if (seen >= sought) {
                return Duration.ofNanos(Math.min(endOf(i), longest.get()));
            }
        }
        return Duration.ZERO;
    }

    private static int classOf(long taken) {
        if (taken <= FIRST_NANOS) {
            return 0;
        }
        double doublings = Math.log(taken / FIRST_NANOS) / Math.log(2);
        return Math.min(CLASSES - 1, (int) Math.ceil(doublings * PER_DOUBLING));
    }

    private static long endOf(int number) {
        return (long) (FIRST_NANOS * Math.pow(2, (double) number / PER_DOUBLING));
    }
}
