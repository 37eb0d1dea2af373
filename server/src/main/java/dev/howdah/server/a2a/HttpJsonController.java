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
import java.util.Map;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/**
 * A2A's HTTP+JSON binding. Its base is {@link #ROOT} and not {@code /a2a}, where {@code tasks/{id}} and a few more belong to
 * the seeds' own API. Path, query and body become the parameters that JSON-RPC would have, and go the same way.
 */
@RestController
@Hidden
final class HttpJsonController {
    static final String ROOT = "/a2a/rest";
    /** A tenant called "tasks" would make paths ambiguous; it may stand in the request. */
    private static final String TENANT = ROOT + "/{tenant:(?!tasks$).+}";
    private static final String SEND = "/message:send";
    private static final String STREAM = "/message:stream";
    private static final String TASKS = "/tasks";
    private static final String TASK = "/tasks/{id}";
    private static final String CANCEL = "/tasks/{id}:cancel";
    private static final String SUBSCRIBE = "/tasks/{id}:subscribe";
    private static final String PUSH_CONFIGS = "/tasks/{taskId}/pushNotificationConfigs";
    private static final String PUSH_CONFIG = "/tasks/{taskId}/pushNotificationConfigs/{id}";
    private static final String EXTENDED_CARD = "/extendedAgentCard";

    private final Binding binding;

    HttpJsonController(Binding binding) {
        this.binding = binding;
    }

    @PostMapping({ROOT + SEND, TENANT + SEND})
    void send(@PathVariable Map<String, String> path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        answer(Method.Unary.SEND_MESSAGE, path, request, response);
    }

    @PostMapping({ROOT + STREAM, TENANT + STREAM})
    void stream(@PathVariable Map<String, String> path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        answer(Method.Streaming.SEND, path, request, response);
    }

    @GetMapping({ROOT + TASKS, TENANT + TASKS})
    void list(@PathVariable Map<String, String> path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        answer(Method.Unary.LIST_TASKS, path, request, response);
    }

    @GetMapping({ROOT + TASK, TENANT + TASK})
    void get(@PathVariable Map<String, String> path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        answer(Method.Unary.GET_TASK, path, request, response);
    }

    @PostMapping({ROOT + CANCEL, TENANT + CANCEL})
    void cancel(@PathVariable Map<String, String> path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        answer(Method.Unary.CANCEL_TASK, path, request, response);
    }

    /** POST by the specification's text, GET by its service definition. */
    @RequestMapping(path = {ROOT + SUBSCRIBE, TENANT + SUBSCRIBE}, method = {RequestMethod.GET, RequestMethod.POST})
    void subscribe(@PathVariable Map<String, String> path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        answer(Method.Streaming.SUBSCRIBE, path, request, response);
    }

    @PostMapping({ROOT + PUSH_CONFIGS, TENANT + PUSH_CONFIGS})
    void createPushConfig(@PathVariable Map<String, String> path, HttpServletRequest request,
            HttpServletResponse response) throws IOException {
        answer(Method.Unary.CREATE_PUSH_CONFIG, path, request, response);
    }

    @GetMapping({ROOT + PUSH_CONFIGS, TENANT + PUSH_CONFIGS})
    void listPushConfigs(@PathVariable Map<String, String> path, HttpServletRequest request,
            HttpServletResponse response) throws IOException {
        answer(Method.Unary.LIST_PUSH_CONFIGS, path, request, response);
    }

    @GetMapping({ROOT + PUSH_CONFIG, TENANT + PUSH_CONFIG})
    void getPushConfig(@PathVariable Map<String, String> path, HttpServletRequest request,
            HttpServletResponse response) throws IOException {
        answer(Method.Unary.GET_PUSH_CONFIG, path, request, response);
    }

    @DeleteMapping({ROOT + PUSH_CONFIG, TENANT + PUSH_CONFIG})
    void deletePushConfig(@PathVariable Map<String, String> path, HttpServletRequest request,
            HttpServletResponse response) throws IOException {
        answer(Method.Unary.DELETE_PUSH_CONFIG, path, request, response);
    }

    @GetMapping({ROOT + EXTENDED_CARD, TENANT + EXTENDED_CARD})
    void extendedCard(@PathVariable Map<String, String> path, HttpServletRequest request,
            HttpServletResponse response) throws IOException {
        answer(Method.Unary.GET_EXTENDED_CARD, path, request, response);
    }

    @RequestMapping({ROOT, ROOT + "/**"})
    void otherwise(HttpServletRequest request, HttpServletResponse response) {
        Dialect.HTTP_JSON.refuse(response, A2aFailure.of(A2aFailure.METHOD_NOT_FOUND, GrpcStatus.NOT_FOUND, 404,
                "path-unknown", request.getMethod() + " " + request.getRequestURI()
                        + " is no operation of A2A's HTTP+JSON binding; its base is " + ROOT));
    }

    private void answer(Method method, Map<String, String> path, HttpServletRequest request,
            HttpServletResponse response) throws IOException {
        try {
            ServiceParameters.checkVersion(request);
            var params = params(path, request);
            var caller = binding.caller(request, response, ProtoReader.tenant(params));
            switch (method) {
                case Method.Unary unary -> Dialect.write(response, 200, ProtoJson.MEDIA_TYPE, binding.call(unary,
                        caller, params));
                case Method.Streaming streaming -> binding.stream(streaming, caller, params, response,
                        new Framing(ProtoJson::item, Dialect::httpJson));
            }
        } catch (RuntimeException e) {
            if (!response.isCommitted()) {
                Dialect.HTTP_JSON.refuse(response, binding.failure(e));
            }
        }
    }

    /** The body, or the query of a request that has none; what the path says wins. */
    private static ObjectNode params(Map<String, String> path, HttpServletRequest request) throws IOException {
        var params = request.getMethod().equals("POST")
                ? RequestBody.readObject(request)
                : QueryParameters.read(request);
        path.forEach(params::put);
        return params;
    }
}
