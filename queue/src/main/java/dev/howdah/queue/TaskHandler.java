package dev.howdah.queue;

import tools.jackson.databind.JsonNode;

/**
 * Runs tasks of one type. It may be called again for the same task after a crash, so what it does elsewhere should be
 * idempotent. A thrown exception fails the attempt; {@link PermanentFailure} fails the task without further attempts, and
 * {@link Snooze} puts it off.
 */
@FunctionalInterface
public interface TaskHandler {
    /**
     * Runs on a virtual thread of its own, which is interrupted when the claim is lost, the task cancelled or its timeout
     * over.
     *
     * @return the result to store
     */
    JsonNode handle(TaskRun run) throws Exception;
}
