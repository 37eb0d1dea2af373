package dev.howdah.spring.ai;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.spring.json.TypedJson;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AbstractMessage;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage.ToolResponse;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.Media;
import org.springframework.util.MimeTypeUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Spring AI's messages as JSON and back. Metadata are a list of names and values; a value that is no text, truth value or whole number
 * is JSON within a text, with its Java types ({@link TypedJson}): a document would take names that begin with {@code $} for operators,
 * and numbers of any type for its own.
 */
final class MessageJson {
    private static final String TYPE = "type";
    private static final String TEXT = "text";
    private static final String NAME = "name";
    private static final String ID = "id";
    private static final String TOOL_CALLS = "tool_calls";
    private static final String ARGUMENTS = "arguments";
    private static final String RESPONSES = "responses";
    private static final String DATA = "data";
    private static final String BYTES = "bytes";
    private static final String MEDIA = "media";
    private static final String MIME_TYPE = "mime_type";
    private static final String METADATA = "metadata";
    private static final String VALUE = "value";
    private static final String JSON = "json";
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final TypedJson typed;

    MessageJson(TypedJson typed) {
        this.typed = typed;
    }

    /**
     * As they are stored.
     *
     * @throws InvalidInputException if a message, its media or its metadata are of a class that cannot be stored
     */
    ArrayNode write(List<Message> messages) {
        return array(messages, this::written);
    }

    private ObjectNode written(Message message) {
        var node = NODES.objectNode().put(TYPE, message.getMessageType().getValue());
        switch (message) {
            case UserMessage user -> putAll(text(node, user), MEDIA, array(user.getMedia(), MessageJson::written));
            case AssistantMessage assistant -> {
                putAll(text(node, assistant), TOOL_CALLS, array(assistant.getToolCalls(), MessageJson::written));
                putAll(node, MEDIA, array(assistant.getMedia(), MessageJson::written));
            }
            case SystemMessage system -> text(node, system);
            case ToolResponseMessage tool -> putAll(node, RESPONSES, array(tool.getResponses(), MessageJson::written));
            default -> throw new InvalidInputException("message-invalid", "messages",
                    "a " + message.getClass().getName() + " is not known",
                    "use the messages of Spring AI, or classes that extend them");
        }
        putAll(node, METADATA, metadata(message.getMetadata()));
        return node;
    }

    private static ObjectNode text(ObjectNode node, Message message) {
        if (message.getText() != null) { // an assistant that calls tools may say nothing
            node.put(TEXT, message.getText());
        }
        return node;
    }

    private static void putAll(ObjectNode node, String name, ArrayNode items) {
        if (!items.isEmpty()) {
            node.set(name, items);
        }
    }

    private static <T> ArrayNode array(List<T> items, Function<T, ObjectNode> writer) {
        var array = NODES.arrayNode();
        items.forEach(item -> array.add(writer.apply(item)));
        return array;
    }

    private static ObjectNode written(ToolCall call) {
        return NODES.objectNode().put(ID, call.id()).put(TYPE, call.type()).put(NAME, call.name())
                .put(ARGUMENTS, call.arguments());
    }

    private static ObjectNode written(ToolResponse response) {
        return NODES.objectNode().put(ID, response.id()).put(NAME, response.name()).put(DATA, response.responseData());
    }

    private static ObjectNode written(Media media) {
        var node = NODES.objectNode().put(MIME_TYPE, media.getMimeType().toString()).put(NAME, media.getName());
        if (media.getId() != null) {
            node.put(ID, media.getId());
        }
        return switch (media.getData()) {
            case byte[] bytes -> node.put(BYTES, Base64.getEncoder().encodeToString(bytes));
            case String text -> node.put(DATA, text);
            default -> throw new InvalidInputException("message-invalid", "messages/media",
                    "holds a " + media.getData().getClass().getName(), "give bytes or a URL");
        };
    }

    private ArrayNode metadata(Map<String, Object> metadata) {
        var array = NODES.arrayNode();
        new TreeMap<>(metadata).forEach((name, value) -> {
            if (!name.equals(AbstractMessage.MESSAGE_TYPE)) { // every message puts its own there
                array.add(written(name, typed.write(value)));
            }
        });
        return array;
    }

    private ObjectNode written(String name, JsonNode value) {
        var node = NODES.objectNode().put(NAME, name);
        if (value.isString() || value.isBoolean() || value.isInt()) {
            return node.set(VALUE, value);
        }
        return node.put(JSON, value.toString());
    }

    /**
     * What was written.
     *
     * @throws InvalidInputException if one is no message, or its metadata are of a class that is not trusted or not there any more
     */
    List<Message> read(JsonNode messages) {
        return messages.valueStream().map(this::message).toList();
    }

    private Message message(JsonNode node) {
        var type = node.path(TYPE).asString("");
        if (type.equals(MessageType.USER.getValue())) {
            return UserMessage.builder().text(node.path(TEXT).asString("")).media(media(node)).metadata(metadata(node))
                    .build();
        }
        if (type.equals(MessageType.ASSISTANT.getValue())) {
            return AssistantMessage.builder().content(textOrNull(node)).toolCalls(toolCalls(node)).media(media(node))
                    .properties(metadata(node)).build();
        }
        if (type.equals(MessageType.SYSTEM.getValue())) {
            return SystemMessage.builder().text(node.path(TEXT).asString("")).metadata(metadata(node)).build();
        }
        if (type.equals(MessageType.TOOL.getValue())) {
            return ToolResponseMessage.builder().responses(responses(node)).metadata(metadata(node)).build();
        }
        throw new InvalidInputException("message-invalid", "messages", "a message of type \"" + type
                + "\" cannot be read", "read it with the version that wrote it, or delete the conversation");
    }

    private static @Nullable String textOrNull(JsonNode node) {
        return node.has(TEXT) ? node.path(TEXT).asString("") : null;
    }

    private static List<ToolCall> toolCalls(JsonNode node) {
        return node.path(TOOL_CALLS).valueStream()
                .map(call -> new ToolCall(call.path(ID).asString(""), call.path(TYPE).asString(""),
                        call.path(NAME).asString(""), call.path(ARGUMENTS).asString("")))
                .toList();
    }

    private static List<ToolResponse> responses(JsonNode node) {
        return node.path(RESPONSES).valueStream().map(response -> new ToolResponse(response.path(ID).asString(""),
                response.path(NAME).asString(""), response.path(DATA).asString(""))).toList();
    }

    private static List<Media> media(JsonNode node) {
        return node.path(MEDIA).valueStream().map(MessageJson::oneMedia).toList();
    }

    private static Media oneMedia(JsonNode node) {
        var media = Media.builder().mimeType(MimeTypeUtils.parseMimeType(node.path(MIME_TYPE).asString("")))
                .name(node.path(NAME).asString(""));
        if (node.has(ID)) {
            media.id(node.path(ID).asString(""));
        }
        Object data = node.has(BYTES)
                ? Base64.getDecoder().decode(node.path(BYTES).asString(""))
                : node.path(DATA).asString("");
        return media.data(data).build();
    }

    private Map<String, Object> metadata(JsonNode node) {
        var metadata = new HashMap<String, Object>();
        for (var entry : node.path(METADATA)) {
            var json = entry.has(JSON)
                    ? JsonMapper.shared().readTree(entry.path(JSON).asString(""))
                    : entry.path(VALUE);
            metadata.put(entry.path(NAME).asString(""), typed.read(json));
        }
        return metadata;
    }
}
