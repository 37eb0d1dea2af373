package dev.howdah.postgres;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the pool's connections go through: how long callers wait for one, keep one, how long it takes to make one, and how
 * often none came in time. Who measures listens. Thread-safe.
 */
public final class PoolMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(PoolMetrics.class);

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    PoolMetrics() {}

    /** Hears of every step; called on the thread that waits for a connection or gives one back, to be done in a microsecond. */
    public interface Listener {
        /** A caller got a connection after so long. */
        void acquired(Duration wait);

        /** A caller gave a connection back after so long. */
        void used(Duration use);

        /** A connection was made in so long. */
        void created(Duration time);

        /** A caller got none within the time that it may wait. */
        void timedOut();
    }

    /**
     * Has a listener told from now on.
     *
     * @return ends that
     */
    public Runnable listen(Listener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void acquired(Duration wait) {
        tell(listener -> listener.acquired(wait));
    }

    void timedOut() {
        tell(Listener::timedOut);
    }

    /** What the pool calls; it does not know how long callers wait for their turn. */
    IMetricsTracker tracker() {
        return new IMetricsTracker() {
            @Override
            public void recordConnectionUsageMillis(long elapsedBorrowedMillis) {
                tell(listener -> listener.used(Duration.ofMillis(elapsedBorrowedMillis)));
            }

            @Override
            public void recordConnectionCreatedMillis(long connectionCreatedMillis) {
                tell(listener -> listener.created(Duration.ofMillis(connectionCreatedMillis)));
            }
        };
    }

    private void tell(Consumer<Listener> step) {
        for (var listener : listeners) {
            try {
                step.accept(listener);
            } catch (RuntimeException e) {
                LOG.warn("A listener of the pool failed", e);
            }
        }
    }
}
