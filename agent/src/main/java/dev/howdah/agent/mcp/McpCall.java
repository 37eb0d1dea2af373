package dev.howdah.agent.mcp;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One call of a tool or a prompt.
 *
 * @param arguments as the client sent them
 * @param inputs what the client answered to what it was asked for, by key; empty at first
 * @param state what the last outcome gave along; absent at first
 * @param exchange the way to the client while the call is under way
 */
public record McpCall(ObjectNode arguments, Map<String, ObjectNode> inputs, Optional<JsonNode> state,
        McpClient client, McpExchange exchange) {
    public McpCall {
        inputs = Map.copyOf(inputs);
    }

    /** The text of an argument; empty if there is none. */
    public String text(String argument) {
        return arguments.path(argument).asString("");
    }
}
