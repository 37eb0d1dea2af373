package dev.howdah.agent.a2a;

import dev.howdah.postgres.InvalidInputException;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Our extension {@link Caller#REPLAY_EXTENSION}, for clients that ask for it: every element of a stream carries its
 * sequence in its metadata under the extension's URI, and a stream can begin behind the last one that the client knows.
 */
public final class ReplayExtension {
    private static final String SEQUENCE = "sequence";

    private ReplayExtension() {}

    /** What is written of an element: the item, with its sequence if it has one. */
    public static StreamItem numbered(TaskStream.Element element) {
        if (element.sequence().isEmpty()) {
            return element.item();
        }
        long sequence = element.sequence().getAsLong();
        return switch (element.item()) {
            case Task task -> new Task(task.id(), task.contextId(), task.status(), task.artifacts(), task.history(),
                    Optional.of(with(task.metadata(), sequence)));
            case Message message -> message.withMetadata(with(message.metadata(), sequence));
            case StatusUpdate update -> new StatusUpdate(update.taskId(), update.contextId(), update.status(),
                    Optional.of(with(update.metadata(), sequence)));
            case ArtifactUpdate update -> new ArtifactUpdate(update.taskId(), update.contextId(), update.artifact(),
                    update.append(), update.lastChunk(), Optional.of(with(update.metadata(), sequence)));
        };
    }

    /**
     * Reads the sequence of a numbered element.
     *
     * @param json a StreamResponse
     */
    public static OptionalLong sequence(JsonNode json) {
        return json.valueStream().map(item -> item.path("metadata").path(Caller.REPLAY_EXTENSION).path(SEQUENCE))
                .filter(JsonNode::canConvertToLong).mapToLong(JsonNode::longValue).findFirst();
    }

    /**
     * Reads where a client wants to go on.
     *
     * @param lastEventId the sequence of the last element that it has
     */
    public static OptionalLong resumePoint(String lastEventId) {
        try {
            long sequence = Long.parseLong(lastEventId.strip());
            if (sequence >= 0) {
                return OptionalLong.of(sequence);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new InvalidInputException("a2a-invalid", "Last-Event-ID", "\"" + lastEventId + "\" is no sequence",
                "send the id of the last event that arrived, or leave it out");
    }

    private static ObjectNode with(Optional<ObjectNode> metadata, long sequence) {
        var numbered = metadata.map(ObjectNode::deepCopy).orElseGet(JsonMapper.shared()::createObjectNode);
        numbered.putObject(Caller.REPLAY_EXTENSION).put(SEQUENCE, sequence);
        return numbered;
    }
}
