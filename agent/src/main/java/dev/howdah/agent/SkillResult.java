package dev.howdah.agent;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a skill answers.
 *
 * @param data by the skill's output schema
 * @param taskId the task of the queue that goes on with the work, for an asynchronous skill
 * @param questions what the skill needs to know before it can go on; it is run again with the answers
 */
public record SkillResult(JsonNode data, Optional<UUID> taskId, Optional<Questions> questions) {

    /**
     * What a skill needs to know.
     *
     * @param byKey at least one
     * @param state given back with the answers; travels through the database, not through the client
     */
    public record Questions(Map<String, Question> byKey, JsonNode state) {
        public Questions {
            if (byKey.isEmpty()) {
                throw new IllegalArgumentException("no question is asked");
            }
            byKey = Collections.unmodifiableMap(new LinkedHashMap<>(byKey));
        }
    }

    /**
     * One question.
     *
     * @param message for people
     * @param schema JSON Schema of the answer
     */
    public record Question(String message, ObjectNode schema) {}

    public static SkillResult of(JsonNode data) {
        return new SkillResult(data, Optional.empty(), Optional.empty());
    }

    public static SkillResult enqueued(JsonNode data, UUID taskId) {
        return new SkillResult(data, Optional.of(taskId), Optional.empty());
    }

    /** Not done: these have to be answered first. */
    public static SkillResult asking(Questions questions) {
        return new SkillResult(JsonMapper.shared().createObjectNode(), Optional.empty(), Optional.of(questions));
    }
}
