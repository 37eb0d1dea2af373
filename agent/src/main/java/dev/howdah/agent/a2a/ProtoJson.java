package dev.howdah.agent.a2a;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the protocol's values as ProtoJSON: camel case, enum values by name, times in UTC with milliseconds, bytes in
 * Base64, no field that has its default value. {@link ProtoReader} reads them.
 */
public final class ProtoJson {
    /** Media type of the HTTP+JSON binding. */
    public static final String MEDIA_TYPE = "application/a2a+json";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'")
            .withZone(ZoneOffset.UTC);
    private static final JsonMapper JSON = JsonMapper.shared();

    private ProtoJson() {}

    public static String time(Instant time) {
        return TIME.format(time);
    }

    public static ObjectNode task(Task task) {
        var json = JSON.createObjectNode().put("id", task.id()).put("contextId", task.contextId());
        json.set("status", status(task.status()));
        putAll(json, "artifacts", task.artifacts().stream().map(ProtoJson::artifact).toList());
        putAll(json, "history", task.history().stream().map(ProtoJson::message).toList());
        task.metadata().ifPresent(metadata -> json.set("metadata", metadata));
        return json;
    }

    public static ObjectNode status(TaskStatus status) {
        var json = JSON.createObjectNode().put("state", status.state().wireName());
        status.message().ifPresent(message -> json.set("message", message(message)));
        return json.put("timestamp", time(status.timestamp()));
    }

    public static ObjectNode message(Message message) {
        var json = JSON.createObjectNode().put("messageId", message.messageId());
        message.contextId().ifPresent(id -> json.put("contextId", id));
        message.taskId().ifPresent(id -> json.put("taskId", id));
        json.put("role", message.role().wireName());
        putAll(json, "parts", message.parts().stream().map(ProtoJson::part).toList());
        message.metadata().ifPresent(metadata -> json.set("metadata", metadata));
        putTexts(json, "extensions", message.extensions());
        putTexts(json, "referenceTaskIds", message.referenceTaskIds());
        return json;
    }

    public static ObjectNode part(Part part) {
        var json = JSON.createObjectNode();
        switch (part.content()) {
            case Part.Content.Text(var text) -> json.put("text", text);
            case Part.Content.Raw(var base64) -> json.put("raw", base64);
            case Part.Content.Url(var url) -> json.put("url", url);
            case Part.Content.Data(var data) -> json.set("data", data);
        }
        part.metadata().ifPresent(metadata -> json.set("metadata", metadata));
        part.filename().ifPresent(name -> json.put("filename", name));
        part.mediaType().ifPresent(type -> json.put("mediaType", type));
        return json;
    }

    public static ObjectNode artifact(Artifact artifact) {
        var json = JSON.createObjectNode().put("artifactId", artifact.artifactId());
        artifact.name().ifPresent(name -> json.put("name", name));
        artifact.description().ifPresent(text -> json.put("description", text));
        putAll(json, "parts", artifact.parts().stream().map(ProtoJson::part).toList());
        artifact.metadata().ifPresent(metadata -> json.set("metadata", metadata));
        putTexts(json, "extensions", artifact.extensions());
        return json;
    }

    /** A StreamResponse, also a SendMessageResponse: an object with one field, which says what it holds. */
    public static ObjectNode item(StreamItem item) {
        var json = JSON.createObjectNode();
        switch (item) {
            case Task task -> json.set("task", task(task));
            case Message message -> json.set("message", message(message));
            case StatusUpdate update -> json.set("statusUpdate", statusUpdate(update));
            case ArtifactUpdate update -> json.set("artifactUpdate", artifactUpdate(update));
        }
        return json;
    }

    private static ObjectNode statusUpdate(StatusUpdate update) {
        var json = JSON.createObjectNode().put("taskId", update.taskId()).put("contextId", update.contextId());
        json.set("status", status(update.status()));
        update.metadata().ifPresent(metadata -> json.set("metadata", metadata));
        return json;
    }

    private static ObjectNode artifactUpdate(ArtifactUpdate update) {
        var json = JSON.createObjectNode().put("taskId", update.taskId()).put("contextId", update.contextId());
        json.set("artifact", artifact(update.artifact()));
        if (update.append()) {
            json.put("append", true);
        }
        if (update.lastChunk()) {
            json.put("lastChunk", true);
        }
        update.metadata().ifPresent(metadata -> json.set("metadata", metadata));
        return json;
    }

    /** A ListTasksResponse; its fields are all required, so that none is left out. */
    public static ObjectNode page(TaskPage page) {
        var json = JSON.createObjectNode();
        var tasks = json.putArray("tasks");
        page.tasks().forEach(task -> tasks.add(task(task)));
        return json.put("nextPageToken", page.nextPageToken()).put("pageSize", page.pageSize()).put("totalSize",
                page.totalSize());
    }

    public static ObjectNode pushConfig(PushConfig config) {
        var json = JSON.createObjectNode().put("id", config.id()).put("taskId", config.taskId()).put("url",
                config.url());
        config.token().ifPresent(token -> json.put("token", token));
        config.authentication().ifPresent(authentication -> {
            var object = json.putObject("authentication").put("scheme", authentication.scheme());
            authentication.credentials().ifPresent(credentials -> object.put("credentials", credentials));
        });
        return json;
    }

    public static ObjectNode page(PushConfigPage page) {
        var json = JSON.createObjectNode();
        putAll(json, "configs", page.configs().stream().map(ProtoJson::pushConfig).toList());
        if (!page.nextPageToken().isEmpty()) {
            json.put("nextPageToken", page.nextPageToken());
        }
        return json;
    }

    private static void putAll(ObjectNode json, String field, List<ObjectNode> elements) {
        if (!elements.isEmpty()) {
            ArrayNode array = json.putArray(field);
            elements.forEach((JsonNode element) -> array.add(element));
        }
    }

    private static void putTexts(ObjectNode json, String field, Collection<String> texts) {
        if (!texts.isEmpty()) {
            var array = json.putArray(field);
            texts.forEach(array::add);
        }
    }
}
