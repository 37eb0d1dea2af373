package dev.howdah.workflow;

/**
 * Does the work of nodes. It may be called again for the same node after a crash, so what it does elsewhere should be
 * idempotent: {@link NodeRun#idempotencyKey} is the same for every call. A thrown exception fails the attempt; the node's
 * retry policy says whether there is another one. {@link dev.howdah.queue.PermanentFailure} fails the node at once.
 */
@FunctionalInterface
public interface NodeHandler {
    /** Whether it can run nodes that name this; asked when a definition is applied. */
    default boolean takes(String name) {
        return true;
    }

    /** Runs on a virtual thread of its own, which is interrupted when the execution is cancelled or the time is over. */
    NodeAnswer handle(NodeRun run) throws Exception;
}
