package dev.howdah.agent.task;

import dev.howdah.agent.a2a.ArtifactUpdate;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.a2a.TaskStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that happened in a task, as it is stored.
 *
 * @param sequence from 1, without a gap
 * @param item a {@link Message} of the client, a {@link StatusUpdate} or an {@link ArtifactUpdate}
 */
public record TaskEvent(UUID taskId, long sequence, StreamItem item) {

    /** How the table tells them apart. */
    enum Kind {
        MESSAGE, STATUS, ARTIFACT;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Kind kind() {
        return switch (item) {
            case Message _ -> Kind.MESSAGE;
            case StatusUpdate _ -> Kind.STATUS;
            case ArtifactUpdate _ -> Kind.ARTIFACT;
            case dev.howdah.agent.a2a.Task _ -> throw new IllegalStateException("a task is no event");
        };
    }

    /** Whether it is for streams and push notifications; what the client itself said is not. */
    public boolean isForClients() {
        return kind() != Kind.MESSAGE;
    }

    /** The state that it put the task into. */
    public Optional<TaskState> state() {
        return item instanceof StatusUpdate update ? Optional.of(update.status().state()) : Optional.empty();
    }

    public boolean isTerminal() {
        return state().map(TaskState::isTerminal).orElse(false);
    }

    /** What the table holds: without what stands in its other columns. */
    ObjectNode payload() {
        return switch (item) {
            case Message message -> ProtoJson.message(message);
            case StatusUpdate update -> {
                var json = ProtoJson.status(update.status());
                json.remove("timestamp");
                update.metadata().ifPresent(metadata -> json.set("metadata", metadata));
                yield json;
            }
            case ArtifactUpdate update -> {
                var json = JsonMapper.shared().createObjectNode();
                json.set("artifact", ProtoJson.artifact(update.artifact()));
                json.put("append", update.append()).put("lastChunk", update.lastChunk());
                update.metadata().ifPresent(metadata -> json.set("metadata", metadata));
                yield json;
            }
            case dev.howdah.agent.a2a.Task _ -> throw new IllegalStateException("a task is no event");
        };
    }

    /** The event that a row holds. */
    public static TaskEvent of(UUID taskId, String contextId, long sequence, String kind, JsonNode payload,
            Instant at) {
        var id = taskId.toString();
        var metadata = payload.path("metadata") instanceof ObjectNode object
                ? Optional.of(object)
                : Optional.<ObjectNode>empty();
        return new TaskEvent(taskId, sequence, switch (Kind.valueOf(kind.toUpperCase(Locale.ROOT))) {
            case MESSAGE -> ProtoReader.message(payload);
            case STATUS -> new StatusUpdate(id, contextId, new TaskStatus(
                    TaskState.ofWireName(payload.path("state").asString()).orElseThrow(), payload.has("message")
                            ? Optional.of(ProtoReader.message(payload.path("message")))
                            : Optional.empty(),
                    at), metadata);
            case ARTIFACT -> new ArtifactUpdate(id, contextId, ProtoReader.artifact(payload.path("artifact")),
                    payload.path("append").asBoolean(), payload.path("lastChunk").asBoolean(), metadata);
        });
    }
}
