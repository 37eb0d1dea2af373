package dev.howdah.agent.a2a;

import dev.howdah.postgres.Uuids;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one side says to the other.
 *
 * @param messageId made by who sends it
 * @param contextId the conversation
 * @param taskId the task that it belongs to
 * @param parts at least one
 * @param extensions URIs of extensions that had a hand in it
 * @param referenceTaskIds other tasks that it speaks of
 */
public record Message(String messageId, Optional<String> contextId, Optional<String> taskId, Role role,
        List<Part> parts, Optional<ObjectNode> metadata, List<String> extensions, List<String> referenceTaskIds)
        implements
            StreamItem {
    public Message {
        parts = List.copyOf(parts);
        extensions = List.copyOf(extensions);
        referenceTaskIds = List.copyOf(referenceTaskIds);
    }

    /** What an agent says; the task that it says it in is added when it is stored. */
    public static Message ofAgent(List<Part> parts) {
        return of(Role.AGENT, parts);
    }

    /** What an agent says in one piece of text. */
    public static Message ofAgent(String text) {
        return ofAgent(List.of(Part.text(text)));
    }

    /** What a client says, in a conversation that begins with it. */
    public static Message ofUser(List<Part> parts) {
        return of(Role.USER, parts);
    }

    private static Message of(Role role, List<Part> parts) {
        return new Message(Uuids.next().toString(), Optional.empty(), Optional.empty(), role, parts, Optional.empty(),
                List.of(), List.of());
    }

    /** The same as part of a task. */
    public Message in(String context, String task) {
        return new Message(messageId, Optional.of(context), Optional.of(task), role, parts, metadata, extensions,
                referenceTaskIds);
    }

    /** The same with metadata. */
    public Message withMetadata(ObjectNode given) {
        return new Message(messageId, contextId, taskId, role, parts, Optional.of(given), extensions, referenceTaskIds);
    }

    /** Its texts, one under the other; empty if it has none. */
    public String text() {
        return parts.stream().flatMap(part -> part.content() instanceof Part.Content.Text(var text)
                ? java.util.stream.Stream.of(text)
                : java.util.stream.Stream.empty()).collect(Collectors.joining("\n"));
    }

    /** Its first piece of JSON. */
    public Optional<JsonNode> data() {
        return parts.stream().flatMap(part -> part.content() instanceof Part.Content.Data(var data)
                ? java.util.stream.Stream.of(data)
                : java.util.stream.Stream.empty()).findFirst();
    }
}
