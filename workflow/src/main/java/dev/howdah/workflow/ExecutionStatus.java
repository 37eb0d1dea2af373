package dev.howdah.workflow;

/** Where an execution stands. */
public enum ExecutionStatus {
    /** Stored, not begun. */
    PENDING,
    /** Nodes run or wait. */
    RUNNING,
    /** What runs comes to its end; nothing new is begun until it is resumed. */
    PAUSED,
    /** Every node ended well or was skipped. */
    COMPLETED,
    /** A node failed for good. */
    FAILED,
    /** Somebody stopped it. */
    CANCELLED;

    /** Whether nothing will happen any more, unless somebody retries it. */
    public boolean isEnded() {
        return switch (this) {
            case PENDING, RUNNING, PAUSED -> false;
            case COMPLETED, FAILED, CANCELLED -> true;
        };
    }
}
