package dev.howdah.operations.backup;

import java.util.concurrent.CancellationException;

/** Counts what several threads have done of a phase, and tells it one at a time. */
final class Tracker {
    private final BackupProgress progress;
    private final String phase;
    private final long total;
    private long done;

    Tracker(BackupProgress progress, String phase, long total) {
        this.progress = progress;
        this.phase = phase;
        this.total = total;
    }

    /**
     * Some more is done.
     *
     * @throws CancellationException if the listener wants no more
     */
    synchronized void add(String what, long amount) {
        done += amount;
        if (!progress.step(new BackupProgress.Step(phase, what, done, total))) {
            throw new CancellationException("stopped while it was at " + phase + " " + what);
        }
    }
}
