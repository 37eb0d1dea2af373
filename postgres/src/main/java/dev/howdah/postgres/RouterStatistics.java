package dev.howdah.postgres;

import java.time.Duration;

/**
 * Where reads by {@link Database#read} went, since the process started.
 *
 * @param primary reads that asked for the primary
 * @param replica reads that a replica answered at once
 * @param waited reads that a replica answered after a wait for what their token asks for
 * @param fallback reads that the primary answered because no replica was far enough
 * @param diverted reads that the primary answered because no replica was there
 * @param shed reads that were refused because the primary was answering too many in place of replicas
 * @param repeated reads that a replica failed (its connection was lost, or recovery cancelled it) and the primary repeated
 * @param waits reads that had to wait for a replica, whoever answered then
 * @param waitTime how long all of those together waited
 * @param waitP99 99 of a hundred of those waited no longer; at most a fifth too long
 */
public record RouterStatistics(long primary, long replica, long waited, long fallback, long diverted, long shed,
        long repeated, long waits, Duration waitTime, Duration waitP99) {
    /** Without a replica. */
    static final RouterStatistics NONE = new RouterStatistics(0, 0, 0, 0, 0, 0, 0, 0,
            Duration.ZERO, Duration.ZERO);

    /** Of the reads that replicas were meant for, the share that they answered; 0 if there were none. */
    public double replicaShare() {
        long meant = replica + waited + fallback + diverted + shed;
        return meant == 0 ? 0 : (double) (replica + waited - repeated) / meant;
    }
}
