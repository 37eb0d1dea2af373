package dev.howdah.agent.modelcard;

import dev.howdah.agent.modelcard.ModelCard.Status;
import dev.howdah.postgres.InvalidInputException;
import tools.jackson.databind.node.ObjectNode;

/**
 * A card to be added; see {@link ModelCard}.
 *
 * @param slug letters, digits and {@code . _ : / @ -}, at most 200
 */
public record NewModelCard(String workspaceId, String userId, String name, String slug, String description,
        ObjectNode card, Status status) {
    /**
     * Checks everything.
     *
     * @throws InvalidInputException {@code model-card-invalid}, with every fault
     */
    public NewModelCard {
        card = card.deepCopy();
        new CardChecks().text("/workspaceId", workspaceId, CardChecks.ID_MAX).text("/userId", userId, CardChecks.ID_MAX)
                .name("/name", name).slug("/slug", slug).text("/description", description, CardChecks.TEXT_MAX)
                .card("/card", card).check();
    }
}
