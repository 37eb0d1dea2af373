package dev.howdah.queue;

import tools.jackson.databind.JsonNode;

/**
 * What is to be done around every handler of a worker: a span, a measurement, the tenant's context. It runs on the
 * handler's thread and sees what the handler returns or throws.
 */
@FunctionalInterface
public interface TaskMiddleware {
    /**
     * Calls the handler, or the middleware before it, with what has to surround it.
     *
     * @param next to be called once; without the call the handler does not run
     * @return the result to store
     */
    JsonNode around(TaskRun run, TaskHandler next) throws Exception;

    /** The handler with this around it. */
    default TaskHandler wrap(TaskHandler handler) {
        return run -> around(run, handler);
    }
}
