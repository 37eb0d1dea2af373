package dev.howdah.queue;

import dev.howdah.postgres.Notifications;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fires schedules when they are due. Every process may run one; each firing happens once. It sleeps until the next firing
 * and looks every few seconds anyway, so it costs an idle database next to nothing. Started once.
 */
public final class Scheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final int BATCH = 100;
    private static final Duration LOOK_MAX = Duration.ofSeconds(10);

    private final Schedules schedules;
    private final Notifications wakeUps;
    private final Semaphore look = new Semaphore(0);
    private final Trouble firing = new Trouble("Firing schedules");
    private Notifications.@Nullable Subscription subscription;
    private @Nullable Thread loop;

    public Scheduler(Schedules schedules, Notifications wakeUps) {
        this.schedules = schedules;
        this.wakeUps = wakeUps;
    }

    /** Begins to fire. */
    public synchronized void start() {
        subscription = wakeUps.subscribe(Schedules.TOPIC, look::release);
        loop = Thread.ofVirtual().name("howdah-schedule").start(this::run);
    }

    /** Fires what is due; how long until there may be more. */
    Duration runOnce() {
        int enqueued = schedules.runDue(BATCH);
        if (enqueued > 0) {
            LOG.debug("Schedules enqueued {} tasks", enqueued);
        }
        var next = schedules.untilNext().orElse(LOOK_MAX);
        return next.compareTo(LOOK_MAX) < 0 ? next : LOOK_MAX;
    }

    @Override
    public synchronized void close() {
        if (subscription != null) {
            subscription.close();
        }
        if (loop != null) {
            loop.interrupt();
        }
    }

    private void run() {
        while (true) {
            Duration pause;
            try {
                pause = runOnce();
                firing.succeeded();
            } catch (RuntimeException e) {
                pause = firing.failed(e);
            }
            try {
                // A little apart, so that several processes do not all look in the same millisecond.
                long millis = Math.max(pause.toMillis(), 0) + ThreadLocalRandom.current().nextLong(5);
                if (look.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
                    look.drainPermits();
                }
            } catch (InterruptedException e) {
                return; // closed
            }
        }
    }
}
