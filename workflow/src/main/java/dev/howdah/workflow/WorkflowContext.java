package dev.howdah.workflow;

import dev.howdah.postgres.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * What a {@link Workflow} does that has to last. Used by the thread that runs the workflow, or the branch of it that was
 * given this context, and not from within a step.
 *
 * <p>Names have 1 to 200 characters without {@code /}, {@code #} and control characters. The same name may be used again, as in a
 * loop: the second {@code charge} is kept as {@code charge#2}.
 */
public interface WorkflowContext {
    UUID executionId();

    /**
     * Does something once: its result is stored before this returns, and is taken from there when the workflow runs again.
     *
     * @param result of which type the result is, read from JSON on a replay
     * @throws StepFailedException if it threw; that is kept as well
     */
    <T> T step(String name, Callable<T> action, Class<T> result);

    /** The same with more attempts or a time limit. */
    <T> T step(String name, StepOptions options, Callable<T> action, Class<T> result);

    /** A step without result. */
    void run(String name, Action action);

    /**
     * A step whose own writes and whose result commit together: exactly once, whatever is killed. An exception rolls them
     * back and is kept like that of any step.
     */
    <T> T transactionalStep(String name, Function<Transaction, T> action, Class<T> result);

    /** Waits, however long: nothing but a row is held meanwhile. */
    void sleep(String name, Duration duration);

    /** Waits for a message with this name; messages that came before count. */
    JsonNode awaitSignal(String name);

    /** The same for some time; empty if none came. */
    Optional<JsonNode> awaitSignal(String name, Duration timeout);

    /**
     * Runs branches side by side, each on a thread of its own, and returns when all have ended.
     *
     * @return their results, in order
     * @throws RuntimeException of the first branch, in order, that failed; the others have ended, too
     */
    <T> List<T> parallel(String name, List<Branch<T>> branches);

    /** The present time by the database's clock, the same in every replay. */
    Instant now();

    /** An id that looks random and is the same in every replay. */
    UUID randomUuid();

    /**
     * Whether this execution came here with the code that asks: false in one that had gone past this place before. So that
     * changed code leaves running executions as they are:
     * {@code if (workflow.patched("charge-in-two")) { … new … } else { … old … }}.
     */
    boolean patched(String change);

    /**
     * A key for services outside: the same in every attempt and replay of that step, and of no other.
     *
     * @param step the step that asks, or else the next one with this name
     */
    String idempotencyKey(String step);

    /** Whether to stop: the execution was cancelled, or runs somewhere else. The thread is interrupted as well. */
    boolean isStopped();

    /** Something to do. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }
}
