package dev.howdah.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * A task on its way from one store to another, with all that it needs to go on there as if nothing had happened. Its log and
 * the history of its attempts stay behind, and so do periods for which keys hold beyond their tasks.
 *
 * @param runAt when it may run next
 * @param attempt how many attempts were started, the hold for the move counted as one, so that it fences off all before
 * @param attemptsEnd the attempt that is the last one
 * @param maxAttempts how many attempts it was enqueued with
 * @param key of which there is at most one live task
 * @param partition whom it belongs to, such as a tenant
 * @param error of the newest failed attempt
 */
public record LiveTask(UUID id, String type, String queue, int priority, JsonNode payload, Instant createdAt,
        Instant runAt, int attempt, int attemptsEnd, int maxAttempts, Optional<String> key, Optional<Duration> timeout,
        Optional<Duration> resultTtl, Optional<String> partition, Optional<String> error) {}
