package dev.howdah.agent.mcp;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that a client can call.
 *
 * @param name 1 to 128 letters, digits, {@code _}, {@code -} and {@code .}
 * @param title for people
 * @param description for people and models
 * @param inputSchema JSON Schema of the arguments
 * @param outputSchema JSON Schema of the structured content, an object; absent if there is none
 * @param readOnly whether it changes nothing
 */
public record McpTool(String name, String title, String description, ObjectNode inputSchema,
        Optional<ObjectNode> outputSchema, boolean readOnly, Handler handler) {
    private static final java.util.regex.Pattern NAME = java.util.regex.Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    /** Does what the tool does. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Runs on a thread of the request, which is interrupted when the client gives up.
         *
         * @throws McpException if the request is to be answered with an error of the protocol
         */
        McpOutcome call(McpCall call);
    }

    public McpTool {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name + "\" is no name of a tool");
        }
    }

    /** A tool whose arguments and results need no description. */
    public static McpTool of(String name, String description, String inputSchema, Handler handler) {
        return new McpTool(name, name, description, (ObjectNode) JsonMapper.shared().readTree(inputSchema),
                Optional.empty(), true, handler);
    }

    JsonNode toJson() {
        var json = JsonMapper.shared().createObjectNode().put("name", name).put("title", title).put("description",
                description);
        json.set("inputSchema", inputSchema);
        outputSchema.ifPresent(schema -> json.set("outputSchema", schema));
        json.putObject("annotations").put("title", title).put("readOnlyHint", readOnly);
        return json;
    }
}
