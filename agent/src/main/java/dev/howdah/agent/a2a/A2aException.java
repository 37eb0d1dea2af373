package dev.howdah.agent.a2a;

import dev.howdah.postgres.HowdahException;
import java.util.Locale;

/** The protocol says no. */
public final class A2aException extends HowdahException {
    private final A2aError error;

    /**
     * An error of the protocol.
     *
     * @param problem what happened, with the value
     * @param remedy what the client can do
     */
    public A2aException(A2aError error, String problem, String remedy) {
        super("a2a-" + error.name().toLowerCase(Locale.ROOT).replace('_', '-'), problem, remedy, null);
        this.error = error;
    }

    public A2aError error() {
        return error;
    }

    /** The same answer for a task that is unknown and for one that belongs to somebody else. */
    public static A2aException taskNotFound(String id) {
        return new A2aException(A2aError.TASK_NOT_FOUND, "there is no task \"" + id + "\"",
                "list those you can see with ListTasks");
    }
}
