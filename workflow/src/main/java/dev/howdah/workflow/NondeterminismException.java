package dev.howdah.workflow;

import dev.howdah.postgres.HowdahException;

/** A workflow that ran again took another way than its history tells. */
final class NondeterminismException extends HowdahException {
    NondeterminismException(String program, String found, String expected) {
        super("workflow-nondeterministic",
                "workflow \"" + program + "\" came to " + found + " where its history has " + expected,
                "run the execution with the code it was started with, or guard the change with patched(…) or a new "
                        + "name of the workflow; fork copies what is done to a new execution",
                null);
    }
}
