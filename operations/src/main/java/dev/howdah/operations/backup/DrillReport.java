package dev.howdah.operations.backup;

import java.time.Duration;
import java.util.List;

/**
 * What a rehearsal showed.
 *
 * @param rpo age of the backup's moment when the rehearsal began: what would be lost if it had to be used
 * @param rto how long the restore took, with its checks before: when one would go on
 * @param checks what was looked at in what was restored
 * @param duration of the whole, with starting and stopping the server
 */
public record DrillReport(String backup, Duration rpo, Duration rto, List<Check> checks, Duration duration) {
    public DrillReport {
        checks = List.copyOf(checks);
    }

    /**
     * Something that must hold.
     *
     * @param detail what was found
     */
    public record Check(String name, boolean ok, String detail) {}

    /** Whether everything holds. */
    public boolean isPassed() {
        return checks.stream().allMatch(Check::ok);
    }
}
