package dev.howdah.agent.mcp;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a request came to. */
public sealed interface McpOutcome {
    /**
     * It is done.
     *
     * @param result as the method has it, without what only a revision adds
     */
    record Complete(ObjectNode result) implements McpOutcome {}

    /**
     * It needs something first; the client comes again with the answers and the state.
     *
     * @param requests by keys of the caller's choice
     * @param state what to go on with; comes back unchanged
     */
    record InputRequired(Map<String, InputRequest> requests, Optional<JsonNode> state) implements McpOutcome {
        public InputRequired {
            requests = Collections.unmodifiableMap(new LinkedHashMap<>(requests));
        }
    }

    /**
     * It goes on as a task that is stored.
     *
     * @param task the task as the extension shows it
     */
    record Deferred(ObjectNode task) implements McpOutcome {}

    /** A tool's text. */
    static Complete text(String text) {
        var result = JsonMapper.shared().createObjectNode();
        result.putArray("content").addObject().put("type", "text").put("text", text);
        return new Complete(result);
    }

    /** What a tool says that could not do its work, so that the model that called it can do better. */
    static Complete error(String text) {
        return new Complete(text(text).result().put("isError", true));
    }
}
