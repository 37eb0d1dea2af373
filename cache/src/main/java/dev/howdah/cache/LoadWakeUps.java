package dev.howdah.cache;

import dev.howdah.postgres.Notifications;
import java.time.Duration;

/** Lets those who wait for another process's loader look again when something was loaded anywhere. Thread-safe. */
final class LoadWakeUps {
    private static final String TOPIC = "cache-loaded";

    private final Notifications notifications;
    private long count;

    LoadWakeUps(Notifications notifications) {
        this.notifications = notifications;
    }

    Notifications.Subscription subscribe() {
        return notifications.subscribe(TOPIC, this::loaded);
    }

    private synchronized void loaded() {
        count++;
        notifyAll();
    }

    synchronized long count() {
        return count;
    }

    /** Waits until something was loaded since the count, at most so long. */
    synchronized void await(long since, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (long left = limit.toMillis(); count == since && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    void tell() {
        notifications.wake(TOPIC);
    }
}
