package dev.howdah.agent.a2a;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where a task stands; section 4.1.3 of A2A 1.0. */
public enum TaskState {
    SUBMITTED, WORKING, INPUT_REQUIRED, AUTH_REQUIRED, COMPLETED, FAILED, CANCELED, REJECTED;

    private static final String PREFIX = "TASK_STATE_";

    /** The name on the wire, such as {@code TASK_STATE_INPUT_REQUIRED}. */
    public String wireName() {
        return PREFIX + name();
    }

    /** The name in tables, URLs and the rest of the API, such as {@code input-required}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Final: nothing follows. */
    public boolean isTerminal() {
        return switch (this) {
            case COMPLETED, FAILED, CANCELED, REJECTED -> true;
            case SUBMITTED, WORKING, INPUT_REQUIRED, AUTH_REQUIRED -> false;
        };
    }

    /** Whether the agent waits for the client. */
    public boolean isInterrupted() {
        return this == INPUT_REQUIRED || this == AUTH_REQUIRED;
    }

    /** Whether a caller that waits for the outcome gets its answer now. */
    public boolean isSettled() {
        return isTerminal() || isInterrupted();
    }

    /** Whether a task may go on like this; the same state again is allowed as long as it is not final. */
    public boolean mayBecome(TaskState next) {
        return !isTerminal() && next != SUBMITTED;
    }

    public static Optional<TaskState> ofWireName(String name) {
        return Arrays.stream(values()).filter(state -> state.wireName().equals(name)).findFirst();
    }

    /** The state with that {@link #label}, which is how tables spell it. */
    public static TaskState ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
