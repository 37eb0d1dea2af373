package dev.howdah.operations.backup;

import dev.howdah.postgres.InvalidInputException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What is to be restored of the backups of a whole server, and where.
 *
 * @param backup its label; absent for the newest one before the time
 * @param to as of which time; absent for everything that the archive has
 * @param into a data directory, which is empty or missing
 */
public record PhysicalRestorePlan(Optional<String> backup, Optional<Instant> to, Path into) {
    public PhysicalRestorePlan {
        into = into.toAbsolutePath().normalize();
        to.filter(time -> time.isAfter(Instant.now())).ifPresent(time -> {
            throw new InvalidInputException("restore-time-invalid", "to", time + " is in the future",
                    "use a time that is over, such as 2026-11-22T10:00:00Z");
        });
    }
}
