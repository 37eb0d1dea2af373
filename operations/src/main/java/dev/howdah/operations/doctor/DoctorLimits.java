package dev.howdah.operations.doctor;

import java.time.Duration;

/**
 * From where on something is told.
 *
 * @param queryAge a statement runs this long
 * @param idleAge a session is idle within a transaction this long
 * @param lockWait a session waits for a lock this long
 * @param snapshotAge a transaction keeps dead rows this long
 * @param snapshotTransactions a slot or standby keeps dead rows for this many transactions
 * @param tableRows a table is large, or has many dead rows
 * @param wastedBytes a table or index could be smaller by this
 * @param indexBytes an index that nobody uses has this size
 * @param statisticsAge since when uses of indexes must have been counted to say that there are none
 * @param blockReads blocks that must have been asked for to judge the cache
 * @param findingsMax findings of one check
 * @param statementTimeout the longest run of one check's statement
 */
public record DoctorLimits(Duration queryAge, Duration idleAge, Duration lockWait, Duration snapshotAge,
        long snapshotTransactions, long tableRows, long wastedBytes, long indexBytes, Duration statisticsAge,
        long blockReads, int findingsMax, Duration statementTimeout) {
    /** What hardly ever is a false alarm. */
    public static final DoctorLimits DEFAULT = new DoctorLimits(Duration.ofMinutes(1), Duration.ofMinutes(1),
            Duration.ofSeconds(5), Duration.ofMinutes(10), 10_000_000, 10_000, 64L << 20, 16L << 20, Duration.ofDays(1),
            100_000, 20, Duration.ofSeconds(5));

    public DoctorLimits {
        if (findingsMax < 1 || statementTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("a check needs a limit of its findings and of its time");
        }
    }
}
