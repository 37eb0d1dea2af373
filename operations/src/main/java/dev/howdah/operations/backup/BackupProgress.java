package dev.howdah.operations.backup;

/** Hears how far a backup, a check or a restore is, by one thread at a time, and may stop it. */
@FunctionalInterface
public interface BackupProgress {
    /** Hears nothing. */
    BackupProgress NONE = _ -> true;

    /**
     * Hears of a step.
     *
     * @return whether to go on; if not, what was made is removed and {@link java.util.concurrent.CancellationException} thrown
     */
    boolean step(Step step);

    /**
     * How far it is.
     *
     * @param phase what is being done, such as {@code copy}
     * @param what the table or file that was finished last
     * @param done how much of the phase is done
     * @param total of how much; bytes, files or tables, as the phase counts
     */
    record Step(String phase, String what, long done, long total) {
        /** From 0 to 100. */
        public int percent() {
            return total <= 0 ? 0 : (int) Math.min(100, 100 * done / total);
        }
    }
}
