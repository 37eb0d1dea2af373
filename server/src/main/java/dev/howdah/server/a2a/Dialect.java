package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.A2aFailure;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How errors are written, which depends on where they happen. */
public enum Dialect {
    /** An error response to a request whose id may not be known yet. */
    JSON_RPC,
    /** {@code {"error": {"code", "status", "message", "details"}}}. */
    HTTP_JSON,
    /** {@code {"error": "…"}}. */
    GATEWAY;

    private static final Logger LOG = LoggerFactory.getLogger(Dialect.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    /** The one that is spoken under a path; absent where problem documents are. */
    public static Optional<Dialect> of(String path) {
        if (path.equals(JsonRpcController.PATH)) {
            return Optional.of(JSON_RPC);
        }
        if (path.equals(HttpJsonController.ROOT) || path.startsWith(HttpJsonController.ROOT + "/")) {
            return Optional.of(HTTP_JSON);
        }
        return path.startsWith(GatewayController.ROOT) || path.startsWith(GatewayController.OTHER_ROOT)
                ? Optional.of(GATEWAY)
                : Optional.empty();
    }

    /** Refuses a request that has not come as far as its operation. */
    public void refuse(HttpServletResponse response, A2aFailure failure) {
        write(response, failure.httpStatus(), RequestBody.JSON, switch (this) {
            case JSON_RPC -> jsonRpc(JSON.nullNode(), failure);
            case HTTP_JSON -> httpJson(failure);
            case GATEWAY -> JSON.createObjectNode().put("error", failure.message());
        });
    }

    static ObjectNode jsonRpc(JsonNode id, A2aFailure failure) {
        var answer = JSON.createObjectNode().put("jsonrpc", "2.0");
        answer.set("id", id);
        answer.putObject("error").put("code", failure.jsonRpcCode()).put("message", failure.message())
                .set("data", failure.details());
        return answer;
    }

    static ObjectNode httpJson(A2aFailure failure) {
        var answer = JSON.createObjectNode();
        answer.putObject("error").put("code", failure.httpStatus()).put("status", failure.grpcStatus().name())
                .put("message", failure.message()).set("details", failure.details());
        return answer;
    }

    /** Answers; a client that is gone is not told. */
    static void write(HttpServletResponse response, int status, String mediaType, JsonNode answer) {
        response.setStatus(status);
        response.setContentType(mediaType);
        response.setHeader("Cache-Control", "no-store");
        try {
            response.getOutputStream().write(JSON.writeValueAsBytes(answer));
        } catch (IOException e) {
            LOG.debug("A client did not wait for its answer", e);
        }
    }
}
