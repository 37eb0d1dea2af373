package dev.howdah.agent.mcp;

import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tasks as the extension writes them. */
final class McpTaskJson {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    /** What a skill has answered; the rest it has made on the way. */
    private static final String RESULT = "result";
    /** A task of the queue did the work, and this is what the skill had said before. */
    private static final String ANSWER = "answer";
    private static final int TIME_BITS = 16;

    private final Duration retention;

    McpTaskJson(Duration retention) {
        this.retention = retention;
    }

    /** A task without what it has come to. */
    ObjectNode task(Task task) {
        var json = JSON.createObjectNode().put("taskId", task.id()).put("status", status(task));
        task.status().message().map(Message::text).filter(text -> !text.isEmpty())
                .ifPresent(text -> json.put("statusMessage", text));
        return json.put("createdAt", createdAt(task).toString())
                .put("lastUpdatedAt", task.status().timestamp().toString()).put("ttlMs", retention.toMillis())
                .put("pollIntervalMs", POLL_INTERVAL.toMillis());
    }

    private static String status(Task task) {
        return switch (task.status().state()) {
            // What is asked for only in words cannot be answered by this protocol; the status message tells it.
            case INPUT_REQUIRED -> McpQuestions.of(task).isPresent() ? "input_required" : "working";
            case SUBMITTED, WORKING, AUTH_REQUIRED -> "working";
            // Refused is what the tool says of its input; failed is the server.
            case COMPLETED, REJECTED -> "completed";
            case FAILED -> "failed";
            case CANCELED -> "cancelled";
        };
    }

    /**
     * Ids are UUIDs of version 7, which begin with the milliseconds of their making; but by another clock than the
     * database's.
     */
    private static Instant createdAt(Task task) {
        var made = Instant.ofEpochMilli(UUID.fromString(task.id()).getMostSignificantBits() >>> TIME_BITS);
        return made.isBefore(task.status().timestamp()) ? made : task.status().timestamp();
    }

    /** A task with what it has come to. */
    ObjectNode details(Task task) {
        var json = task(task);
        var said = task.status().message().map(Message::text).orElse("");
        switch (task.status().state()) {
            case COMPLETED -> json.set("result", result(task));
            case REJECTED -> json.set("result", McpOutcome.error(said).result());
            case FAILED -> json.putObject("error").put("code", McpErrorCode.INTERNAL.code()).put("message", said);
            case SUBMITTED, WORKING, INPUT_REQUIRED, AUTH_REQUIRED, CANCELED -> {
            }
        }
        return json;
    }

    private static ObjectNode result(Task task) {
        var result = JSON.createObjectNode();
        var content = result.putArray("content");
        for (var artifact : task.artifacts()) {
            artifact.parts().forEach(part -> content.add(McpContent.of(artifact, part)));
            if (artifact.artifactId().equals(RESULT)) {
                structure(artifact, result);
            }
        }
        if (content.isEmpty()) {
            content.addObject().put("type", "text").put("text", task.status().message().map(Message::text).orElse(""));
        }
        return result;
    }

    private static void structure(Artifact artifact, ObjectNode result) {
        artifact.parts().stream()
                .flatMap(part -> part.content() instanceof dev.howdah.agent.a2a.Part.Content.Data(var data)
                        ? java.util.stream.Stream.of(data)
                        : java.util.stream.Stream.<JsonNode>empty())
                .findFirst()
                .map(data -> data.path(ANSWER).isObject() && data.size() <= 2 ? data.path(ANSWER) : data)
                .filter(JsonNode::isObject).ifPresent(data -> result.set("structuredContent", data));
    }
}
