package dev.howdah.workflow;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Something that an execution made, without its content.
 *
 * @param nodeId absent if it was added from outside
 * @param type what it is to the workflow, such as {@code document} or {@code code}
 * @param sha256 of the content, in hexadecimal digits
 * @param s3Uri where the content is, if not in the database
 */
public record Artifact(UUID id, UUID executionId, Optional<String> nodeId, String type, String name, String description,
        String contentType, long sizeBytes, String sha256, Optional<String> s3Uri, JsonNode metadata,
        Instant createdAt) {}
