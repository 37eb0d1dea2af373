package dev.howdah.operations.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What was restored.
 *
 * @param backup its name
 * @param schema where it is now
 * @param takenAt of which moment
 * @param replaced the name that a schema which held something has now
 * @param warnings what is not as it was, such as an index whose extension is missing here
 */
public record RestoreReport(String backup, String schema, Instant takenAt, int tables, long rows, long bytes,
        Duration duration, Optional<String> replaced, List<String> warnings) {
    public RestoreReport {
        warnings = List.copyOf(warnings);
    }
}
