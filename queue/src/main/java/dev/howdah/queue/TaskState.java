package dev.howdah.queue;

/**
 * Where a task stands. {@code queued → started → finished | failed | cancelled}; a failed attempt with attempts left
 * goes back to {@code queued}. The last three are final.
 */
public enum TaskState {
    QUEUED, STARTED, FINISHED, FAILED, CANCELLED;

    /** Whether nothing happens to the task any more, except by an explicit retry. */
    public boolean isFinal() {
        return switch (this) {
            case QUEUED, STARTED -> false;
            case FINISHED, FAILED, CANCELLED -> true;
        };
    }
}
