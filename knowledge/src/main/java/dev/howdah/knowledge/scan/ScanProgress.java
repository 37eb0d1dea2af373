package dev.howdah.knowledge.scan;

/** Hears how far a scan has come, and may end it. Called by the thread that scans, once for each file. */
public interface ScanProgress {
    /** Neither listens nor cancels. */
    ScanProgress NONE = (done, total) -> true;

    /**
     * So many files are done.
     *
     * @param done files that were looked at, from 0
     * @param total files of the tree
     * @return whether to go on; else the scan ends with a {@link java.util.concurrent.CancellationException}
     */
    boolean isToContinue(int done, int total);
}
