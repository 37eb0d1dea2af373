package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.A2aError.GrpcStatus;
import dev.howdah.agent.a2a.A2aFailure;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.server.a2a.EventWriter.Framing;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A2A's JSON-RPC binding: one address for all methods. What a request comes to, good or bad, is answered with 200; other
 * statuses come from before the request is looked at.
 */
@RestController
@Hidden
final class JsonRpcController {
    static final String PATH = "/a2a";

    private final Binding binding;

    JsonRpcController(Binding binding) {
        this.binding = binding;
    }

    @PostMapping(PATH)
    void post(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (JsonRpcRequest.read(request)) {
            case JsonRpcRequest.Invalid(var id, var failure) -> fail(response, id, failure);
            case JsonRpcRequest.Valid call -> carryOut(call, request, response);
        }
    }

    @RequestMapping(PATH)
    void otherwise(HttpServletResponse response) {
        response.setHeader("Allow", "POST");
        Dialect.JSON_RPC.refuse(response, A2aFailure.of(A2aFailure.INVALID_REQUEST, GrpcStatus.UNIMPLEMENTED, 405,
                "method-not-allowed", "this is the address of A2A's JSON-RPC binding; send POST"));
    }

    private void carryOut(JsonRpcRequest.Valid call, HttpServletRequest request, HttpServletResponse response) {
        try {
            ServiceParameters.checkVersion(request);
            var method = Method.named(call.method());
            if (method.isEmpty()) {
                fail(response, call.id(), unknown(call.method()));
                return;
            }
            var caller = binding.caller(request, response, ProtoReader.tenant(call.params()));
            switch (method.get()) {
                case Method.Unary unary -> Dialect.write(response, 200, RequestBody.JSON, result(call.id(),
                        binding.call(unary, caller, call.params())));
                case Method.Streaming streaming -> binding.stream(streaming, caller, call.params(), response,
                        new Framing(item -> result(call.id(), ProtoJson.item(item)),
                                failure -> Dialect.jsonRpc(call.id(), failure)));
            }
        } catch (RuntimeException e) {
            fail(response, call.id(), binding.failure(e));
        }
    }

    private static A2aFailure unknown(String method) {
        return A2aFailure.of(A2aFailure.METHOD_NOT_FOUND, GrpcStatus.UNIMPLEMENTED, 404, "method-not-found",
                "there is no method \"" + method + "\"; A2A 1.0 has SendMessage, GetTask and others");
    }

    private static ObjectNode result(JsonNode id, JsonNode result) {
        var answer = JsonMapper.shared().createObjectNode().put("jsonrpc", "2.0");
        answer.set("id", id);
        answer.set("result", result);
        return answer;
    }

    private static void fail(HttpServletResponse response, JsonNode id, A2aFailure failure) {
        if (!response.isCommitted()) {
            Dialect.write(response, 200, RequestBody.JSON, Dialect.jsonRpc(id, failure));
        }
    }
}
