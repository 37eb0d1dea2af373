package dev.howdah.postgres;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long callers waited for a connection over the life of the process, how many waited long in the last minutes, and the most
 * connections that were in use at once. Thread-safe.
 */
final class AcquireTimes implements PoolMetrics.Listener {
    private static final long WINDOW_NANOS = Duration.ofMinutes(5).toNanos();

    private final Times times = new Times();
    private final LongAdder timeouts = new LongAdder();
    private final LongAdder usageMillis = new LongAdder();
    private final AtomicInteger inUse = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();
    private final Recent recent = new Recent();

    /** Waits of the present window and of the one before. */
    private static final class Recent {
        private long begin = System.nanoTime();
        private Window present = new Window();
        private Window before = new Window();

        private static final class Window {
            private final LongAdder acquired = new LongAdder();
            private final LongAdder waited = new LongAdder();
            private final LongAdder timedOut = new LongAdder();
        }

        /** Those of at least one window, and of less than two. */
        synchronized PoolUse.Waits waits() {
            var now = current();
            return new PoolUse.Waits(now.acquired.sum() + before.acquired.sum(),
                    now.waited.sum() + before.waited.sum(), now.timedOut.sum() + before.timedOut.sum());
        }

        synchronized Window current() {
            long now = System.nanoTime();
            if (now - begin >= WINDOW_NANOS) {
                before = now - begin >= 2 * WINDOW_NANOS ? new Window() : present;
                present = new Window();
                begin = now;
            }
            return present;
        }
    }

    @Override
    public void acquired(Duration wait) {
        times.add(wait.toNanos());
        peak.accumulateAndGet(inUse.incrementAndGet(), Math::max);
        var window = recent.current();
        window.acquired.increment();
        if (wait.compareTo(PoolAdvice.LONG_WAIT) >= 0) {
            window.waited.increment();
        }
    }

    @Override
    public void used(Duration use) {
        usageMillis.add(use.toMillis());
        inUse.decrementAndGet();
    }

    @Override
    public void created(Duration time) {
        // says nothing about callers
    }

    @Override
    public void timedOut() {
        timeouts.increment();
        recent.current().timedOut.increment();
    }

    int peak() {
        return peak.get();
    }

    PoolUse.Acquiring acquiring() {
        return new PoolUse.Acquiring(times.count(), timeouts.sum(), times.total(), times.percentile(0.5),
                times.percentile(0.99), times.longest(), Duration.ofMillis(usageMillis.sum()), recent.waits());
    }
}
