package dev.howdah.sessions;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A live session.
 *
 * @param summary what lists show of it
 * @param attributes what it holds, by name
 * @param metadata what is known about it, by name
 * @param version counts the changes of attributes and metadata, for optimistic writes
 * @param idleTimeout how long it lasts without being used
 * @param absoluteUntil when it ends however it is used
 */
public record Session(SessionSummary summary, Map<String, JsonNode> attributes, Map<String, JsonNode> metadata,
        long version, Duration idleTimeout, Instant absoluteUntil) {
    public Session {
        attributes = Map.copyOf(attributes);
        metadata = Map.copyOf(metadata);
    }
}
