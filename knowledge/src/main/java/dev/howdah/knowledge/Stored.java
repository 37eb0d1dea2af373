package dev.howdah.knowledge;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/**
 * A value as it is stored.
 *
 * @param <T> the type of the value
 * @param id a number or a UUID, as text
 * @param repository {@code owner/name}
 */
public record Stored<T>(String id, String repository, Instant createdAt, Instant updatedAt, T value) {
    /** For answers: the value's fields beside these, in snake case. */
    public ObjectNode toJson() {
        var json = Json.object().put("id", id).put("repository", repository);
        json.setAll(Json.of(value));
        return json.put("created_at", createdAt.toString()).put("updated_at", updatedAt.toString());
    }
}
