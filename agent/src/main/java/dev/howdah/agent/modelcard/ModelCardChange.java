package dev.howdah.agent.modelcard;

import dev.howdah.agent.modelcard.ModelCard.Status;
import dev.howdah.postgres.InvalidInputException;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is to be different in a card; what is absent stays.
 *
 * @param reason why; may be empty
 */
public record ModelCardChange(Optional<String> name, Optional<String> description, Optional<ObjectNode> card,
        Optional<Status> status, String reason) {
    /**
     * Checks everything.
     *
     * @throws InvalidInputException {@code model-card-invalid}, with every fault
     */
    public ModelCardChange {
        card = card.map(ObjectNode::deepCopy);
        var checks = new CardChecks();
        name.ifPresent(text -> checks.name("/name", text));
        description.ifPresent(text -> checks.text("/description", text, CardChecks.TEXT_MAX));
        card.ifPresent(given -> checks.card("/card", given));
        checks.text("/changeReason", reason, CardChecks.REASON_MAX).check();
    }
}
