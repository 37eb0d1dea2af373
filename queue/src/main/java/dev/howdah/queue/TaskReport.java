package dev.howdah.queue;

import dev.howdah.postgres.InvalidInputException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a handler tells while it runs. Stored only while its claim holds.
 *
 * @param progress {@code {"percent", "message"}}; absent leaves the last one
 * @param lines to be added to the task's log
 */
public record TaskReport(Claim claim, Optional<JsonNode> progress, List<String> lines) {
    /** A longer line is cut. */
    public static final int LINE_CHARACTERS_MAX = 4_000;

    public TaskReport {
        lines = lines.stream().map(TaskReport::storable).toList();
    }

    /** The JSON of a progress. */
    public static JsonNode progress(int percent, String message) {
        if (percent < 0 || percent > 100) {
            throw new InvalidInputException("progress-invalid", "percent", percent + " is out of range",
                    "use 0 to 100");
        }
        return JsonMapper.shared().createObjectNode().put("percent", percent).put("message", storable(message));
    }

    /** Without U+0000, which PostgreSQL cannot hold, and cut. */
    private static String storable(String text) {
        var clean = text.replace('\0', '\uFFFD');
        return clean.length() <= LINE_CHARACTERS_MAX ? clean : clean.substring(0, LINE_CHARACTERS_MAX - 1) + "…";
    }

    /**
     * A line of a task's log.
     *
     * @param id rises within a task; pass the last one to read on
     */
    public record Line(long id, int attempt, Instant at, String text) {}
}
