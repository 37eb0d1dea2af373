package dev.howdah.agent.mcp;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a client says of itself with a request.
 *
 * @param capabilities what it can be asked for, such as {@code elicitation}
 * @param progressToken under which it wants to hear of progress; absent if it does not
 * @param logLevel from which level on it wants log messages; absent for none
 * @param caller who speaks through it
 */
public record McpClient(ObjectNode capabilities, Optional<JsonNode> progressToken, Optional<McpLogLevel> logLevel,
        McpCaller caller) {
    private static final JsonMapper JSON = JsonMapper.shared();

    public McpClient {
        capabilities = capabilities.deepCopy();
    }

    /** Whether it declared a capability. */
    public boolean can(String capability) {
        return capabilities.path(capability).isObject();
    }

    /** Whether it declared an extension. */
    public boolean canExtension(String extension) {
        return capabilities.path("extensions").path(extension).isObject();
    }

    /**
     * Insists on a capability.
     *
     * @throws McpException if the client did not declare it
     */
    public void require(String capability) {
        if (!can(capability)) {
            throw missing(capability, JSON.createObjectNode().set(capability, JSON.createObjectNode()));
        }
    }

    /**
     * Insists on an extension.
     *
     * @throws McpException if the client did not declare it
     */
    public void requireExtension(String extension) {
        if (!canExtension(extension)) {
            var extensions = JSON.createObjectNode();
            extensions.putObject("extensions").putObject(extension);
            throw missing(extension, extensions);
        }
    }

    private static McpException missing(String name, ObjectNode required) {
        return new McpException(McpErrorCode.MISSING_CAPABILITY, "the request needs the client's capability " + name
                + ", which it did not declare", "declare it in _meta",
                JSON.createObjectNode()
                        .set("requiredCapabilities", required));
    }
}
