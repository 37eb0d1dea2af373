package dev.howdah.agent.modelcard;

import dev.howdah.agent.modelcard.ModelCard.Status;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a card said from one change to the next.
 *
 * @param changeReason why it was made; may be empty
 * @param restoredFrom the older version that this one repeats
 */
public record ModelCardVersion(UUID cardId, int version, String name, String description, ObjectNode card,
        Status status, String changeReason, OptionalInt restoredFrom, Instant createdAt) {}
