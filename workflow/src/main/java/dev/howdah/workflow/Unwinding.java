package dev.howdah.workflow;

/**
 * Takes a run out of the user's code, which has no reason to catch an {@link Error}. Whoever does all the same gets it again
 * at the next call of the context, and what it returns then does not count.
 */
final class Unwinding extends Error {
    private static final long serialVersionUID = 1;

    Unwinding(String why) {
        super(why, null, false, false);
    }
}
