package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.ListTasksRequest;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.client.RemoteAgent;
import dev.howdah.agent.client.RemoteAgentSettings;
import dev.howdah.agent.client.RemoteAgents;
import dev.howdah.agent.grpc.GrpcTransport;
import dev.howdah.agent.http.OutboundHttpSettings;
import dev.howdah.agent.task.SkillAgent;
import dev.howdah.postgres.Configuration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Our client against our server, and a workflow of one that has a workflow of the other done. */
class RemoteInteropTest {
    private static final String KEY = "0123456789abcdef-key";
    private static final String SIZES = """
        {"id": "sizes", "skill": {"name": "is_large", "description": "Tells whether n is large.",
          "input_schema": {"type": "object", "required": ["n"]}},
         "nodes": [{"id": "check", "type": "condition", "config": {"expression": "input.n > 10"}}]}
        """;

    @Test
    void speaksWithOurOwnServerByItsKey() throws Exception {
        try (var server = TestServer.start(Map.of("howdah.server.api-key", KEY), true)) {
            assertThat(server.post("/api/workflows", SIZES, "X-API-Key", KEY).status()).isEqualTo(201);
            talk("http://127.0.0.1:" + server.port(), Map.of("howdah.agent.remote-credentials", "own:" + KEY));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"JSONRPC", "HTTP+JSON", "GRPC"})
    void speaksWithOurOwnServerByEachBinding(String binding) throws Exception {
        try (var server = TestServer.start(Map.of("howdah.agent.grpc.port", Integer.toString(GrpcClient.freePort())),
                true)) {
            assertThat(server.post("/api/workflows", SIZES).status()).isEqualTo(201);
            var card = (ObjectNode) server.get("/.well-known/agent-card.json").json();
            var interfaces = (ArrayNode) card.path("supportedInterfaces");
            interfaces.removeIf(each -> !each.path("protocolBinding").asString().equals(binding));
            var cards = serve(card.toString());
            try {
                talk("http://127.0.0.1:" + cards.getAddress().getPort(), Map.of("howdah.agent.http.allow-private",
                        "true"));
            } finally {
                cards.stop(0);
            }
        }
    }

    /** Where a card can be had that offers less than the server does. */
    private static HttpServer serve(String card) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                var bytes = card.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        return server;
    }

    private static void talk(String address, Map<String, String> more) throws InterruptedException {
        var settings = new HashMap<>(more);
        settings.put("howdah.agent.remote", "own=" + address);
        var configuration = Configuration.of(settings);
        var outbound = OutboundHttpSettings.from(configuration);
        try (var agents = new RemoteAgents(RemoteAgentSettings.from(configuration), outbound,
                List.of(new GrpcTransport(outbound)))) {
            var agent = agents.find("own");
            assertThat(agent.card().skills()).anyMatch(skill -> skill.id().equals("is_large"));
            assertThat(agent.extendedCard().path("name").asString()).isNotEmpty();
            var task = (Task) agent.send(call(12));
            assertThat(task.status().state()).as(task.toString()).isEqualTo(TaskState.COMPLETED);
            assertThat(task.artifacts().toString()).contains("\"result\":true");
            assertThat(agent.list(ListTasksRequest.all()).totalSize()).isEqualTo(1);
            stream(agent);
            assertThatThrownBy(() -> agent.get(new GetTaskRequest("none", OptionalInt.empty())))
                    .isInstanceOfSatisfying(A2aException.class,
                            e -> assertThat(e.error()).isEqualTo(A2aError.TASK_NOT_FOUND));
            assertThatThrownBy(() -> agent.cancel(task.id())).isInstanceOfSatisfying(A2aException.class,
                    e -> assertThat(e.error()).isEqualTo(A2aError.TASK_NOT_CANCELABLE));
        }
    }

    private static SendMessageRequest call(int n) {
        return SendMessageRequest
                .of(SkillAgent.message("is_large", JsonMapper.shared().createObjectNode().put("n", n)));
    }

    private static void stream(RemoteAgent agent) throws InterruptedException {
        var id = "";
        try (var stream = agent.stream(call(3))) {
            while (!stream.isOver()) {
                var element = stream.next(Duration.ofSeconds(30));
                if (element.isPresent() && element.get().item() instanceof Task begun) {
                    id = begun.id();
                }
            }
        }
        try (var again = agent.subscribe(id, OptionalLong.of(1))) {
            assertThat(again.next(Duration.ofSeconds(30)).orElseThrow().sequence()).hasValue(2);
        }
    }

    @Test
    void aWorkflowHasAWorkflowOfAnotherServerDone() {
        try (var other = TestServer.start(Map.of(), true);
                var own = TestServer.start(Map.of("howdah.agent.remote", "other=http://127.0.0.1:" + other.port(),
                        "howdah.agent.remote-poll-min", "50ms"), true)) {
            assertThat(other.post("/api/workflows", SIZES).status()).isEqualTo(201);
            var defined = own.post("/api/workflows",
                    """
                        {"id": "asking", "nodes": [{"id": "ask", "type": "agent", "config": {"agent": "other", "skill": "is_large",
                          "input": {"n": 11}}}]}
                        """);
            assertThat(defined.status()).as(defined.text()).isEqualTo(201);
            var id = own.post("/api/workflows/asking/execute", "{}").json().path("execution_id").asString();
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> own.get("/api/executions/" + id).json()
                    .path("status").asString().equals("completed"));
            assertThat(own.get("/api/executions/" + id).text()).contains("\"result\":true");
        }
    }
}
