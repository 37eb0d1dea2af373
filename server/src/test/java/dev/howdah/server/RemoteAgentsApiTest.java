package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillHandler;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.SkillResult;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import dev.howdah.workflow.Execution;
import dev.howdah.workflow.ExecutionStatus;
import dev.howdah.workflow.NewExecution;
import dev.howdah.workflow.WorkflowSettings;
import dev.howdah.workflow.Workflows;
import dev.howdah.workflow.definition.WorkflowDefinition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Where workflows and agents meet, over HTTP. */
class RemoteAgentsApiTest {
    private static final String CARD = """
        {"name": "Translator", "description": "Translates.", "version": "2.1", "capabilities": {"streaming": true},
         "supportedInterfaces": [{"url": "https://translator.example/rpc", "protocolBinding": "JSONRPC",
                                  "protocolVersion": "1.0"}],
         "skills": [{"id": "translate", "name": "Translate", "description": "Into English.", "tags": []}]}
        """;

    private static HttpServer translator() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/.well-known/agent-card.json", exchange -> {
            try (exchange) {
                var bytes = CARD.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        return server;
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    @Test
    void listsConfiguredAgentsAndWhetherTheyAnswerWithoutTheirSecrets() throws IOException {
        var translator = translator();
        try (var server = TestServer.start(Map.of("howdah.agent.remote", "translator=http://127.0.0.1:"
                + translator.getAddress().getPort() + ",gone=http://127.0.0.1:1", "howdah.agent.remote-credentials",
                "translator:s3cret"), false)) {
            var answer = server.get("/api/agents");
            assertThat(answer.status()).isEqualTo(200);
            var agents = answer.json().path("items");
            assertThat(agents.get(0).path("name").asString()).isEqualTo("translator");
            assertThat(agents.get(0).path("reachable").booleanValue()).isTrue();
            assertThat(agents.get(0).path("card").path("skills").get(0).path("id").asString()).isEqualTo("translate");
            assertThat(agents.get(0).path("card").path("bindings").get(0).asString()).isEqualTo("JSONRPC");
            assertThat(agents.get(1).path("reachable").booleanValue()).isFalse();
            assertThat(agents.get(1).path("error").asString()).contains("cannot be reached");
            assertThat(answer.text()).doesNotContain("s3cret");
        } finally {
            translator.stop(0);
        }
    }

    @Test
    void aCallbackNeedsATokenThatIsWaitedFor() {
        try (var server = TestServer.start(Map.of(), false)) {
            assertThat(server.post("/a2a/callbacks/guessed", "{}").status()).isEqualTo(404);
        }
    }

    @Test
    void aWorkflowIsPublishedAndCalledAsASkill() {
        try (var server = TestServer.start(Map.of(), true)) {
            var definition = """
                {"id": "sizes", "skill": {"name": "is_large", "description": "Tells whether n is large.",
                  "input_schema": {"type": "object", "required": ["n"]}},
                 "nodes": [{"id": "check", "type": "condition", "config": {"expression": "input.n > 10"}}]}
                """;
            assertThat(server.post("/api/workflows", definition).status()).isEqualTo(201);
            assertThat(server.get("/a2a/skills").text()).contains("is_large");
            var called = server.post("/a2a/execute", "{\"skill_name\": \"is_large\", \"input_data\": {\"n\": 12}}");
            var task = called.json().path("task_id").asString();
            soon().until(() -> server.get("/api/tasks/" + task).json().path("state").asString().equals("finished"));
            assertThat(server.get("/api/tasks/" + task).text()).contains("\"result\":true");
            assertThat(server.post("/a2a/execute", "{\"skill_name\": \"is_large\", \"input_data\": {}}").status())
                    .isEqualTo(400);
            var fixed = server.get("/a2a/skills").json().path("skills").get(0).path("name").asString();
            assertThat(server.post("/api/workflows", definition.replace("is_large", fixed).replace("sizes", "other"))
                    .text()).contains("there is a skill");
        }
    }

    @Test
    void aNodeNamesAnAgentThatThereIs() {
        try (var server = TestServer.start(Map.of(), false)) {
            var answer = server.post("/api/workflows",
                    """
                        {"id": "asking", "nodes": [{"id": "ask", "type": "agent", "config": {"agent": "nobody", "message": "hi"}}]}
                        """);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).contains("nodes[0].config.agent").contains("howdah.agent.remote");
        }
    }

    private static Skill skill(String name, SkillHandler handler) {
        var any = JsonMapper.shared().createObjectNode().put("type", "object");
        return new Skill(name, name, name, SkillCategory.ACTION, any, any, Map.of(), false, true, handler);
    }

    @Test
    void aNodeWaitsForTheTaskOfItsSkillAndFailsIfTheSkillAsks() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue", "workflow")).up();
        var settings = QueueSettings.defaults().withPollInterval(Duration.ofMillis(50));
        var queue = new PostgresTaskQueue(database, settings);
        var json = JsonMapper.shared();
        var skills = new SkillRegistry(List.of(
                skill("far", input -> SkillResult.enqueued(json.createObjectNode().put("status", "enqueued"),
                        queue.enqueue(NewTask.of("far.work", input)))),
                skill("curious", input -> SkillResult.asking(new SkillResult.Questions(Map.of("who",
                        new SkillResult.Question("Who is it for?", json.createObjectNode())), input)))));
        var workflows = Workflows.open(database, queue, WorkflowSettings.defaults(), Map.of(), SkillNodes.of(skills));
        var handlers = new HashMap<>(workflows.handlers());
        handlers.put("far.work", run -> json.createObjectNode().put("n", 7));
        try (var worker = new Worker(queue, settings, handlers)) {
            worker.start();
            var far = ended(workflows, "far");
            assertThat(far.output().orElseThrow().path("a").path("result").path("n").asInt()).isEqualTo(7);
            assertThat(far.output().orElseThrow().path("a").path("answer").path("status").asString())
                    .isEqualTo("enqueued");
            assertThat(ended(workflows, "curious").error().orElseThrow()).contains("asks back")
                    .contains("Who is it for?");
        }
    }

    private static Execution ended(Workflows workflows, String skill) {
        workflows.definitions().apply(WorkflowDefinition.named(skill).skill("a", skill, node -> node).build());
        var id = workflows.start(NewExecution.of(skill));
        soon().until(() -> workflows.executions().find(id).map(Execution::status).filter(ExecutionStatus::isEnded)
                .isPresent());
        return workflows.executions().find(id).orElseThrow();
    }
}
