package dev.howdah.cache.jcache;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads that run on threads of their own, and that a cache waits for before it closes its loader. Thread-safe. */
final class BackgroundLoads {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoads.class);
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    void start(Runnable load) {
        var thread = Thread.ofVirtual().name("howdah-jcache-load").unstarted(() -> {
            try {
                load.run();
            } finally {
                running.remove(Thread.currentThread());
            }
        });
        running.add(thread);
        thread.start();
    }

    /** Waits for those that run, but for the one that asks. */
    void await() {
        for (var thread : running) {
            try {
                if (!thread.equals(Thread.currentThread()) && !thread.join(WAIT_MAX)) {
                    LOG.warn("A cache is closed while its loader still loads");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
