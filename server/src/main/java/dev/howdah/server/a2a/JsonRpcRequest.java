package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.A2aError.GrpcStatus;
import dev.howdah.agent.a2a.A2aFailure;
import dev.howdah.postgres.HowdahException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A request of JSON-RPC 2.0. */
sealed interface JsonRpcRequest {
    /** As the client sent it, and as every answer repeats it. */
    JsonNode id();

    /** One that has the right form. */
    record Valid(JsonNode id, String method, ObjectNode params) implements JsonRpcRequest {}

    /** One that has not; the id is null unless it could be read. */
    record Invalid(JsonNode id, A2aFailure failure) implements JsonRpcRequest {}

    /** Reads the body of a request. */
    static JsonRpcRequest read(HttpServletRequest request) throws IOException {
        try {
            return of(RequestBody.read(request));
        } catch (JacksonException e) {
            return invalid(nothing(), A2aFailure.PARSE_ERROR, "json-malformed", "the body is no valid JSON"
                    + RequestBody.where(e) + "; correct the body");
        } catch (HowdahException e) {
            return new Invalid(nothing(), A2aFailure.of(e));
        }
    }

    private static JsonRpcRequest of(JsonNode body) {
        if (body.isMissingNode()) {
            return invalid(nothing(), A2aFailure.PARSE_ERROR, "body-missing",
                    "the request has no body; send a JSON-RPC request");
        }
        if (body.isArray()) {
            return invalid(nothing(), A2aFailure.INVALID_REQUEST, "batch-unsupported",
                    "batches are not taken; send each request on its own");
        }
        var id = body.path("id");
        if (!id.isString() && !id.isNumber() && !id.isNull()) {
            return invalid(nothing(), A2aFailure.INVALID_REQUEST, "request-invalid",
                    "the id is no string, number or null; send one, since every method has an answer");
        }
        if (!"2.0".equals(body.path("jsonrpc").asString(""))) {
            return invalid(id, A2aFailure.INVALID_REQUEST, "request-invalid",
                    "jsonrpc is not \"2.0\"; send it, with id, method and params");
        }
        if (!body.path("method").isString()) {
            return invalid(id, A2aFailure.INVALID_REQUEST, "request-invalid",
                    "the method is no string; name one, such as SendMessage");
        }
        return of(id, body.path("method").asString(), body.path("params"));
    }

    private static JsonRpcRequest of(JsonNode id, String method, JsonNode params) {
        if (params instanceof ObjectNode object) {
            return new Valid(id, method, object);
        }
        return params.isMissingNode() || params.isNull()
                ? new Valid(id, method, JsonMapper.shared().createObjectNode())
                : invalid(id, A2aFailure.INVALID_PARAMS, "params-invalid", "params is no object; send them by name");
    }

    private static Invalid invalid(JsonNode id, int code, String reason, String message) {
        return new Invalid(id, A2aFailure.of(code, GrpcStatus.INVALID_ARGUMENT, 400, reason, message));
    }

    private static JsonNode nothing() {
        return JsonMapper.shared().nullNode();
    }
}
