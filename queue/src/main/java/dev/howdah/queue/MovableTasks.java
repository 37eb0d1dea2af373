package dev.howdah.queue;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A store of tasks that can be emptied into another one ({@link TaskMove}). A task is <em>held</em> at its source before it is
 * stored at the target, and deleted at its source only when the target has it: killed at any point, the move is run again
 * and goes on. What is held counts as started by the worker {@link #MOVER}, under a lease that does not run out, so nobody
 * else runs it, and a worker that had it before is fenced off.
 */
public interface MovableTasks {
    /** The worker that held tasks belong to. */
    String MOVER = "howdah-queue-migrate";

    /** Tasks that one call holds. */
    int BATCH_MAX = 500;

    /**
     * Holds queued tasks, by id; those that are held already, since a move before this one did not end, are answered as they
     * are. Started tasks are left to end, and those that wait for others or that others wait for stay as well.
     *
     * @param after the last id that is known
     * @param limit 1 to {@link #BATCH_MAX}
     */
    List<LiveTask> hold(Optional<UUID> after, int limit);

    /**
     * Stores tasks of another store under their ids. One that is here already, live or ended, is left as it is.
     *
     * @return ids of those that are here now; the others cannot be: their key is taken, or this store lacks what they need
     */
    Set<UUID> store(List<LiveTask> tasks);

    /** Deletes held tasks, with their log and history. */
    void forget(Collection<UUID> held);

    /** Puts held tasks back to {@code queued}, where they were. */
    void giveBack(Collection<UUID> held);

    /** What a move leaves at its source. */
    Left left();

    /**
     * Tasks that a move does not take.
     *
     * @param started in the hands of workers
     * @param bound queued, but waiting for others or awaited by others
     */
    record Left(long started, long bound) {}
}
