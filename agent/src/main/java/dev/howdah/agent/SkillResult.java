package dev.howdah.agent;

import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * What a skill answers.
 *
 * @param data by the skill's output schema
 * @param taskId the task that goes on with the work, for an asynchronous skill
 */
public record SkillResult(JsonNode data, Optional<UUID> taskId) {
    public static SkillResult of(JsonNode data) {
        return new SkillResult(data, Optional.empty());
    }

    public static SkillResult enqueued(JsonNode data, UUID taskId) {
        return new SkillResult(data, Optional.of(taskId));
    }
}
