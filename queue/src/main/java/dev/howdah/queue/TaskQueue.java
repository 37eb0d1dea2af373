package dev.howdah.queue;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Notifications.Subscription;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A durable task queue. What {@code enqueue} returned is stored; what {@code complete} accepted is final; every task
 * is run at least once and completed exactly once, whatever is killed in between. Every method works on sets; those for
 * one element pass a set of one. Thread-safe.
 *
 * <p>All methods throw {@link UnavailableException} if the database cannot be reached; an outage is never an empty
 * answer.
 */
public interface TaskQueue {
    /**
     * Stores the tasks and wakes workers.
     *
     * @return their ids, in order; for a task with a key that is taken, the id of the task that holds it
     */
    List<UUID> enqueue(List<NewTask> tasks);

    /** The same within the caller's transaction: the tasks exist if and when it commits. */
    List<UUID> enqueue(Transaction tx, List<NewTask> tasks);

    default UUID enqueue(NewTask task) {
        return enqueue(List.of(task)).getFirst();
    }

    default UUID enqueue(Transaction tx, NewTask task) {
        return enqueue(tx, List.of(task)).getFirst();
    }

    /**
     * Takes due tasks: highest priority first, then oldest due time, then oldest. Each becomes {@code started}, its
     * attempt rises, and it belongs to the worker until the lease ends.
     *
     * @param worker who claims; unique among running processes
     * @param types only tasks of these types
     * @param limit at most this many, 1 to 1,000
     * @param lease how long until others may take them
     */
    List<ClaimedTask> claim(String worker, Set<String> types, int limit, Duration lease);

    /** How long until a task whose time has not come yet may be claimed, if that is soon and known here. */
    default Optional<Duration> untilNext() {
        return Optional.empty();
    }

    /**
     * Extends the leases of the claims that still hold.
     *
     * @return ids of those; a claim that is missing was cancelled, retried or lost, and its handler should stop
     */
    Set<UUID> heartbeat(Collection<? extends Claim> claims, Duration lease);

    /**
     * Ends attempts, each under the fence of its claim, and writes history. A retryable failure with attempts left goes
     * back to {@code queued} with exponential back-off and jitter.
     *
     * @return ids of the tasks whose completion was accepted; a late one (cancelled or lost meanwhile) changes nothing
     */
    Set<UUID> complete(List<Completion> completions);

    /** The same within the caller's transaction, so that a handler's own rows and the result commit together. */
    Set<UUID> complete(Transaction tx, List<Completion> completions);

    /** Stores progress and log lines of attempts whose claims hold; the rest is dropped. */
    void report(List<TaskReport> reports);

    /**
     * The log of a task.
     *
     * @param after the id of the last line that is known; 0 for all
     * @param limit 1 to 1,000
     */
    List<TaskReport.Line> log(UUID id, long after, int limit);

    /**
     * Puts tasks whose lease ran out back to {@code queued}, or to {@code failed} if they have no attempt left. Every
     * worker calls it now and then.
     *
     * @return how many
     */
    int recoverLost(int limit);

    /**
     * Cancels a queued or started task. A result that arrives later does not overwrite it.
     *
     * @throws NotFoundException if there is no such task
     * @throws ConflictException if it is in a final state already; the message names it
     */
    void cancel(UUID id);

    /**
     * Queues a failed or cancelled task again, at once and with a fresh set of attempts.
     *
     * @throws NotFoundException if there is no such task
     * @throws ConflictException if it is queued, started or finished, or its key is taken by another task
     */
    void retry(UUID id);

    /**
     * Does something to the tasks that the filter matches and that can have it done; its limit and cursor are not used.
     *
     * @param limit at most this many, 1 to 10,000
     * @return how many
     */
    int apply(BulkAction action, TaskFilter filter, int limit);

    /**
     * How many tasks {@link #apply} would touch.
     *
     * @param max counting stops there
     */
    int count(BulkAction action, TaskFilter filter, int max);

    Optional<Task> find(UUID id);

    /** The tasks with these ids, in no order; unknown ids are left out. */
    List<Task> find(Collection<UUID> ids);

    /** Newest first, by pages. */
    TaskPage list(TaskFilter filter);

    /** The history of a task, oldest first; empty for an unknown one. */
    List<TaskAttempt> attempts(UUID id);

    QueueStatistics statistics();

    /**
     * Deletes tasks that ended longer ago than this, with their history. Never a queued or started one.
     *
     * @param limit at most this many
     * @return how many
     */
    int deleteEnded(Duration olderThan, int limit);

    /** Whether {@link #subscribe} hears of what other processes do now; then polling may be rarer. */
    default boolean isWoken() {
        return false;
    }

    /** Calls back when there may be something to claim; merely a hint, which may come for nothing or not at all. */
    Subscription subscribe(Runnable look);

    /**
     * Notes that the worker is there, and does what the store needs now and then unless another process does; every worker
     * calls it every few seconds.
     */
    default void maintain(WorkerInfo worker) {}

    /** Notes that the worker has stopped. */
    default void leave(WorkerInfo worker) {}
}
