package dev.howdah.agent.dependencies;

/** Carries out actions of one kind. */
interface ActionSender {
    /**
     * Does it once.
     *
     * @throws NotSentException if it certainly did not happen, so that it may be tried again
     * @throws RefusedException if the other side said no, so that trying again cannot help
     * @throws RuntimeException otherwise: it may or may not have happened
     */
    void send(Action action) throws NotSentException, RefusedException;

    /** The other side was not reached, or asked to come back later. */
    final class NotSentException extends Exception {
        NotSentException(String message) {
            super(message);
        }
    }

    /** The other side refused. */
    final class RefusedException extends Exception {
        RefusedException(String message) {
            super(message);
        }
    }
}
