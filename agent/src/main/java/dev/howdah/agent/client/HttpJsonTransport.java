package dev.howdah.agent.client;

import dev.howdah.agent.a2a.ProtoJson;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A2A over HTTP+JSON: an address for each operation, errors by status, streams as server-sent events. */
final class HttpJsonTransport implements A2aTransport {
    static final String BINDING = "HTTP+JSON";
    private static final int OK_MAX = 299;

    private final RemoteHttp http;

    HttpJsonTransport(RemoteHttp http) {
        this.http = http;
    }

    /** What an operation looks like over HTTP. */
    private record Call(String verb, String path, Optional<JsonNode> body) {}

    @Override
    public String binding() {
        return BINDING;
    }

    @Override
    public JsonNode call(RemoteEndpoint endpoint, A2aMethod method, ObjectNode request) {
        var call = call(method, request);
        var answer = http.send(endpoint, call.verb, address(endpoint, call), call.body, ProtoJson.MEDIA_TYPE);
        if (answer.status() > OK_MAX) {
            throw RemoteErrors.ofHttp(endpoint.address(), answer.status(), answer.body());
        }
        return RemoteHttp.json(endpoint.address(), answer.body());
    }

    @Override
    public RemoteEvents open(RemoteEndpoint endpoint, A2aMethod method, ObjectNode request) {
        var call = call(method, request);
        var stream = http.open(endpoint, call.verb, address(endpoint, call), call.body, ProtoJson.MEDIA_TYPE);
        if (JsonRpcTransport.isEvents(stream)) {
            return new SseEvents(endpoint.address(), stream, json -> item(endpoint, json));
        }
        throw RemoteErrors.ofHttp(endpoint.address(), stream.head().status(), JsonRpcTransport.body(endpoint, stream));
    }

    private static JsonNode item(RemoteEndpoint endpoint, JsonNode json) {
        if (json.path("error").isObject()) {
            throw RemoteErrors.ofHttp(endpoint.address(), json.path("error").path("code").asInt(500), json.toString());
        }
        return json;
    }

    private static String address(RemoteEndpoint endpoint, Call call) {
        var root = endpoint.address().replaceFirst("/+$", "");
        return root + (endpoint.tenant().isEmpty() ? "" : "/" + encode(endpoint.tenant())) + call.path;
    }

    private static Call call(A2aMethod method, ObjectNode request) {
        return switch (method) {
            case SEND_MESSAGE -> post("/message:send", request);
            case SEND_STREAMING_MESSAGE -> post("/message:stream", request);
            case GET_TASK -> get("/tasks/" + text(request, "id") + query(request, "id"));
            case LIST_TASKS -> get("/tasks" + query(request, ""));
            case CANCEL_TASK -> post("/tasks/" + text(request, "id") + ":cancel", request);
            case SUBSCRIBE_TO_TASK -> post("/tasks/" + text(request, "id") + ":subscribe", request);
            case CREATE_PUSH_CONFIG -> post(pushConfigs(request), request);
            case GET_PUSH_CONFIG -> get(pushConfigs(request) + "/" + text(request, "id"));
            case LIST_PUSH_CONFIGS -> get(pushConfigs(request) + query(request, "taskId"));
            case DELETE_PUSH_CONFIG -> new Call("DELETE", pushConfigs(request) + "/" + text(request, "id"),
                    Optional.empty());
            case GET_EXTENDED_CARD -> get("/extendedAgentCard");
        };
    }

    private static String pushConfigs(ObjectNode request) {
        return "/tasks/" + text(request, "taskId") + "/pushNotificationConfigs";
    }

    private static Call get(String path) {
        return new Call("GET", path, Optional.empty());
    }

    private static Call post(String path, JsonNode body) {
        return new Call("POST", path, Optional.of(body));
    }

    private static String text(ObjectNode request, String field) {
        return encode(request.path(field).asString(""));
    }

    private static String query(ObjectNode request, String inPath) {
        var query = request.properties().stream().filter(field -> !field.getKey().equals(inPath))
                .map(field -> field.getKey() + "=" + encode(field.getValue().asString()))
                .collect(Collectors.joining("&"));
        return query.isEmpty() ? "" : "?" + query;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
