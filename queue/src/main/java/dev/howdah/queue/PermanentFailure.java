package dev.howdah.queue;

/** Thrown by a handler when trying again cannot help: the task fails at once, whatever attempts are left. */
public final class PermanentFailure extends RuntimeException {
    public PermanentFailure(String message) {
        super(message);
    }

    public PermanentFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
