package dev.howdah.agent.mcp;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message of a client.
 *
 * @param id of the request, a string or an integer; absent for a notification
 * @param params empty if there are none
 */
public record McpRequest(Optional<JsonNode> id, String method, ObjectNode params) {
    /** The revision that is spoken without sessions. */
    public static final String MODERN = "2026-07-28";

    static final String VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
    static final String CAPABILITIES_KEY = "io.modelcontextprotocol/clientCapabilities";
    static final String LOG_LEVEL_KEY = "io.modelcontextprotocol/logLevel";
    static final String CLIENT_INFO_KEY = "io.modelcontextprotocol/clientInfo";
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int ID_MAX = 200;

    /**
     * Reads a message.
     *
     * @throws McpException if it is no request and no notification
     */
    public static McpRequest of(JsonNode body) {
        var method = body.path("method");
        var params = body.path("params");
        var id = body.path("id");
        boolean isMessage = body.isObject() && body.path("jsonrpc").asString("").equals("2.0") && method.isString();
        boolean hasId = id.isIntegralNumber() || (id.isString() && id.asString().length() <= ID_MAX);
        boolean isWhole = (hasId || id.isMissingNode()) && (params.isObject() || params.isMissingNode());
        if (!isMessage || !isWhole) {
            throw new McpException(McpErrorCode.INVALID_REQUEST, "the body is no request of JSON-RPC 2.0",
                    "send one object with jsonrpc, id, method and params");
        }
        return new McpRequest(hasId ? Optional.of(id) : Optional.empty(), method.asString(),
                params instanceof ObjectNode object ? object : JSON.createObjectNode());
    }

    /** Whether the message says itself that it is one of a revision without sessions. */
    public boolean claimsModern() {
        return meta().has(VERSION_KEY) || meta().has(CAPABILITIES_KEY) || meta().has(CLIENT_INFO_KEY);
    }

    /** The revision that the message names; empty if it names none. */
    String version() {
        return meta().path(VERSION_KEY).asString("");
    }

    /**
     * What the client says of itself.
     *
     * @throws McpException if what it must say is missing
     */
    McpClient client(McpCaller caller) {
        if (!meta().path(VERSION_KEY).isString()) {
            throw missing(VERSION_KEY, "a revision");
        }
        if (!(meta().path(CAPABILITIES_KEY) instanceof ObjectNode capabilities)) {
            throw missing(CAPABILITIES_KEY, "an object");
        }
        var token = meta().path("progressToken");
        return new McpClient(capabilities, token.isString() || token.isIntegralNumber()
                ? Optional.of(token)
                : Optional.empty(), McpLogLevel.of(meta().path(LOG_LEVEL_KEY).asString("")), caller);
    }

    private JsonNode meta() {
        return params.path("_meta");
    }

    private static McpException missing(String key, String what) {
        return new McpException(McpErrorCode.INVALID_META, "_meta has no " + key, "add it; it is " + what);
    }
}
