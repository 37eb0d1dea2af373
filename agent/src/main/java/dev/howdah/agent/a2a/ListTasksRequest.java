package dev.howdah.agent.a2a;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which tasks, newest status first.
 *
 * @param contextId only those of this conversation
 * @param state only those that stand there
 * @param pageSize 1 to {@link #PAGE_MAX}
 * @param pageToken of the page before; empty for the first
 * @param historyLength see {@link GetTaskRequest}
 * @param statusTimestampAfter only those whose status is of that time or later
 */
public record ListTasksRequest(Optional<String> contextId, Optional<TaskState> state, int pageSize, String pageToken,
        OptionalInt historyLength, Optional<Instant> statusTimestampAfter, boolean includeArtifacts) {
    public static final int PAGE_DEFAULT = 50;
    public static final int PAGE_MAX = 100;

    /** The first page of all. */
    public static ListTasksRequest all() {
        return new ListTasksRequest(Optional.empty(), Optional.empty(), PAGE_DEFAULT, "", OptionalInt.empty(),
                Optional.empty(), false);
    }
}
