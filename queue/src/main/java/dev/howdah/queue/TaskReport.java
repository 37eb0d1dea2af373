package dev.howdah.queue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a handler tells while it runs. Stored only while its claim holds.
 *
 * @param progress {@code {"percent", "message"}}; absent leaves the last one
 * @param lines to be added to the task's log
 */
public record TaskReport(Claim claim, Optional<JsonNode> progress, List<String> lines) {
    public TaskReport {
        lines = List.copyOf(lines);
    }

    /**
     * A line of a task's log.
     *
     * @param id rises within a task; pass the last one to read on
     */
    public record Line(long id, int attempt, Instant at, String text) {}
}
