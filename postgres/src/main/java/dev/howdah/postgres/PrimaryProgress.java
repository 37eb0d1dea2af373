package dev.howdah.postgres;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far the primary was at which moment of this process's own clock. A replica that has replayed the position which was
 * asked for at a moment has everything that was committed before that moment: so it is known how stale it is at most, without
 * comparing clocks of machines. Thread-safe.
 */
final class PrimaryProgress {
    private static final int MOMENTS_MAX = 4096;

    private final long[] askedAt = new long[MOMENTS_MAX];
    private final long[] positions = new long[MOMENTS_MAX];
    private long count;
    private volatile @Nullable ConsistencyToken latest;

    /**
     * Notes an answer.
     *
     * @param moment {@link System#nanoTime} before the question
     */
    synchronized void add(long moment, ConsistencyToken answer) {
        var before = latest;
        if (before != null && before.timeline() != answer.timeline()) {
            count = 0; // positions of timelines cannot be compared
        }
        int slot = (int) (count % MOMENTS_MAX);
        askedAt[slot] = moment;
        positions[slot] = answer.position();
        count++;
        latest = answer;
    }

    /** What the primary answered last; empty before it first did. */
    Optional<ConsistencyToken> latest() {
        return Optional.ofNullable(latest);
    }

    /** Whether the primary is on the timeline, as far as is known. */
    boolean isOn(int timeline) {
        var known = latest;
        return known != null && known.timeline() == timeline;
    }

    /**
     * The latest moment before which nothing was committed that is missing at the position.
     *
     * @return {@link System#nanoTime} then; empty if the position is before all that is remembered
     */
    synchronized Optional<Long> freshAt(long position) {
        long remembered = Math.min(count, MOMENTS_MAX);
        for (int back = 1; back <= remembered; back++) {
            int slot = (int) ((count - back) % MOMENTS_MAX);
            if (Long.compareUnsigned(positions[slot], position) <= 0) {
                return Optional.of(askedAt[slot]);
            }
        }
        return Optional.empty();
    }
}
