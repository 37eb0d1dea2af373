package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What each binding over HTTP has for itself: envelopes, paths, media types; and the tasks of gateway clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class A2aHttpTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String[] VERSION = {"A2A-Version", "1.0"};
    private static final String LIST = "{\"jsonrpc\": \"2.0\", \"id\": %s, \"method\": \"ListTasks\", \"params\": {}}";

    private final TestServer server = TestServer.start(Map.of("howdah.profile", "conformance"), true);

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0", "-7", "12345678901234567890123", "1.5", "\"a\"", "\"\"", "null", "\"1\""})
    void repeatsTheIdAsItIs(String id) {
        var answer = server.post("/a2a", LIST.formatted(id), VERSION);
        assertThat(answer.json().path("id")).isEqualTo(JSON.readTree(id));
        assertThat(answer.json().path("result").path("tasks").isArray()).isTrue();
        assertThat(answer.header("content-type")).startsWith("application/json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {                                                                | -32700 |
        ''                                                               | -32700 |
        {} {}                                                            | -32700 |
        nonsense                                                         | -32700 |
        []                                                               | -32600 |
        [{"jsonrpc": "2.0", "id": 1, "method": "ListTasks"}]             | -32600 |
        "text"                                                           | -32600 |
        {}                                                               | -32600 |
        {"jsonrpc": "2.0", "method": "ListTasks"}                        | -32600 |
        {"jsonrpc": "2.0", "id": {}, "method": "ListTasks"}              | -32600 |
        {"jsonrpc": "2.0", "id": true, "method": "ListTasks"}            | -32600 |
        {"jsonrpc": "1.0", "id": 1, "method": "ListTasks"}               | -32600 | 1
        {"id": 1, "method": "ListTasks"}                                 | -32600 | 1
        {"jsonrpc": "2.0", "id": 1}                                      | -32600 | 1
        {"jsonrpc": "2.0", "id": 1, "method": 5}                         | -32600 | 1
        {"jsonrpc": "2.0", "id": 1, "method": "message/send"}            | -32601 | 1
        {"jsonrpc": "2.0", "id": 1, "method": "listTasks"}               | -32601 | 1
        {"jsonrpc": "2.0", "id": 1, "method": "ListTasks", "params": []} | -32602 | 1
        {"jsonrpc": "2.0", "id": 1, "method": "GetTask"}                 | -32602 | 1
        """)
    void refusesWhatIsNoRequest(String body, int code, Integer id) {
        var answer = server.post("/a2a", body, VERSION);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("error").path("code").asInt()).as(answer.text()).isEqualTo(code);
        assertThat(answer.json().path("error").path("data").isArray()).isTrue();
        assertThat(answer.json().path("id")).isEqualTo(id == null ? JSON.nullNode() : JSON.valueToTree(id));
        assertThat(answer.json().path("jsonrpc").asString()).isEqualTo("2.0");
    }

    @Test
    void refusesDepthThatNobodyNeeds() {
        var answer = server.post("/a2a", "{\"a\":".repeat(600) + "1" + "}".repeat(600), VERSION);
        assertThat(answer.json().path("error").path("code").asInt()).isEqualTo(-32700);
    }

    @Test
    void takesParametersThatAreNotThereAsNone() {
        for (var params : List.of("null", "{}", "{\"unknown\": 1}")) {
            assertThat(server.post("/a2a", "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ListTasks\", \"params\": "
                    + params + "}", VERSION).json().has("result")).as(params).isTrue();
        }
    }

    @Test
    void takesNothingButJson() {
        for (var path : List.of("/a2a", "/a2a/rest/message:send")) {
            var answer = server.send(server.request(path, VERSION).header("Content-Type", "text/plain")
                    .POST(HttpRequest.BodyPublishers.ofString(LIST.formatted("1"))));
            assertThat(answer.text()).contains("CONTENT_TYPE_NOT_SUPPORTED");
        }
        assertThat(server.get("/a2a").status()).isEqualTo(405);
        assertThat(server.get("/a2a").header("allow")).isEqualTo("POST");
    }

    @Test
    void refusesBodiesWhoseLengthIsNotSaidWhenTheyAreTooLong() {
        for (var path : List.of("/a2a", "/a2a/rest/message:send", "/a2a/tasks/send")) {
            var answer = server.send(server.request(path, VERSION).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(
                            new byte[(1 << 20) + 1]))));
            assertThat(answer.header("content-type")).startsWith("application/json");
            assertThat(answer.text()).contains("howdah.server.body-max").contains("\"error\"");
        }
    }

    @Test
    void takesTheVersionFromTheQueryToo() {
        assertThat(server.post("/a2a?A2A-Version=1.0", LIST.formatted("1")).json().has("result")).isTrue();
        assertThat(server.get("/a2a/rest/tasks?A2A-Version=1.0").status()).isEqualTo(200);
        assertThat(server.get("/a2a/rest/tasks?A2A-Version=1.0", "A2A-Version", "0.3").status())
                .as("the header counts").isEqualTo(400);
    }

    @Test
    void findsTasksByEveryFormOfTheirPath() {
        var id = send("tck-input-required", "");
        assertThat(server.get("/a2a/rest/tasks/" + id, VERSION).json().path("id").asString()).isEqualTo(id);
        assertThat(server.get("/a2a/rest/tasks?contextId=&pageSize=1&includeArtifacts=true", VERSION).status())
                .isEqualTo(200);
        assertThat(server.get("/a2a/rest/tasks?pageSize=1&pageSize=2", VERSION).json().path("error").path("details")
                .path(0).path("fieldViolations").path(0).path("field").asString()).isEqualTo("pageSize");
        assertThat(server.get("/a2a/rest/tasks?include_artifacts=true&page_size=1", VERSION).json().path("pageSize")
                .asInt()).as("names as in the protocol's file").isEqualTo(1);
        assertThat(server.get("/a2a/rest/tasks/tasks", VERSION).status()).as("tasks is no tenant").isEqualTo(404);
        var canceled = server.send(server.request("/a2a/rest/tasks/" + id + "%3Acancel", VERSION)
                .POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(canceled.json().path("status").path("state").asString()).isEqualTo("TASK_STATE_CANCELED");

        var ofTenant = send("tck-input-required", "acme");
        assertThat(server.get("/a2a/rest/acme/tasks/" + ofTenant, VERSION).status()).isEqualTo(200);
        assertThat(server.get("/a2a/rest/acme/tasks", VERSION).json().path("totalSize").asInt()).isEqualTo(1);
        assertThat(server.get("/a2a/rest/tasks?tenant=acme", VERSION).json().path("totalSize").asInt()).isEqualTo(1);
        assertThat(server.get("/a2a/rest/tasks/" + ofTenant, VERSION).status()).isEqualTo(404);
        assertThat(server.send(server.request("/a2a/rest/acme/tasks/" + ofTenant + ":cancel", VERSION)
                .POST(HttpRequest.BodyPublishers.noBody())).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"GET,/a2a/rest", "GET,/a2a/rest/message:send", "POST,/a2a/rest/tasks", "POST,/a2a/rest/tasks/1:explode",
            "PUT,/a2a/rest/tasks/1", "DELETE,/a2a/rest/tasks/1", "GET,/a2a/rest/a/b/c/d/e"})
    void answersUnknownPathsInItsOwnWords(String method, String path) {
        var answer = server.send(server.request(path, VERSION).method(method, HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("content-type")).startsWith("application/json");
        assertThat(answer.json().path("error").path("status").asString()).isEqualTo("NOT_FOUND");
    }

    @Test
    void subscribesByGetAndByPost() throws Exception {
        for (var method : List.of("GET", "POST")) {
            var id = send("tck-input-required", "");
            var stream = Thread.ofVirtual().unstarted(() -> {
                var events = server.send(server.request("/a2a/rest/tasks/" + id + ":subscribe", VERSION)
                        .method(method, HttpRequest.BodyPublishers.noBody()));
                assertThat(events.header("content-type")).isEqualTo("text/event-stream;charset=UTF-8");
                assertThat(events.header("cache-control")).isEqualTo("no-store");
                assertThat(events.text()).startsWith("data: {\"task\":").contains("TASK_STATE_CANCELED");
            });
            var thrown = new ArrayList<Throwable>();
            stream.setUncaughtExceptionHandler((thread, e) -> thrown.add(e));
            stream.start();
            org.awaitility.Awaitility.await().until(() -> server.howdah().agentTasks().openStreams() == 1);
            server.post("/a2a/rest/tasks/" + id + ":cancel", "{}", VERSION);
            stream.join();
            assertThat(thrown).isEmpty();
        }
    }

    @Test
    void servesTheTasksOfGatewayClients() throws Exception {
        for (var root : List.of("/a2a/tasks", "/v1/a2a/tasks")) {
            var sent = server.post(root + "/send", """
                {"sessionId": "s-1", "message": {"role": "user", "content": "hello", "metadata": {"a": 1},
                 "parts": [{"type": "text", "text": "hello"}, {"type": "data", "data": {"n": 1}}]},
                 "metadata": {"model": "none"}}""");
            assertThat(sent.status()).as(sent.text()).isEqualTo(200);
            var task = sent.json().path("task");
            assertThat(task.path("status").asString()).isEqualTo("completed");
            assertThat(task.path("sessionId").asString()).isEqualTo("s-1");
            assertThat(task.path("message").path("content").asString()).isEqualTo("hello");
            assertThat(task.path("message").path("parts").get(1).path("type").asString()).isEqualTo("data");
            assertThat(task.path("history").size()).isEqualTo(2);
            assertThat(task.path("metadata").path("model").asString()).isEqualTo("none");
            assertThat(task.has("completedAt")).isTrue();
            var id = task.path("id").asString();
            assertThat(server.get(root + "/" + id).json().path("task")).isEqualTo(task);

            var again = server.post(root + "/" + id + "/cancel", "{}");
            assertThat(again.status()).isEqualTo(409);
            assertThat(again.json().path("error").isString()).isTrue();
            assertThat(server.post(root + "/cancel", "{\"taskId\": \"" + UUID.randomUUID() + "\"}").status())
                    .isEqualTo(404);
            assertThat(server.post(root + "/cancel", "{}").status()).isEqualTo(400);
            assertThat(server.post(root + "/send", "{\"message\": {}}").json().path("error").asString())
                    .contains("sessionId").contains("content");
            assertThat(server.post(root + "/send", "{").json().path("error").asString()).contains("JSON");
            var asking = server.post(root + "/send", gatewayMessage("tck-input-required")).json().path("task");
            assertThat(asking.path("status").asString()).isEqualTo("input-required");
            var canceled = server.post(root + "/cancel", "{\"taskId\": \"" + asking.path("id").asString() + "\"}");
            assertThat(canceled.json().path("task").path("status").asString()).isEqualTo("canceled");
            assertThat(server.post(root + "/send", gatewayMessage("tck-reject-task")).json().path("task")
                    .path("status").asString()).as("a state that they do not know").isEqualTo("failed");
        }
    }

    @Test
    void streamsToGatewayClients() throws Exception {
        var events = server.post("/a2a/tasks/sendSubscribe", gatewayMessage("tck-stream-001"));
        assertThat(events.header("content-type")).startsWith("text/event-stream");
        var seen = new ArrayList<JsonNode>();
        try (var stream = new ServerSentEvents(new ByteArrayInputStream(events.text().getBytes(
                StandardCharsets.UTF_8)), data -> data)) {
            for (var event = stream.next(); event.isPresent(); event = stream.next()) {
                seen.add(event.get());
            }
        }
        assertThat(seen.stream().map(event -> event.path("type").asString()).distinct())
                .containsExactly("status", "artifact", "completed");
        assertThat(seen.getFirst().path("status").asString()).isEqualTo("submitted");
        assertThat(seen.getLast().path("taskId")).isEqualTo(seen.getFirst().path("taskId"));
        assertThat(server.post("/a2a/tasks/sendSubscribe", gatewayMessage("tck-message-response")).text())
                .contains("\"type\":\"message\"");
    }

    private static String gatewayMessage(String kind) {
        return "{\"id\": \"" + kind + UUID.randomUUID() + "\", \"sessionId\": \"s-2\", "
                + "\"message\": {\"role\": \"user\", \"content\": \"hello\"}}";
    }

    private String send(String kind, String tenant) {
        var answer = server.post("/a2a/rest" + (tenant.isEmpty() ? "" : "/" + tenant) + "/message:send",
                A2aBindingsTest.message(kind).toString(), VERSION);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().path("task").path("id").asString();
    }
}
