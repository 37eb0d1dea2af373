package dev.howdah.queue;

import java.util.Optional;
import java.util.Set;

/**
 * Which tasks to list, newest first; what is absent does not restrict.
 *
 * @param states empty means any
 * @param cursor the {@link TaskPage#next} of the page before
 * @param limit 1 to 500
 */
public record TaskFilter(Set<TaskState> states, Optional<String> type, Optional<String> queue,
        Optional<String> partition, Optional<String> cursor, int limit) {
    public static final int LIMIT_MAX = 500;

    public TaskFilter {
        states = Set.copyOf(states);
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new dev.howdah.postgres.InvalidInputException("task-filter-invalid", "limit",
                    limit + " is out of range", "use 1 to " + LIMIT_MAX);
        }
    }

    /** The newest tasks, whatever their state. */
    public static TaskFilter newest(int limit) {
        return new TaskFilter(Set.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                limit);
    }
}
