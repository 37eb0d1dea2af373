package dev.howdah.operations.inspection;

import java.time.Duration;
import java.util.Optional;

/**
 * A lock that a session waits for.
 *
 * @param session who waits; {@link Session#blockedBy} says for whom
 * @param mode such as {@code AccessExclusiveLock}
 * @param object the table, or the kind of what is locked
 * @param waited for how long; absent in its first moments
 */
public record LockWait(Session session, String mode, String object, Optional<Duration> waited) {}
