package dev.howdah.agent.modelcard;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is written down about a model, in its newest version.
 *
 * @param workspaceId whose it is, as callers say it; may be empty
 * @param userId who made it, as callers say it; may be empty
 * @param slug the model's name where it is called; calls cost what the newest card of their model's name says
 * @param card {@code {schemaVersion, name, description, capabilities, skills, inputSchema, outputSchema, pricing, metadata}}
 * @param version counts changes, from 1
 * @param deletedAt when it was deleted; it can be restored
 */
public record ModelCard(UUID id, String workspaceId, String userId, String name, String slug, String description,
        ObjectNode card, Status status, int version, Instant createdAt, Instant updatedAt,
        Optional<Instant> deletedAt) {
    /** How far a card, and the model, is to be relied on. */
    public enum Status {
        DRAFT, ACTIVE, DEPRECATED, ARCHIVED
    }
}
