package dev.howdah.queue;

import java.time.Duration;

/** A handler's word to the queue: not now, later. The attempt does not count. */
public final class Snooze extends RuntimeException {
    private final transient Duration delay;

    /**
     * To be thrown.
     *
     * @param delay from now
     */
    public Snooze(Duration delay) {
        super("snoozed for " + delay, null, false, false);
        this.delay = delay;
    }

    public Duration delay() {
        return delay;
    }
}
