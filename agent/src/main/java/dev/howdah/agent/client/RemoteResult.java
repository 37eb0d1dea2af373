package dev.howdah.agent.client;

import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.Task;
import dev.howdah.queue.PermanentFailure;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What an agent has made, for those who go on with it. */
final class RemoteResult {
    /** Characters of a result as JSON. */
    static final int RESULT_MAX = 1_000_000;

    private RemoteResult() {}

    /**
     * {@code {text, data, task_id, context_id, artifacts}}: all texts, the first piece of JSON, and everything as the protocol
     * writes it; those of artifacts come before what was said at the end.
     */
    static JsonNode of(StreamItem item) {
        var json = switch (item) {
            case Task task -> ofTask(task);
            case Message message -> ofParts(message.parts());
            default -> throw new PermanentFailure("the agent answered with neither a task nor a message");
        };
        int size = json.toString().length();
        if (size > RESULT_MAX) {
            throw new PermanentFailure("the agent's result has " + size + " characters, and the limit is "
                    + RESULT_MAX + "; have the agent give large content by its url");
        }
        return json;
    }

    private static ObjectNode ofTask(Task task) {
        var json = ofParts(Stream.concat(task.artifacts().stream().map(Artifact::parts),
                task.status().message().map(Message::parts).stream()).flatMap(List::stream).toList());
        json.put("task_id", task.id()).put("context_id", task.contextId());
        var artifacts = json.putArray("artifacts");
        task.artifacts().forEach(artifact -> artifacts.add(ProtoJson.artifact(artifact)));
        return json;
    }

    private static ObjectNode ofParts(List<Part> parts) {
        var all = Message.ofAgent(parts);
        var json = JsonMapper.shared().createObjectNode().put("text", all.text());
        all.data().ifPresent(data -> json.set("data", data));
        return json;
    }
}
