package dev.howdah.agent.mcp;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a server says of itself.
 *
 * @param name for programs
 * @param title for people
 * @param instructions for models
 */
public record McpIdentity(String name, String title, String version, String instructions) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Name and version. */
    public ObjectNode info() {
        return JSON.createObjectNode().put("name", name).put("title", title).put("version", version);
    }

    /** What all revisions call capabilities. */
    public ObjectNode capabilities() {
        var capabilities = JSON.createObjectNode();
        capabilities.putObject("tools").put("listChanged", true);
        capabilities.putObject("prompts").put("listChanged", true);
        capabilities.putObject("resources").put("listChanged", true).put("subscribe", true);
        capabilities.putObject("completions");
        capabilities.putObject("logging");
        return capabilities;
    }
}
