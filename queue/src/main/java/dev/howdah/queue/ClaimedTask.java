package dev.howdah.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * A task that a worker holds until its lease ends. {@code (id, attempt)} is the fencing token: a worker that lost its
 * lease cannot complete the task, because the next claim has raised the attempt.
 *
 * @param attempt the number of this attempt, from 1
 * @param leaseUntil by the database's clock; extended by heartbeats
 * @param timeout how long this attempt may run
 * @param partition whom it belongs to, such as a tenant
 * @param trace the step in which it was made, if somebody keeps that trace
 */
public record ClaimedTask(UUID id, String type, String queue, JsonNode payload, int attempt, int maxAttempts,
        String worker, Instant createdAt, Instant leaseUntil, Optional<Duration> timeout, Optional<String> partition,
        Optional<TraceContext> trace)
        implements
            Claim {}
