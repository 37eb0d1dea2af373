package dev.howdah.agent.a2a;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a task stands, and since when.
 *
 * @param message what the agent says to it
 * @param timestamp by the database's clock, in whole milliseconds
 */
public record TaskStatus(TaskState state, Optional<Message> message, Instant timestamp) {}
