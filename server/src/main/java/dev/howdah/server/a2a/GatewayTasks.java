package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.ArtifactUpdate;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.agent.a2a.Role;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.postgres.Uuids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts requests of gateway clients into A2A's words, and what comes of them into theirs. */
final class GatewayTasks {
    private static final JsonMapper JSON = JsonMapper.shared();

    private GatewayTasks() {}

    /**
     * Reads {@code {id?, sessionId, skillId?, message: {content, parts?, metadata?}, metadata?}}. The id makes a repetition
     * known; the task gets one of its own.
     *
     * @throws InvalidInputException with all that is wrong
     */
    static SendMessageRequest send(ObjectNode body) {
        var faults = new ArrayList<Fault>();
        var request = JSON.createObjectNode();
        var message = request.putObject("message").put("role", Role.USER.wireName())
                .put("contextId", text(body, "sessionId", faults))
                .put("messageId", body.path("id").asString(Uuids.next().toString()));
        putParts(message.putArray("parts"), text(body.path("message"), "content", faults),
                body.path("message").path("parts"));
        if (!faults.isEmpty()) {
            throw new InvalidInputException("gateway-task-invalid", faults);
        }
        copy(body.path("message"), message);
        copy(body, request);
        if (body.path("skillId").isString()) {
            request.withObject("metadata").set("skill", body.path("skillId"));
        }
        return ProtoReader.sendMessage(request);
    }

    private static void copy(JsonNode from, ObjectNode to) {
        if (from.path("metadata").isObject()) {
            to.set("metadata", from.path("metadata").deepCopy());
        }
    }

    private static String text(JsonNode object, String field, List<Fault> faults) {
        var text = object.path(field).asString("");
        if (text.isBlank()) {
            faults.add(new Fault(field, "is missing or empty", "send it as a text"));
        }
        return text;
    }

    /** The content, and of the parts what it does not say. */
    private static void putParts(ArrayNode parts, String content, JsonNode given) {
        parts.addObject().put("text", content);
        for (var part : given) {
            if (part.has("data")) {
                parts.addObject().set("data", part.path("data"));
            } else if (!part.path("text").asString(content).equals(content)) {
                parts.addObject().set("text", part.path("text"));
            }
        }
    }

    /**
     * The task that a body names.
     *
     * @throws InvalidInputException if it names none
     */
    static String taskId(ObjectNode body) {
        var faults = new ArrayList<Fault>();
        var id = text(body, "taskId", faults);
        if (!faults.isEmpty()) {
            throw new InvalidInputException("gateway-task-invalid", faults);
        }
        return id;
    }

    static ObjectNode answer(Task task) {
        var json = JSON.createObjectNode();
        json.set("task", task(task));
        return json;
    }

    static ObjectNode answer(Message message) {
        var json = JSON.createObjectNode();
        json.set("message", message(message));
        return json;
    }

    private static ObjectNode task(Task task) {
        var json = JSON.createObjectNode().put("id", task.id()).put("status", status(task.status().state()))
                .put("sessionId", task.contextId());
        task.history().stream().filter(message -> message.role() == Role.USER).findFirst()
                .ifPresent(message -> json.set("message", message(message)));
        var artifacts = json.putArray("artifacts");
        task.artifacts().forEach(artifact -> artifacts.add(artifact(artifact)));
        var history = json.putArray("history");
        Stream.concat(task.history().stream(), task.status().message().stream())
                .forEach(message -> history.add(message(message)));
        task.metadata().ifPresent(metadata -> json.set("metadata", metadata));
        var changed = ProtoJson.time(task.status().timestamp());
        json.put("updatedAt", changed);
        if (task.status().state() == TaskState.COMPLETED) {
            json.put("completedAt", changed);
        }
        return json;
    }

    /** What happened, as {@code {type, taskId, status, artifact, message, timestamp}}. */
    static ObjectNode event(StreamItem item) {
        return switch (item) {
            case Task task -> status("status", task.id(), task.status().state(), "", task.status().timestamp());
            case StatusUpdate update -> status(type(update.status().state()), update.taskId(), update.status().state(),
                    update.status().message().map(Message::text).orElse(""), update.status().timestamp());
            case ArtifactUpdate update -> {
                var json = JSON.createObjectNode().put("type", "artifact").put("taskId", update.taskId());
                json.set("artifact", artifact(update.artifact()));
                yield json;
            }
            case Message message -> JSON.createObjectNode().put("type", "message").put("message", message.text());
        };
    }

    private static ObjectNode status(String type, String taskId, TaskState state, String message, Instant time) {
        var json = JSON.createObjectNode().put("type", type).put("taskId", taskId).put("status", status(state));
        if (!message.isEmpty()) {
            json.put("message", message);
        }
        return json.put("timestamp", ProtoJson.time(time));
    }

    private static String type(TaskState state) {
        return switch (state) {
            case COMPLETED -> "completed";
            case FAILED, REJECTED -> "failed";
            case SUBMITTED, WORKING, INPUT_REQUIRED, AUTH_REQUIRED, CANCELED -> "status";
        };
    }

    /** Gateway clients know six states. */
    private static String status(TaskState state) {
        return switch (state) {
            case SUBMITTED, WORKING, INPUT_REQUIRED, COMPLETED, FAILED, CANCELED -> state.label();
            case AUTH_REQUIRED -> TaskState.INPUT_REQUIRED.label();
            case REJECTED -> TaskState.FAILED.label();
        };
    }

    private static ObjectNode message(Message message) {
        var json = JSON.createObjectNode().put("role", message.role() == Role.USER ? "user" : "agent").put("content",
                message.text());
        json.set("parts", parts(message.parts()));
        message.metadata().ifPresent(metadata -> json.set("metadata", metadata));
        return json;
    }

    private static ObjectNode artifact(Artifact artifact) {
        var json = JSON.createObjectNode().put("id", artifact.artifactId()).put("type", "result");
        artifact.name().ifPresent(name -> json.put("name", name));
        artifact.description().ifPresent(text -> json.put("description", text));
        json.set("parts", parts(artifact.parts()));
        json.set("content", content(artifact.parts().getFirst()));
        artifact.metadata().ifPresent(metadata -> json.set("metadata", metadata));
        return json;
    }

    private static ArrayNode parts(List<Part> parts) {
        var array = JSON.createArrayNode();
        for (var part : parts) {
            array.add(ProtoJson.part(part).put("type", switch (part.content()) {
                case Part.Content.Text _ -> "text";
                case Part.Content.Data _ -> "data";
                case Part.Content.Raw _,Part.Content.Url _ -> "file";
            }));
        }
        return array;
    }

    private static JsonNode content(Part part) {
        return switch (part.content()) {
            case Part.Content.Text(var text) -> JSON.valueToTree(text);
            case Part.Content.Data(var data) -> data;
            case Part.Content.Raw(var base64) -> JSON.valueToTree(base64);
            case Part.Content.Url(var url) -> JSON.valueToTree(url);
        };
    }
}
