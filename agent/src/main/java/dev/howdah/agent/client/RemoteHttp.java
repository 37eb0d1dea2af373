package dev.howdah.agent.client;

import dev.howdah.agent.http.OutboundAddress;
import dev.howdah.agent.http.OutboundAnswer;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.http.OutboundHttpSettings;
import dev.howdah.agent.http.OutboundRequest;
import dev.howdah.agent.http.OutboundStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two ways out: to addresses that the operator chose, and, guarded, to those that others named. Thread-safe. */
final class RemoteHttp implements AutoCloseable {
    /** How long a stream may be silent; agents send comments every few seconds. */
    static final Duration SILENCE_MAX = Duration.ofMinutes(2);
    /** Bytes of one stream; a longer one is resumed. */
    static final long STREAM_MAX = 256L << 20;

    private final OutboundHttp trusting;
    private final OutboundHttp guarded;

    RemoteHttp(OutboundHttpSettings settings) {
        this.trusting = new OutboundHttp(settings.trusting());
        this.guarded = new OutboundHttp(settings);
    }

    OutboundAnswer send(RemoteEndpoint endpoint, String method, String address, Optional<JsonNode> body,
            String contentType) {
        return client(endpoint.isTrusted()).send(request(endpoint, method, address, body, contentType));
    }

    OutboundStream open(RemoteEndpoint endpoint, String method, String address, Optional<JsonNode> body,
            String contentType) {
        var request = request(endpoint, method, address, body, contentType).withHeader("Accept", "text/event-stream");
        return client(endpoint.isTrusted()).open(request, SILENCE_MAX, STREAM_MAX);
    }

    private OutboundHttp client(boolean isTrusted) {
        return isTrusted ? trusting : guarded;
    }

    private static OutboundRequest request(RemoteEndpoint endpoint, String method, String address,
            Optional<JsonNode> body, String contentType) {
        var request = new OutboundRequest(method, OutboundAddress.of(address), Map.of(), body.map(JsonNode::toString),
                Optional.of(endpoint.timeout()));
        if (body.isPresent()) {
            request = request.withHeader("Content-Type", contentType);
        }
        for (var parameter : endpoint.parameters().entrySet()) {
            request = request.withHeader(parameter.getKey(), parameter.getValue());
        }
        return request;
    }

    /** The answer as JSON; an empty one as an empty object. */
    static JsonNode json(String agent, String body) {
        try {
            return body.isBlank() ? JsonMapper.shared().createObjectNode() : JsonMapper.shared().readTree(body);
        } catch (JacksonException e) {
            throw RemoteErrors.invalid(agent, "something that is no JSON");
        }
    }

    @Override
    public void close() {
        trusting.close();
        guarded.close();
    }
}
