package dev.howdah.workflow;

import dev.howdah.postgres.HowdahException;

/** The execution whose result was waited for has failed or was cancelled. */
public final class WorkflowFailedException extends HowdahException {
    WorkflowFailedException(String code, String problem, String remedy) {
        super(code, problem, remedy, null);
    }
}
