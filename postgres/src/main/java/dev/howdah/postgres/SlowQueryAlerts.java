package dev.howdah.postgres;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners of slow statements, one after the other on one thread, which is there only while there is something to tell. */
final class SlowQueryAlerts {
    /** Entries that may wait for listeners; later ones are left out. */
    static final int WAITING_MAX = 100;

    private static final Logger LOG = LoggerFactory.getLogger(SlowQueryAlerts.class);
    private static final long IDLE_SECONDS = 10;

    private final List<Consumer<SlowQueryLog.Entry>> listeners = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING_MAX), Thread.ofVirtual().name("howdah-slow-queries").factory());

    SlowQueryAlerts() {
        thread.allowCoreThreadTimeOut(true);
    }

    Runnable add(Consumer<SlowQueryLog.Entry> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void tell(SlowQueryLog.Entry entry) {
        if (listeners.isEmpty()) {
            return;
        }
        try {
            thread.execute(() -> listeners.forEach(listener -> tell(listener, entry)));
        } catch (RejectedExecutionException e) {
            LOG.debug("Listeners of slow statements are behind; {} is left out", entry.id(), e);
        }
    }

    private static void tell(Consumer<SlowQueryLog.Entry> listener, SlowQueryLog.Entry entry) {
        try {
            listener.accept(entry);
        } catch (RuntimeException e) {
            LOG.warn("A listener of slow statements failed", e);
        }
    }
}
