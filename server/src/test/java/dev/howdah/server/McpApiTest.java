package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.TestDatabase;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class McpApiTest {
    private static final String KEY = "0123456789abcdef-key";
    private static final Map<String, String> CONFORMANCE = Map.of("howdah.profile", "conformance");
    private static final String META = "\"_meta\": {\"io.modelcontextprotocol/protocolVersion\": \"2026-07-28\", "
            + "\"io.modelcontextprotocol/clientCapabilities\": {}";

    private static String request(String method, String params) {
        return "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"" + method + "\", \"params\": {" + params + META
                + "}}}";
    }

    private static String call(String tool, String arguments) {
        return request("tools/call", "\"name\": \"" + tool + "\", \"arguments\": " + arguments + ", ");
    }

    private static String[] headers(String method, String name, String... more) {
        return Stream.concat(Stream.of("MCP-Protocol-Version", "2026-07-28", "Mcp-Method", method, "Mcp-Name", name,
                "Accept", "application/json, text/event-stream"), Stream.of(more)).toArray(String[]::new);
    }

    private static TestServer.Answer send(TestServer server, String method, String name, String body, String... more) {
        return server.post("/mcp", body, headers(method, name, more));
    }

    @Test
    void skillsAreToolsAndWhatTheyWriteIsAResource() {
        try (var server = TestServer.start(Map.of(), false)) {
            var tools = send(server, "tools/list", "", request("tools/list", ""));
            assertThat(tools.status()).isEqualTo(200);
            assertThat(tools.header("content-type")).startsWith("application/json");
            assertThat(tools.json().at("/result/tools")).extracting(tool -> tool.path("name").asString())
                    .contains("search_patterns", "add_repository").doesNotContain("test_simple_text");
            var added = send(server, "tools/call", "add_repository", call("add_repository",
                    "{\"repository\": \"acme/shop\"}"));
            assertThat(added.json().at("/result/structuredContent/success").asBoolean()).as(added.text()).isTrue();
            var uri = "howdah://knowledge/repositories/acme/shop";
            var read = send(server, "resources/read", uri, request("resources/read", "\"uri\": \"" + uri + "\", "));
            assertThat(read.json().at("/result/contents/0/text").asString()).contains("acme/shop");
            assertThat(read.json().at("/result/ttlMs").asInt()).isPositive();
            var missing = send(server, "resources/read", uri + "s", request("resources/read", "\"uri\": \"" + uri
                    + "s\", "));
            assertThat(missing.json().at("/error/code").asInt()).isEqualTo(-32602);
            var prompt = send(server, "prompts/get", "find_prior_art", request("prompts/get",
                    "\"name\": \"find_prior_art\", \"arguments\": {\"problem\": \"retries\"}, "));
            assertThat(prompt.json().at("/result/messages/0/content/text").asString()).contains("retries");
        }
    }

    @Test
    void refusesWhatIsNoMessageAndOtherMethodsOfHttp() {
        try (var server = TestServer.start(Map.of("howdah.server.body-max", "2000"), false)) {
            for (var method : List.of("GET", "DELETE")) {
                var refused = server.send(server.request("/mcp").method(method, BodyPublishers.noBody()));
                assertThat(refused.status()).isEqualTo(405);
                assertThat(refused.header("allow")).isEqualTo("POST");
            }
            var malformed = server.post("/mcp", "{", "MCP-Protocol-Version", "2026-07-28");
            assertThat(malformed.status()).isEqualTo(400);
            assertThat(malformed.json().at("/error/code").asInt()).isEqualTo(-32700);
            var batch = server.post("/mcp", "[" + request("ping", "") + "]", "MCP-Protocol-Version", "2026-07-28");
            assertThat(batch.json().at("/error/code").asInt()).isEqualTo(-32600);
            assertThat(batch.json().path("id").isNull()).isTrue();
            var unknown = send(server, "initialize", "", request("initialize", ""));
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(unknown.json().at("/error/code").asInt()).isEqualTo(-32601);
            var notification = server.post("/mcp", "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/cancelled\"}",
                    "MCP-Protocol-Version", "2026-07-28");
            assertThat(notification.status()).isEqualTo(202);
            assertThat(server.post("/mcp", " ".repeat(3000)).status()).isEqualTo(413);
        }
    }

    @Test
    void pagesOfOthersAreRefused() {
        try (var server = TestServer.start(Map.of(), false)) {
            var body = request("server/discover", "");
            for (var origin : List.of("https://evil.example", "null", "http://localhost.evil.example", "x")) {
                assertThat(send(server, "server/discover", "", body, "Origin", origin).status()).as(origin)
                        .isEqualTo(403);
            }
            for (var origin : List.of("http://localhost:6274", "http://127.0.0.1:" + server.port())) {
                assertThat(send(server, "server/discover", "", body, "Origin", origin).status()).as(origin)
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void asksForTheKeyAndTellsWhereToLearnMore() {
        try (var server = TestServer.start(Map.of("howdah.server.api-key", KEY), false)) {
            var body = request("server/discover", "");
            for (var headers : new String[][]{{}, {"X-API-Key", KEY + "x"}, {"Authorization", "Bearer wrong"},
                    {"Authorization", "Basic " + KEY}}) {
                var refused = send(server, "server/discover", "", body, headers);
                assertThat(refused.status()).isEqualTo(401);
                var metadata = refused.header("www-authenticate").replaceAll(
                        "Bearer resource_metadata=\"http://[^/]+(/[^\"]+)\"", "$1");
                assertThat(server.get(metadata).json().path("resource").asString()).endsWith("/mcp");
                assertThat(refused.text()).doesNotContain(KEY);
            }
            for (var headers : new String[][]{{"X-API-Key", KEY}, {"Authorization", "Bearer " + KEY},
                    {"Authorization", "bearer  " + KEY}}) {
                assertThat(send(server, "server/discover", "", body, headers).status()).isEqualTo(200);
            }
            assertThat(server.get("/.well-known/oauth-protected-resource").status()).isEqualTo(200);
        }
        try (var server = TestServer.start(Map.of(), false)) {
            assertThat(server.get("/.well-known/oauth-protected-resource").status()).as("none is needed")
                    .isEqualTo(404);
        }
    }

    @Test
    void saysThatTheDatabaseIsNotThereYet() {
        try (var server = TestServer.open(TestDatabase.settings(), Map.of())) {
            var early = send(server, "tools/list", "", request("tools/list", ""));
            assertThat(early.status()).isEqualTo(503);
            assertThat(early.header("retry-after")).isNotEmpty();
        }
    }

    @Test
    void progressMakesAStreamOfTheAnswer() {
        try (var server = TestServer.start(CONFORMANCE, false)) {
            var body = request("tools/call", "\"name\": \"test_tool_with_progress\", ").replace(META, META
                    + ", \"progressToken\": 7");
            var told = send(server, "tools/call", "test_tool_with_progress", body);
            assertThat(told.header("content-type")).startsWith("text/event-stream");
            var messages = told.text().lines().filter(line -> line.startsWith("data: "))
                    .map(line -> JsonMapper.shared().readTree(line.substring(6))).toList();
            assertThat(messages).extracting(message -> message.path("method").asString("result")).containsExactly(
                    "notifications/progress", "notifications/progress", "notifications/progress", "result");
            var plain = server.post("/mcp", body, "MCP-Protocol-Version", "2026-07-28", "Mcp-Method", "tools/call",
                    "Mcp-Name", "test_tool_with_progress", "Accept", "application/json");
            assertThat(plain.json().has("result")).as("who takes no stream gets the result").isTrue();
        }
    }

    @Test
    void aClientThatGoesAwayEndsItsCall() throws Exception {
        try (var server = TestServer.start(CONFORMANCE, false)) {
            var body = call("slow_compute", "{\"seconds\": 3600}");
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                post(socket, body, headers("tools/call", "slow_compute"));
                var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                assertThat(reader.readLine()).contains("200");
                Awaitility.await().until(() -> McpStream.underWay() == 1);
            }
            Awaitility.await().until(() -> McpStream.underWay() == 0);
        }
    }

    private static void post(Socket socket, String body, String[] headers) throws Exception {
        var head = new StringBuilder("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        head.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
        socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void olderClientsHaveSessionsAtTheSameAddress() {
        try (var server = TestServer.start(CONFORMANCE, false)) {
            var begun = legacy(server, "initialize", "{\"protocolVersion\": \"2025-11-25\", \"capabilities\": {}, "
                    + "\"clientInfo\": {\"name\": \"test\", \"version\": \"1\"}}");
            assertThat(begun.json().at("/result/serverInfo/name").asString()).isEqualTo("howdah");
            assertThat(begun.json().at("/result/protocolVersion").asString()).isEqualTo("2025-11-25");
            var session = begun.header("mcp-session-id");
            var tools = result(legacy(server, "tools/list", "{}", "Mcp-Session-Id", session));
            assertThat(tools.at("/result/tools")).extracting(tool -> tool.path("name").asString())
                    .contains("search_patterns");
            assertThat(tools.path("result").has("resultType")).as("unknown to it").isFalse();
            var wrong = result(legacy(server, "tools/call", "{\"name\": \"query_patterns\", \"arguments\": "
                    + "{\"keywords\": 7}}", "Mcp-Session-Id", session));
            assertThat(wrong.at("/result/isError").asBoolean()).isTrue();
            var missing = result(legacy(server, "resources/read", "{\"uri\": \"howdah://knowledge/patterns/1\"}",
                    "Mcp-Session-Id", session));
            assertThat(missing.at("/error/code").asInt()).isEqualTo(-32002);
            var asking = result(legacy(server, "tools/call", "{\"name\": \"test_elicitation\", \"arguments\": {}}",
                    "Mcp-Session-Id", session));
            assertThat(asking.at("/error/code").asInt()).as("it cannot be asked").isEqualTo(-32021);
            assertThat(legacy(server, "tools/list", "{}", "Mcp-Session-Id", "none").status())
                    .as("of another process").isEqualTo(404);
            var open = server.get("/api/agent/mcp-sessions").json().path("items");
            assertThat(open).hasSize(1);
            assertThat(open.get(0).path("client").asString()).isEqualTo("test");
            assertThat(open.get(0).path("revision").asString()).isEqualTo("2025-11-25");
            assertThat(session).as("only its end is shown").endsWith(open.get(0).path("id").asString());
            assertThat(open.get(0).path("id").asString()).hasSize(8);
            assertThat(server.send(server.request("/mcp", "Mcp-Session-Id", session).DELETE()).status())
                    .isEqualTo(200);
            assertThat(server.get("/api/agent/mcp-sessions").json().path("items")).isEmpty();
            assertThat(legacy(server, "tools/list", "{}", "Mcp-Session-Id", session).status()).isEqualTo(404);
        }
    }

    @Test
    void anOlderClientCancelsItsCall() throws Exception {
        try (var server = TestServer.start(CONFORMANCE, false);
                var other = Executors.newVirtualThreadPerTaskExecutor()) {
            var session = legacy(server, "initialize", "{\"protocolVersion\": \"2025-06-18\", \"capabilities\": {}, "
                    + "\"clientInfo\": {\"name\": \"test\", \"version\": \"1\"}}").header("mcp-session-id");
            var call = other.submit(() -> legacy(server, "tools/call", "{\"name\": \"slow_compute\", \"arguments\": "
                    + "{\"seconds\": 3600}, \"_meta\": {}}", "Mcp-Session-Id", session));
            Awaitility.await().until(() -> {
                server.post("/mcp", "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/cancelled\", \"params\": "
                        + "{\"requestId\": 1}}", "Mcp-Session-Id", session, "Accept",
                        "application/json, text/event-stream");
                return call.isDone();
            });
            assertThat(call.get().text()).doesNotContain("Computed");
        }
    }

    private static TestServer.Answer legacy(TestServer server, String method, String params, String... headers) {
        return server.post("/mcp", "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"" + method + "\", \"params\": "
                + params + "}",
                Stream.concat(Stream.of("Accept", "application/json, text/event-stream"), Stream.of(
                        headers)).toArray(String[]::new));
    }

    private static JsonNode result(TestServer.Answer answer) {
        return answer.text().lines().filter(line -> line.startsWith("data:"))
                .map(line -> JsonMapper.shared().readTree(line.substring(5))).findFirst().orElseThrow();
    }

    @Test
    void whatOneInstanceAskedAnotherGoesOnWith() {
        var database = TestDatabase.settings();
        var asking = request("tools/call",
                "\"name\": \"test_input_required_result_request_state\", \"arguments\": {}, ")
                .replace("Capabilities\": {}", "Capabilities\": {\"elicitation\": {}}");
        try (var one = TestServer.open(database, CONFORMANCE); var two = TestServer.open(database, CONFORMANCE)) {
            for (var server : List.of(one, two)) {
                server.howdah().start(false);
                Awaitility.await().until(() -> server.howdah().startup().isReady());
            }
            var asked = send(one, "tools/call", "test_input_required_result_request_state", asking);
            var state = asked.json().at("/result/requestState").asString();
            var answered = asking.replace("\"arguments\": {}, ", "\"arguments\": {}, \"requestState\": \"" + state
                    + "\", \"inputResponses\": {\"confirm\": {\"action\": \"accept\", \"content\": {\"ok\": true}}}, ");
            assertThat(send(two, "tools/call", "test_input_required_result_request_state", answered).json()
                    .at("/result/content/0/text").asString()).isEqualTo("state-ok");
        }
    }

    @Test
    void theProfileOfTheKitsIsForThisMachineOnly() {
        for (var wrong : List.of(Map.of("howdah.server.host", "0.0.0.0"), Map.of("howdah.server.host", "0.0.0.0",
                "howdah.server.api-key", KEY))) {
            var values = new HashMap<>(CONFORMANCE);
            values.putAll(wrong);
            assertThatThrownBy(() -> HowdahSettings.from(Configuration.of(values)))
                    .isInstanceOf(ConfigurationException.class).hasMessageContaining("conformance");
        }
        assertThat(HowdahSettings.from(Configuration.of(Map.of())).server().isConformance()).isFalse();
    }
}
