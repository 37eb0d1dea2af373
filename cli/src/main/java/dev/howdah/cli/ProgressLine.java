package dev.howdah.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Shows how something long goes on: a bar that is drawn anew on a terminal, a line now and then elsewhere. */
final class ProgressLine {
    private static final int BAR = 30;
    private static final long BAR_EVERY = Duration.ofMillis(200).toNanos();
    private static final long LINE_EVERY = Duration.ofSeconds(5).toNanos();
    private static final String CLEAR = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean isTerminal;
    private long shown = System.nanoTime() - LINE_EVERY;
    private boolean isDrawn;

    ProgressLine(PrintWriter out, boolean isTerminal) {
        this.out = out;
        this.isTerminal = isTerminal;
    }

    /**
     * Shows it, unless something was shown a moment ago.
     *
     * @param total of how much; 0 if that is not known
     * @param more what stands behind the bar
     */
    void show(String phase, long done, long total, String more) {
        long now = System.nanoTime();
        if (now - shown < (isTerminal ? BAR_EVERY : LINE_EVERY)) {
            return;
        }
        shown = now;
        var line = phase + " " + bar(done, total) + " " + more;
        if (isTerminal) {
            out.print(CLEAR + line);
            isDrawn = true;
        } else {
            out.println(line);
        }
        out.flush();
    }

    private static String bar(long done, long total) {
        if (total <= 0) {
            return Long.toString(done);
        }
        double share = Math.min(1, (double) done / total);
        int full = (int) Math.round(share * BAR);
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] "
                + String.format(Locale.ROOT, "%3.0f%%", share * 100);
    }

    /** Removes the bar. */
    void end() {
        if (isDrawn) {
            out.print(CLEAR);
            out.flush();
        }
    }
}
