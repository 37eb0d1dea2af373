package dev.howdah.agent.dependencies;

import dev.howdah.agent.http.OutboundAddress;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.http.OutboundRequest;
import dev.howdah.postgres.UnavailableException;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Posts JSON once and tells "certainly not done", "refused" and "unknown" apart. */
final class HttpSender {
    private final OutboundHttp http;

    HttpSender(OutboundHttp http) {
        this.http = http;
    }

    void post(OutboundAddress address, Map<String, String> headers, JsonNode body)
            throws ActionSender.NotSentException, ActionSender.RefusedException {
        var request = OutboundRequest.post(address, "application/json", body.toString());
        for (var header : headers.entrySet()) {
            request = request.withHeader(header.getKey(), header.getValue());
        }
        int status = send(request);
        if (status == 429 || status == 503) {
            throw new ActionSender.NotSentException(address.host() + " answered " + status);
        }
        if (status >= 500) {
            throw new IllegalStateException(address.host() + " answered " + status);
        }
        if (status >= 300) {
            throw new ActionSender.RefusedException(address.host() + " answered " + status);
        }
    }

    private int send(OutboundRequest request) throws ActionSender.NotSentException, ActionSender.RefusedException {
        try {
            return http.send(request).status();
        } catch (UnavailableException e) {
            switch (e.code()) {
                case OutboundHttp.UNREACHABLE, OutboundHttp.BUSY ->
                    throw new ActionSender.NotSentException(e.problem());
                case OutboundHttp.REDIRECTED -> throw new ActionSender.RefusedException(e.problem());
                default -> throw e;
            }
        }
    }
}
