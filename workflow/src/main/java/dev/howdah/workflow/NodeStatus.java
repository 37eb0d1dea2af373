package dev.howdah.workflow;

/** Where a node stands. */
public enum NodeStatus {
    /** Waits for the nodes that it depends on. */
    PENDING,
    /** Waits for a worker, for the time of its next attempt, or for the execution to be resumed. */
    READY,
    /** A handler has it, or children of it run. */
    RUNNING,
    /** Waits for a time, a signal, a person, another execution or another worker; holds nothing. */
    WAITING,
    /** Ended well; its output is stored. */
    COMPLETED,
    /** Failed for good. */
    FAILED,
    /** Was not to be run: its condition did not hold, all before it were skipped, or somebody said so. */
    SKIPPED,
    /** Ended, but its quality is below the gate's threshold. */
    BLOCKED,
    /** Was stopped with its execution. */
    CANCELLED;

    /** Whether it will not run any more, unless somebody retries it. */
    public boolean isEnded() {
        return switch (this) {
            case PENDING, READY, RUNNING, WAITING -> false;
            case COMPLETED, FAILED, SKIPPED, BLOCKED, CANCELLED -> true;
        };
    }

    /** Whether those that depend on it may go on. */
    boolean isMet() {
        return this == COMPLETED || this == SKIPPED;
    }

    /** Whether it counts as active: a worker has it or is to have it. */
    boolean isActive() {
        return this == READY || this == RUNNING;
    }
}
