package dev.howdah.postgres;

import java.time.Duration;

/**
 * Keeps reads from a replica that fails. It opens at once when the replica does not answer the question how far it is, and
 * after a few reads in a row that lost their connection. After a pause, which doubles each time, that question is asked again
 * (half open: no caller's read is risked); after two answers in a row it closes, and the replica's share of reads grows slowly.
 * Thread-safe.
 */
final class Breaker {
    private static final int FAILED_READS_MAX = 3;
    private static final int PROBES_TO_CLOSE = 2;
    private static final Duration PAUSE_FIRST = Duration.ofMillis(250);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(10);
    private static final Duration SLOW_START = Duration.ofSeconds(10);
    /** How much longer a replica seems to take at the beginning of its slow start. */
    private static final double SLOW_START_FACTOR = 10;

    /** What it lets through. */
    enum State {
        CLOSED, OPEN, HALF_OPEN
    }

    private State state = State.HALF_OPEN;
    private int failedReads;
    private int probes;
    private Duration pause = PAUSE_FIRST;
    private long openedAt;
    private long closedAt;
    private boolean wasOpen;

    synchronized State state() {
        return state;
    }

    synchronized boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Whether it is time to ask the replica how far it is. */
    synchronized boolean mayProbe(long now) {
        if (state == State.OPEN && now - openedAt >= pause.toNanos()) {
            state = State.HALF_OPEN;
            probes = 0;
        }
        return state != State.OPEN;
    }

    synchronized void probeSucceeded(long now) {
        if (state == State.HALF_OPEN && (!wasOpen || ++probes >= PROBES_TO_CLOSE)) {
            state = State.CLOSED;
            closedAt = now;
            failedReads = 0;
            pause = PAUSE_FIRST;
        }
    }

    synchronized void probeFailed(long now) {
        open(now);
    }

    synchronized void readSucceeded() {
        failedReads = 0;
    }

    /** A read lost its connection. */
    synchronized void readFailed(long now) {
        if (state == State.CLOSED && ++failedReads >= FAILED_READS_MAX) {
            open(now);
        }
    }

    private void open(long now) {
        if (state == State.HALF_OPEN && wasOpen) {
            pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
        }
        state = State.OPEN;
        wasOpen = true;
        openedAt = now;
    }

    /** 1, or more while the share of a replica that has come back still grows. */
    synchronized double slowStart(long now) {
        long since = now - closedAt;
        if (!wasOpen || since >= SLOW_START.toNanos()) {
            return 1;
        }
        return SLOW_START_FACTOR - (SLOW_START_FACTOR - 1) * since / SLOW_START.toNanos();
    }
}
