package dev.howdah.agent.push;

import dev.howdah.postgres.InvalidInputException;
import java.util.Optional;
import java.util.UUID;

/**
 * Which deliveries are listed, newest first.
 *
 * @param owner only those of this caller's tasks
 * @param taskId only those of this task
 * @param state only those in this state
 * @param before the id of the last delivery of the page before
 * @param limit 1 to 500
 */
public record PushDeliveryFilter(Optional<String> owner, Optional<UUID> taskId, Optional<PushDelivery.State> state,
        Optional<UUID> before, int limit) {
    public static final int LIMIT_MAX = 500;

    public PushDeliveryFilter {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new InvalidInputException("push-filter-invalid", "limit", limit + " is out of range",
                    "use 1 to " + LIMIT_MAX);
        }
    }
}
