package dev.howdah.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Moves queued tasks from one store to another, in batches: hold, store, forget. It may be killed at any point and run again:
 * what is held is stored again under the same ids, of which the target takes each once. Run it again also for the tasks that
 * were started meanwhile and failed, and within the target's retention: an end that is forgotten there cannot keep a task that
 * is still held here from running again. Have nothing enqueue into the source any more.
 */
public final class TaskMove {
    /** Of the largest payloads allowed by default this is 200 MB. */
    private static final int BATCH = 200;

    private final MovableTasks source;
    private final MovableTasks target;

    public TaskMove(MovableTasks source, MovableTasks target) {
        this.source = source;
        this.target = target;
    }

    /**
     * How a move ended.
     *
     * @param moved how many tasks are at the target now
     * @param refused those that the target cannot hold; they are queued at the source as before
     * @param left what the source keeps besides
     */
    public record Outcome(int moved, List<UUID> refused, MovableTasks.Left left) {
        public Outcome {
            refused = List.copyOf(refused);
        }
    }

    /** Moves all that can be moved now. */
    public Outcome run() {
        var refused = new ArrayList<UUID>();
        int moved = 0;
        var after = Optional.<UUID>empty();
        while (true) {
            var tasks = source.hold(after, BATCH);
            if (tasks.isEmpty()) {
                return new Outcome(moved, refused, source.left());
            }
            var stored = target.store(tasks);
            var others = tasks.stream().map(LiveTask::id).filter(id -> !stored.contains(id)).toList();
            source.forget(stored);
            source.giveBack(others);
            moved += stored.size();
            refused.addAll(others);
            after = Optional.of(tasks.getLast().id());
        }
    }

    /**
     * Puts back at the source what a move that was killed still holds. Only for a target that is gone for good or empty: what
     * it has stored would run there too. Otherwise run the move again, and then one in the other direction.
     *
     * @return how many tasks are queued at the source now that could have been moved
     */
    public int abandon() {
        int count = 0;
        var after = Optional.<UUID>empty();
        while (true) {
            var tasks = source.hold(after, BATCH);
            if (tasks.isEmpty()) {
                return count;
            }
            source.giveBack(tasks.stream().map(LiveTask::id).toList());
            count += tasks.size();
            after = Optional.of(tasks.getLast().id());
        }
    }
}
