package dev.howdah.server;

import dev.howdah.server.BindingClient.Beside;
import dev.howdah.server.BindingClient.Events;
import dev.howdah.server.BindingClient.Failure;
import dev.howdah.server.BindingClient.Opened;
import dev.howdah.server.BindingClient.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The clients of the bindings over HTTP. */
final class HttpClients {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private HttpClients() {}

    /** Over JSON-RPC. */
    static final class JsonRpc implements BindingClient {
        private static final Map<String, Integer> CODES = Map.of("TASK_NOT_FOUND", -32001, "TASK_NOT_CANCELABLE",
                -32002, "PUSH_NOTIFICATION_NOT_SUPPORTED", -32003, "UNSUPPORTED_OPERATION", -32004,
                "CONTENT_TYPE_NOT_SUPPORTED", -32005, "INVALID_AGENT_RESPONSE", -32006,
                "EXTENDED_AGENT_CARD_NOT_CONFIGURED", -32007, "EXTENSION_SUPPORT_REQUIRED", -32008,
                "VERSION_NOT_SUPPORTED", -32009, "", -32602);

        private final HttpClient client = HttpClient.newHttpClient();
        private final URI address;
        private int ids;

        JsonRpc(TestServer server) {
            this.address = URI.create("http://127.0.0.1:" + server.port() + "/a2a");
        }

        @Override
        public String name() {
            return "JSONRPC";
        }

        @Override
        public Outcome call(String method, ObjectNode params, Beside beside) {
            var id = ++ids;
            var response = text(send(client, request(id, method, params, beside)));
            if (response.statusCode() != 200) {
                return new Outcome(JSON.missingNode(), Optional.of(failure(JSON.readTree(response.body()))), "");
            }
            var answer = checked(JSON.readTree(response.body()), id);
            return new Outcome(answer.path("result"), answer.has("error")
                    ? Optional.of(failure(answer))
                    : Optional.empty(), response.headers().firstValue("A2A-Extensions").orElse(""));
        }

        @Override
        public Opened stream(String method, ObjectNode params, Beside beside) {
            var id = ++ids;
            var response = send(client, request(id, method, params, beside));
            if (isStream(response)) {
                return new Opened(Optional.of(new ServerSentEvents(response.body(),
                        data -> checked(data, id).path("result"))), Optional.empty());
            }
            return new Opened(Optional.empty(), Optional.of(failure(JSON.readTree(text(response).body()))));
        }

        private HttpRequest request(int id, String method, ObjectNode params, Beside beside) {
            var body = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", id).put("method", method);
            body.set("params", params);
            return with(beside, HttpRequest.newBuilder(address)).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString())).build();
        }

        /** Every answer is one to the request, and has either a result or an error. */
        private static JsonNode checked(JsonNode answer, int id) {
            if (!answer.path("jsonrpc").asString("").equals("2.0") || answer.path("id").asInt(0) != id
                    || answer.has("result") == answer.has("error")) {
                throw new AssertionError("no answer to request " + id + ": " + answer);
            }
            return answer;
        }

        private static Failure failure(JsonNode answer) {
            var error = answer.path("error");
            return new Failure(error.path("code").asInt(), error.path("message").asString(), error.path("data"));
        }

        @Override
        public int codeOf(String reason) {
            return CODES.getOrDefault(reason, 0);
        }

        @Override
        public void stop() {
            client.shutdownNow();
        }
    }

    /** Over HTTP+JSON. */
    static final class HttpJson implements BindingClient {
        private static final Map<String, Integer> CODES = Map.of("TASK_NOT_FOUND", 404, "TASK_NOT_CANCELABLE", 400,
                "PUSH_NOTIFICATION_NOT_SUPPORTED", 400, "UNSUPPORTED_OPERATION", 400, "CONTENT_TYPE_NOT_SUPPORTED",
                400, "INVALID_AGENT_RESPONSE", 500, "EXTENDED_AGENT_CARD_NOT_CONFIGURED", 400,
                "EXTENSION_SUPPORT_REQUIRED", 400, "VERSION_NOT_SUPPORTED", 400, "", 400);

        private final HttpClient client = HttpClient.newHttpClient();
        private final String base;

        HttpJson(TestServer server) {
            this.base = "http://127.0.0.1:" + server.port() + "/a2a/rest";
        }

        @Override
        public String name() {
            return "HTTP+JSON";
        }

        @Override
        public Outcome call(String method, ObjectNode params, Beside beside) {
            var response = text(send(client, request(method, params, beside)));
            if (response.statusCode() == 200) {
                mediaType(response, "application/a2a+json");
                return new Outcome(JSON.readTree(response.body()), Optional.empty(),
                        response.headers().firstValue("A2A-Extensions").orElse(""));
            }
            return new Outcome(JSON.missingNode(), Optional.of(failure(response)), "");
        }

        @Override
        public Opened stream(String method, ObjectNode params, Beside beside) {
            var response = send(client, request(method, params, beside));
            return isStream(response)
                    ? new Opened(Optional.of(new ServerSentEvents(response.body(), data -> data)), Optional.empty())
                    : new Opened(Optional.empty(), Optional.of(failure(text(response))));
        }

        private HttpRequest request(String method, ObjectNode params, Beside beside) {
            var tenant = params.path("tenant").asString("");
            var root = tenant.isEmpty() ? base : base + "/" + encode(tenant);
            var task = root + "/tasks/" + encode(params.path("id").asString(""));
            var configs = root + "/tasks/" + encode(params.path("taskId").asString("")) + "/pushNotificationConfigs";
            var config = configs + "/" + encode(params.path("id").asString(""));
            return switch (method) {
                case "SendMessage" -> post(root + "/message:send", params, beside);
                case "SendStreamingMessage" -> post(root + "/message:stream", params, beside);
                case "GetTask" -> get(task, params, beside);
                case "ListTasks" -> get(root + "/tasks", params, beside);
                case "CancelTask" -> post(task + ":cancel", params, beside);
                case "SubscribeToTask" -> post(task + ":subscribe", params, beside);
                case "CreateTaskPushNotificationConfig" -> post(configs, params, beside);
                case "GetTaskPushNotificationConfig" -> get(config, JSON.createObjectNode(), beside);
                case "ListTaskPushNotificationConfigs" -> get(configs, params, beside);
                case "DeleteTaskPushNotificationConfig" -> with(beside, HttpRequest.newBuilder(URI.create(config)))
                        .DELETE().build();
                case "GetExtendedAgentCard" -> get(root + "/extendedAgentCard", JSON.createObjectNode(), beside);
                default -> throw new IllegalArgumentException(method);
            };
        }

        private static HttpRequest post(String address, ObjectNode params, Beside beside) {
            return with(beside, HttpRequest.newBuilder(URI.create(address)))
                    .header("Content-Type", "application/a2a+json")
                    .POST(HttpRequest.BodyPublishers.ofString(params.toString())).build();
        }

        private static HttpRequest get(String address, ObjectNode params, Beside beside) {
            var query = params.properties().stream().filter(field -> !field.getKey().equals("id")
                    && !field.getKey().equals("taskId") && !field.getKey().equals("tenant"))
                    .map(field -> field.getKey() + "=" + encode(field.getValue().asString()))
                    .collect(Collectors.joining("&"));
            return with(beside, HttpRequest.newBuilder(URI.create(query.isEmpty() ? address : address + "?" + query)))
                    .GET().build();
        }

        private static String encode(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }

        private static Failure failure(Text response) {
            mediaType(response, "application/json");
            var error = JSON.readTree(response.body()).path("error");
            if (error.path("code").asInt() != response.statusCode() || !error.path("status").isString()) {
                throw new AssertionError("status " + response.statusCode() + " and another one within: " + error);
            }
            return new Failure(response.statusCode(), error.path("message").asString(), error.path("details"));
        }

        private static void mediaType(Text response, String expected) {
            var type = response.headers().firstValue("content-type").orElse("");
            if (!type.startsWith(expected)) {
                throw new AssertionError("the answer is of type " + type);
            }
        }

        @Override
        public int codeOf(String reason) {
            return CODES.getOrDefault(reason, 0);
        }

        @Override
        public void stop() {
            client.shutdownNow();
        }
    }

    private static HttpRequest.Builder with(Beside beside, HttpRequest.Builder request) {
        request.timeout(LIMIT);
        if (!beside.version().isEmpty()) {
            request.header("A2A-Version", beside.version());
        }
        beside.extensions().forEach(uri -> request.header("A2A-Extensions", uri));
        beside.key().ifPresent(key -> request.header("X-API-Key", key));
        beside.idempotencyKey().ifPresent(key -> request.header("Idempotency-Key", key));
        beside.lastEventId().ifPresent(id -> request.header("Last-Event-ID", id));
        return request;
    }

    /** An answer that was read to its end. */
    private record Text(int statusCode, HttpHeaders headers, String body) {}

    private static Text text(HttpResponse<InputStream> response) {
        try (var body = response.body()) {
            return new Text(response.statusCode(), response.headers(), new String(body.readAllBytes(),
                    StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isStream(HttpResponse<InputStream> response) {
        return response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream");
    }

    private static HttpResponse<InputStream> send(HttpClient client, HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
