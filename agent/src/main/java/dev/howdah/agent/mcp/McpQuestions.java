package dev.howdah.agent.mcp;

import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a task has asked its client.
 *
 * @param id of the message that asks
 * @param byKey at least one
 */
record McpQuestions(String id, Map<String, InputRequest> byKey) {
    /** What the task waits for; absent if it waits for nothing, or for what only people can read. */
    static Optional<McpQuestions> of(Task task) {
        if (task.status().state() != TaskState.INPUT_REQUIRED) {
            return Optional.empty();
        }
        return task.status().message().flatMap(message -> {
            var questions = new LinkedHashMap<String, InputRequest>();
            message.data().ifPresent(data -> data.path("questions").propertyStream().forEach(question -> {
                if (question.getValue().path("schema") instanceof ObjectNode schema) {
                    questions.put(question.getKey(), InputRequest.elicitation(question.getValue().path("message")
                            .asString(""), schema));
                }
            }));
            return questions.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new McpQuestions(message.messageId(), questions));
        });
    }

    /** Those that are still open, as the protocol has them. */
    ObjectNode without(Collection<String> answered) {
        var json = JsonMapper.shared().createObjectNode();
        byKey.forEach((key, request) -> {
            if (!answered.contains(key)) {
                json.set(key, request.toJson());
            }
        });
        return json;
    }
}
