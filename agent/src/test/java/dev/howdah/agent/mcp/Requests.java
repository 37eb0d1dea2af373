package dev.howdah.agent.mcp;

import dev.howdah.agent.mcp.McpServer.Answer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A well-behaved client of a server, without a transport. */
final class Requests {
    static final JsonMapper JSON = JsonMapper.shared();
    static final McpCaller ADA = new McpCaller("ada", true);

    private final McpServer server;
    private ObjectNode capabilities = json("{'elicitation': {}, 'extensions': {'io.modelcontextprotocol/tasks': {}}}");
    private McpCaller caller = ADA;

    Requests(McpServer server) {
        this.server = server;
    }

    static ObjectNode json(String text) {
        return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    }

    /** The same server for another client. */
    Requests with(String otherCapabilities, McpCaller otherCaller) {
        var other = new Requests(server);
        other.capabilities = json(otherCapabilities);
        other.caller = otherCaller;
        return other;
    }

    /** What was sent for a request. */
    record Sent(Answer answer, List<ObjectNode> before) {
        JsonNode result() {
            return answer.message().path("result");
        }

        JsonNode error() {
            return answer.message().path("error");
        }

        int code() {
            return error().path("code").asInt();
        }
    }

    Sent send(String method, String params) {
        var message = message(method, json(params));
        return send(message, headers(message));
    }

    Sent callTool(String name, String arguments) {
        return send("tools/call", "{'name': '" + name + "', 'arguments': " + arguments + "}");
    }

    ObjectNode message(String method, ObjectNode params) {
        var meta = params.withObjectProperty("_meta").put(McpRequest.VERSION_KEY, McpRequest.MODERN);
        meta.set(McpRequest.CAPABILITIES_KEY, capabilities);
        return JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 7).put("method", method).set("params", params);
    }

    static Map<String, String> headers(JsonNode message) {
        var headers = new HashMap<String, String>();
        headers.put("MCP-Protocol-Version", McpRequest.MODERN);
        headers.put("Mcp-Method", message.path("method").asString());
        for (var field : List.of("name", "uri", "taskId")) {
            var value = message.path("params").path(field);
            if (value.isString()) {
                headers.put("Mcp-Name", value.asString());
            }
        }
        return headers;
    }

    Sent send(JsonNode message, Map<String, String> headers) {
        var before = Collections.synchronizedList(new ArrayList<ObjectNode>());
        return send(message, headers, before);
    }

    /** The same with a place for what comes before the answer. */
    Sent send(JsonNode message, Map<String, String> headers, Collection<ObjectNode> before) {
        var answer = server.handle(McpRequest.of(message), name -> Optional.ofNullable(headers.get(name)), caller,
                sender(before));
        return new Sent(answer, List.copyOf(before));
    }

    private static McpServer.Sender sender(Collection<ObjectNode> before) {
        return new McpServer.Sender() {
            @Override
            public void send(ObjectNode message) {
                before.add(message);
            }

            @Override
            public boolean isCancelled() {
                return false;
            }
        };
    }
}
