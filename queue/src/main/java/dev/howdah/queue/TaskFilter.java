package dev.howdah.queue;

import dev.howdah.postgres.InvalidInputException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which tasks to list, newest first; what is absent does not restrict.
 *
 * @param states empty means any
 * @param ids only these, at most {@link #IDS_MAX}; empty means any. Only what is done to many looks at them: tasks whose ids are
 *         known are found by {@link TaskQueue#find}
 * @param cursor the {@link TaskPage#next} of the page before
 * @param limit 1 to 500
 */
public record TaskFilter(Set<TaskState> states, Optional<String> type, Optional<String> queue,
        Optional<String> partition, Set<UUID> ids, Optional<String> cursor, int limit) {
    public static final int LIMIT_MAX = 500;
    public static final int IDS_MAX = 10_000;

    public TaskFilter {
        states = Set.copyOf(states);
        ids = Set.copyOf(ids);
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new InvalidInputException("task-filter-invalid", "limit", limit + " is out of range",
                    "use 1 to " + LIMIT_MAX);
        }
        if (ids.size() > IDS_MAX) {
            throw new InvalidInputException("task-filter-invalid", "ids", "are " + ids.size(),
                    "name at most " + IDS_MAX + " at a time");
        }
    }

    public TaskFilter(Set<TaskState> states, Optional<String> type, Optional<String> queue, Optional<String> partition,
            Optional<String> cursor, int limit) {
        this(states, type, queue, partition, Set.of(), cursor, limit);
    }

    /** The newest tasks, whatever their state. */
    public static TaskFilter newest(int limit) {
        return new TaskFilter(Set.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                limit);
    }

    /** The same, but only of these tasks. */
    public TaskFilter withIds(Set<UUID> only) {
        return new TaskFilter(states, type, queue, partition, only, cursor, limit);
    }

    /** The page behind a cursor. */
    TaskFilter page(Optional<String> after, int size) {
        return new TaskFilter(states, type, queue, partition, ids, after, size);
    }
}
