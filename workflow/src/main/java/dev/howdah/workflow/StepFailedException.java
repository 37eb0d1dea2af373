package dev.howdah.workflow;

import dev.howdah.postgres.HowdahException;
import org.jspecify.annotations.Nullable;

/** A step of a {@link Workflow} has failed for good. Replays get it from the history, then without its cause. */
public final class StepFailedException extends HowdahException {
    private final String step;

    StepFailedException(String step, String error, @Nullable Throwable cause) {
        super("step-failed", "step \"" + step + "\" failed: " + error, "", cause);
        this.step = step;
    }

    /** The step's name, with its branch. */
    public String step() {
        return step;
    }
}
