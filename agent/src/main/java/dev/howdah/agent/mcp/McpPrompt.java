package dev.howdah.agent.mcp;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A text that a person at a client can start a conversation with.
 *
 * @param arguments what it is filled in with
 * @param completion suggests values of arguments
 * @param handler makes the messages
 */
public record McpPrompt(String name, String title, String description, List<Argument> arguments,
        Completion completion, McpTool.Handler handler) {
    /** What a prompt is filled in with. */
    public record Argument(String name, String description, boolean required) {}

    /** Suggests values. */
    @FunctionalInterface
    public interface Completion {
        /** Suggests nothing. */
        Completion NONE = (argument, prefix, limit) -> List.of();

        /**
         * Values that begin with what was typed.
         *
         * @param limit the most that are asked for
         */
        List<String> values(String argument, String prefix, int limit);
    }

    public McpPrompt {
        arguments = List.copyOf(arguments);
    }

    /** A prompt of one message. */
    public static McpOutcome message(String text) {
        var result = JsonMapper.shared().createObjectNode();
        result.putArray("messages").addObject().put("role", "user").putObject("content").put("type", "text")
                .put("text", text);
        return new McpOutcome.Complete(result);
    }

    ObjectNode toJson() {
        var json = JsonMapper.shared().createObjectNode().put("name", name).put("title", title).put("description",
                description);
        var list = json.putArray("arguments");
        arguments.forEach(argument -> list.addObject().put("name", argument.name())
                .put("description", argument.description()).put("required", argument.required()));
        return json;
    }
}
