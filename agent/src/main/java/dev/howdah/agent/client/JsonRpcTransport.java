package dev.howdah.agent.client;

import dev.howdah.agent.http.OutboundStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A2A over JSON-RPC: one address, errors in the answer, streams as server-sent events that hold an answer each. */
final class JsonRpcTransport implements A2aTransport {
    static final String BINDING = "JSONRPC";
    private static final String MEDIA_TYPE = "application/json";
    private static final int OK = 200;

    private final RemoteHttp http;
    private final AtomicLong ids = new AtomicLong();

    JsonRpcTransport(RemoteHttp http) {
        this.http = http;
    }

    @Override
    public String binding() {
        return BINDING;
    }

    @Override
    public JsonNode call(RemoteEndpoint endpoint, A2aMethod method, ObjectNode request) {
        long id = ids.incrementAndGet();
        var answer = http.send(endpoint, "POST", endpoint.address(), Optional.of(envelope(id, endpoint, method,
                request)), MEDIA_TYPE);
        return result(endpoint, id, answer.status(), answer.body());
    }

    @Override
    public RemoteEvents open(RemoteEndpoint endpoint, A2aMethod method, ObjectNode request) {
        long id = ids.incrementAndGet();
        var stream = http.open(endpoint, "POST", endpoint.address(), Optional.of(envelope(id, endpoint, method,
                request)), MEDIA_TYPE);
        if (isEvents(stream)) {
            return new SseEvents(endpoint.address(), stream, json -> result(endpoint, id, json));
        }
        var body = body(endpoint, stream);
        result(endpoint, id, stream.head().status(), body);
        throw RemoteErrors.invalid(endpoint.address(), "one answer instead of a stream");
    }

    static boolean isEvents(OutboundStream stream) {
        return stream.head().status() == OK
                && stream.head().header("content-type").orElse("").startsWith("text/event-stream");
    }

    /** The whole of an answer that was to be a stream. */
    static String body(RemoteEndpoint endpoint, OutboundStream stream) {
        try (stream) {
            return new String(stream.body().readNBytes(SseEvents.EVENT_MAX), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw RemoteErrors.invalid(endpoint.address(), "an answer that broke off");
        }
    }

    private static JsonNode envelope(long id, RemoteEndpoint endpoint, A2aMethod method, ObjectNode request) {
        var params = request.deepCopy();
        if (!endpoint.tenant().isEmpty()) {
            params.put("tenant", endpoint.tenant());
        }
        return JsonMapper.shared().createObjectNode().put("jsonrpc", "2.0").put("id", id)
                .put("method", method.wireName()).set("params", params);
    }

    private static JsonNode result(RemoteEndpoint endpoint, long id, int status, String body) {
        if (status != OK && !body.contains("\"jsonrpc\"")) {
            throw RemoteErrors.ofHttp(endpoint.address(), status, body);
        }
        return result(endpoint, id, RemoteHttp.json(endpoint.address(), body));
    }

    private static JsonNode result(RemoteEndpoint endpoint, long id, JsonNode answer) {
        if (answer.path("error").isObject()) {
            throw RemoteErrors.ofJsonRpc(endpoint.address(), answer.path("error"));
        }
        if (!answer.has("result") || answer.path("id").asLong(-1) != id) {
            throw RemoteErrors.invalid(endpoint.address(), "something that is no answer to request " + id);
        }
        return answer.path("result");
    }
}
