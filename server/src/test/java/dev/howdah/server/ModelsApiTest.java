package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelsApiTest {
    private static final String ANSWER = """
        {"id": "c1", "object": "chat.completion", "created": 1, "model": "tiny", "choices": [{"index": 0, "message":
         {"role": "assistant", "content": "{\\"score\\": 7}"}, "finish_reason": "stop"}],
         "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}}""";

    private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
    private final HttpServer provider = provider();
    private final TestServer server = TestServer.start(Map.of("howdah.agent.model.provider", "openai",
            "howdah.agent.model.name", "tiny", "howdah.agent.model.prices", "tiny=100/200",
            "howdah.agent.model.url", "http://127.0.0.1:" + provider.getAddress().getPort() + "/v1"), true);

    private static HttpServer provider() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeAll
    void start() {
        provider.createContext("/", exchange -> {
            asked.add(JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()));
            var bytes = ANSWER.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        provider.start();
    }

    @AfterAll
    void stop() {
        server.close();
        provider.stop(0);
    }

    @Test
    void aNodeOfAWorkflowAsksTheModelAndTheCallIsAccountedFor() {
        var applied = server.send(server.request("/api/workflows/rating").header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("""
                    {"name": "Rating", "nodes": [{"id": "rate", "type": "model", "config": {
                      "prompt": "Rate ${input.requirement}", "system": "Be fair.", "schema": {"type": "object",
                      "required": ["score"]}}}]}""")));
        assertThat(applied.status()).as(applied.text()).isEqualTo(200);
        var started = server.post("/api/workflows/rating/execute", "{\"requirement\": \"this\"}");
        assertThat(started.status()).as(started.text()).isLessThan(300);
        var execution = "/api/executions/" + started.json().path("execution_id").asString();
        await().until(() -> List.of("completed", "failed").contains(server.get(execution).json().path("status")
                .asString()));
        var node = server.get(execution + "/nodes/rate").json();
        assertThat(node.toString()).contains("\"score\":7", "\"output_tokens\":5", "\"finish_reason\":\"stop\"");
        assertThat(asked.getFirst().toString()).contains("Rate this", "Be fair.");
        await().until(() -> server.get("/api/models/calls?purpose=workflow").json().path("items").size() == 1);
        var call = server.get("/api/models/calls?purpose=workflow").json().at("/items/0");
        assertThat(call.path("model").asString()).isEqualTo("tiny");
        assertThat(call.path("cost").decimalValue()).isEqualByComparingTo("0.002");
        assertThat(call.path("currency").asString()).isEqualTo("USD");
        assertThat(call.path("outcome").asString()).isEqualTo("answered");
        assertThat(call.toString()).doesNotContain("Rate this");
        var task = call.path("task_id").asString();
        assertThat(server.get("/api/models/calls?task_id=" + task).json().path("items")).hasSize(1);
        for (var by : List.of("model", "purpose", "day", "hour")) {
            var use = server.get("/api/models/usage?by=" + by + "&from=" + call.path("called_at").asString()).json();
            assertThat(use.at("/items/0/calls").asInt()).as(by).isOne();
            assertThat(use.at("/items/0/costs/USD").decimalValue()).isEqualByComparingTo("0.002");
        }
    }

    @Test
    void wrongFiltersAreRefusedWithTheirNames() {
        for (var query : List.of("calls?limit=0", "calls?limit=501", "calls?cursor=x", "calls?task_id=x",
                "calls?outcome=good", "calls?from=yesterday", "usage?by=week", "usage?to=x",
                "usage?from=2027-02-01T00:00:00Z&to=2027-01-01T00:00:00Z",
                "usage?by=hour&from=2027-01-01T00:00:00Z&to=2027-03-01T00:00:00Z")) {
            var refused = server.get("/api/models/" + query);
            assertThat(refused.status()).as(query).isEqualTo(400);
            assertThat(refused.json().at("/errors/0/pointer").asString()).as(query).isIn("limit", "cursor", "task_id",
                    "outcome", "from", "by", "to");
        }
        assertThat(server.get("/api/models/calls?model=none").json().path("items")).isEmpty();
    }
}
