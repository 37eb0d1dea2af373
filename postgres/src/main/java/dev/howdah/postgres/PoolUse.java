package dev.howdah.postgres;

import java.time.Duration;

/**
 * Connections of the primary's pool.
 *
 * @param active connections in use
 * @param idle connections open and free
 * @param waiting callers that wait for one
 * @param max the most that may be open
 * @param peak the most that were in use at once since the process started
 * @param acquiring how callers got one
 */
public record PoolUse(int active, int idle, int waiting, int max, int peak, Acquiring acquiring) {
    /**
     * How callers got connections since the process started.
     *
     * @param count callers that got one
     * @param timeouts callers that did not within {@code howdah.database.acquire-timeout}
     * @param total time that all of them waited together
     * @param median half of them waited no longer; at most a fifth too long
     * @param p99 of a hundred of them 99 waited no longer; at most a fifth too long
     * @param longest wait
     * @param used time that connections were in use together
     * @param recent the same of the last five to ten minutes
     */
    public record Acquiring(long count, long timeouts, Duration total, Duration median, Duration p99, Duration longest,
            Duration used, Waits recent) {}

    /**
     * Callers of the last minutes.
     *
     * @param count callers that got a connection
     * @param longWaits those of them that waited for {@link PoolAdvice#LONG_WAIT} or more
     * @param timeouts callers that got none
     */
    public record Waits(long count, long longWaits, long timeouts) {
        /** The share of callers that waited long or in vain; 0 without callers. */
        public double waitedShare() {
            long callers = count + timeouts;
            return callers == 0 ? 0 : (double) (longWaits + timeouts) / callers;
        }
    }
}
