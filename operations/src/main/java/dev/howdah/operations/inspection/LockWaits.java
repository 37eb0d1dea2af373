package dev.howdah.operations.inspection;

import java.util.List;

/**
 * Who waits for whom.
 *
 * @param waits the longest first
 * @param holders those who are waited for and do not wait themselves: when they end, the others go on
 */
public record LockWaits(List<LockWait> waits, List<Session> holders) {
    public LockWaits {
        waits = List.copyOf(waits);
        holders = List.copyOf(holders);
    }
}
