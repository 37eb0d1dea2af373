package dev.howdah.sessions;

import java.time.Instant;
import java.util.Optional;

/**
 * All sessions in numbers.
 *
 * @param active that can be used
 * @param expired that ended by time, cleaned up or not
 * @param deleted that were ended before
 * @param users different ones with an active session
 * @param oldest when the oldest active one began
 * @param newestActivity when one was used last, as far as that was written
 * @param bytes of the table with its indexes
 */
public record SessionStatistics(long active, long expired, long deleted, long users, Optional<Instant> oldest,
        Optional<Instant> newestActivity, long bytes) {}
