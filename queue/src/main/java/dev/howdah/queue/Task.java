package dev.howdah.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * A task as it stands. Times are the database's.
 *
 * @param id UUIDv7, so ids sort by creation
 * @param runAt when it may run next
 * @param startedAt start of the newest attempt
 * @param endedAt when it reached a final state
 * @param worker who runs it or ran it last
 * @param attempt how many attempts were started
 * @param result of the handler, once finished
 * @param error of the newest failed attempt; kept until an attempt finishes
 * @param timeout how long an attempt may run
 * @param progress what the handler reported last: {@code {"percent", "message"}}
 * @param partition whom it belongs to, such as a tenant
 * @param waitsFor tasks that have to end before it may run
 */
public record Task(UUID id, String type, String queue, TaskState state, int priority, JsonNode payload,
        Instant createdAt, Instant runAt, Optional<Instant> startedAt, Optional<Instant> endedAt,
        Optional<String> worker, int attempt, int maxAttempts, Optional<String> key, Optional<JsonNode> result,
        Optional<String> error, Optional<Duration> timeout, Optional<JsonNode> progress, Optional<String> partition,
        int waitsFor) {}
