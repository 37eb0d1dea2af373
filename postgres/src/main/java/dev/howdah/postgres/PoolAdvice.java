package dev.howdah.postgres;

import java.time.Duration;

/**
 * Whether the pool fits what was asked of it.
 *
 * @param verdict in a word
 * @param reason the numbers behind it
 * @param remedy what to set; empty if it fits
 */
public record PoolAdvice(Verdict verdict, String reason, String remedy) {
    /** A wait for a connection that callers notice. */
    public static final Duration LONG_WAIT = Duration.ofMillis(50);

    private static final double WAITED_SHARE_MAX = 0.01;
    /** Fewer callers say nothing about the pool's size. */
    private static final long CALLERS_TO_JUDGE = 1000;
    private static final int LARGE = 20;
    private static final int LARGE_TIMES_PEAK = 4;
    /** Of the server's connections that one process may take without keeping others out. */
    private static final double SERVER_SHARE_MAX = 0.8;

    /** Whether the pool fits. */
    public enum Verdict {
        FITS, TOO_SMALL, TOO_LARGE
    }

    /**
     * Judges a pool.
     *
     * @param serverMax {@code max_connections} of the server
     */
    static PoolAdvice of(PoolUse use, int serverMax) {
        var recent = use.acquiring().recent();
        if (use.max() > serverMax * SERVER_SHARE_MAX) {
            int fitting = Math.max(2, serverMax / 2);
            return new PoolAdvice(Verdict.TOO_LARGE, "the pool may open " + use.max() + " connections and the server "
                    + "allows " + serverMax + " for all processes together",
                    "lower howdah.database.pool-max to " + fitting + ", or raise max_connections");
        }
        if (recent.timeouts() > 0 || (recent.waitedShare() >= WAITED_SHARE_MAX && use.peak() >= use.max())) {
            return new PoolAdvice(Verdict.TOO_SMALL, recent.longWaits() + " of " + recent.count()
                    + " callers of the last minutes waited for " + LONG_WAIT.toMillis() + " ms or more and "
                    + recent.timeouts() + " in vain; " + use.peak() + " of " + use.max()
                    + " connections were in use at most",
                    "raise howdah.database.pool-max to " + Math.min(use.max() * 2, Math.max(2, serverMax / 2))
                            + ", or look for what holds connections long");
        }
        if (use.max() >= LARGE && use.acquiring().count() >= CALLERS_TO_JUDGE
                && use.peak() * LARGE_TIMES_PEAK <= use.max()) {
            return new PoolAdvice(Verdict.TOO_LARGE, "at most " + use.peak() + " of " + use.max()
                    + " connections were in use at once",
                    "howdah.database.pool-max may be " + Math.max(5, use.peak() * 2));
        }
        return new PoolAdvice(Verdict.FITS, "at most " + use.peak() + " of " + use.max()
                + " connections were in use at once, and " + recent.longWaits() + " of " + recent.count()
                + " callers of the last minutes waited for " + LONG_WAIT.toMillis() + " ms or more", "");
    }
}
