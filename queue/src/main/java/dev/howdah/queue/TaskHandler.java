package dev.howdah.queue;

import tools.jackson.databind.JsonNode;

/**
 * Runs tasks of one type. It may be called again for the same task after a crash, so what it does elsewhere should be
 * idempotent. A thrown exception fails the attempt; {@link PermanentFailure} fails the task without further attempts.
 */
@FunctionalInterface
public interface TaskHandler {
    /**
     * Runs on a virtual thread of its own, which is interrupted when the claim is lost or the task cancelled.
     *
     * @return the result to store
     */
    JsonNode handle(ClaimedTask task) throws Exception;
}
