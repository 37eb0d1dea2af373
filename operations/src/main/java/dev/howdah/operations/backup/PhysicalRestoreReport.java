package dev.howdah.operations.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What was restored of a whole server: its files. The server reads its log up to the time when it is started.
 *
 * @param backup its label
 * @param into the data directory
 * @param steps what to do next, one command or explanation each
 */
public record PhysicalRestoreReport(String backup, Path into, Optional<Instant> to, Duration duration,
        List<String> steps) {
    public PhysicalRestoreReport {
        steps = List.copyOf(steps);
    }
}
