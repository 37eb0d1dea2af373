package dev.howdah.sessions;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A session as lists show it: without what it holds, and without its id.
 *
 * @param handle by what others name it; gives no access to it
 * @param user whose it is; absent for a visitor who has not signed in
 * @param agent the agent that acts in it
 * @param ipAddress where the client was when it began
 * @param userAgent what the client called itself
 * @param updatedAt when what it holds changed last
 * @param accessedAt when it was used last, as far as that was written (see {@code howdah.sessions.touch-interval})
 * @param expiresAt when it ends if it is not used until then
 * @param endedAt when it ended; absent for a live one, and for one that has expired and was not cleaned up yet
 * @param endReason why it ended
 */
public record SessionSummary(UUID handle, Optional<String> user, Optional<String> agent, Optional<String> ipAddress,
        Optional<String> userAgent, Instant createdAt, Instant updatedAt, Instant accessedAt, Instant expiresAt,
        Optional<Instant> endedAt, Optional<EndReason> endReason) {}
