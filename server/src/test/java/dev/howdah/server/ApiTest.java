package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiTest {
    private static final String EVENT = """
        {"source_repo": "acme/api", "commit_sha": "0123456789abcdef", "commit_message": "Drop an endpoint",
         "branch": "main", "changed_files": [{"path": "app.py", "change_type": "modified",
           "diff": "@@ -1 +1 @@\\n-@app.get(\\"/orders\\")\\n+x = 1\\n"}]}""";
    private static final String RELATIONSHIPS = """
        {"relationships": {"acme/api": {"consumers": [{"repo": "acme/shop", "interface_files": ["client.py"],
           "change_triggers": ["endpoints"]}], "derivatives": [{"repo": "acme/fork",
           "shared_concerns": ["docker"]}]}}}""";

    private TestServer server = TestServer.start(Map.of(), true);

    @BeforeAll
    void importRelationships() {
        assertThat(server.post("/api/relationships", RELATIONSHIPS).json().path("added").asInt()).isEqualTo(2);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void answersEachDialectInKind() {
        var envelope = execute("""
            {"skill_name": "get_dependencies", "input_data": {"repo": "acme/api"}}""");
        assertThat(envelope.status()).isEqualTo(200);
        assertThat(envelope.json().propertyNames()).containsExactlyInAnyOrder("success", "data", "error", "task_id");
        assertThat(envelope.json().path("data").path("consumers").get(0).path("repo").asString())
                .isEqualTo("acme/shop");

        var plain = execute("""
            {"skill_id": "get_dependencies", "input": {"repo": "acme/api"}}""").json();
        assertThat(plain.path("success").asBoolean()).isTrue();
        assertThat(plain.path("consumers").get(0).path("repo").asString()).isEqualTo("acme/shop");
    }

    @Test
    void answersAnUnknownSkillInKind() {
        var envelope = execute("""
            {"skill_name": "get_dependancies", "input_data": {}}""");
        assertThat(envelope.status()).isEqualTo(404);
        assertProblem(envelope, "skill-unknown", "get_dependancies");

        var plain = execute("""
            {"skill_id": "get_dependancies", "input": {}}""");
        assertThat(plain.status()).isEqualTo(200);
        assertThat(plain.json().path("available_skills")).hasSize(23);
        assertThat(plain.json().path("error").asString()).contains("get_dependancies");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
        {"skill_name": "get_dependencies", "input": {"repo": "a/b"}}            | execute-dialects   | skill_name
        {"skill_name": "a", "skill_id": "a"}                                    | execute-dialects   | skill_id
        {"name": "get_dependencies"}                                            | execute-invalid    | skill_name
        {"skill_name": 7, "input_data": {}}                                     | execute-invalid    | not a string
        {"skill_name": "get_dependencies", "input_data": {}}                    | skill-input        | /repo
        {"skill_name": "get_dependencies", "input_data": {"repo": 7}}           | skill-input        | /repo
        {"skill_name": "get_dependencies", "input_data": [1]}                   | skill-input        | object
        {"skill_name": "get_dependencies",                                      | json-malformed     | line 1
        [1, 2]                                                                  |                    | object
        """)
    void refusesWrongRequestsAndNamesFieldAndRemedy(String body, String code, String detail) {
        var answer = execute(body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.json().path("code").asString()).startsWith(code == null ? "" : code);
        assertThat(answer.text()).contains(detail);
        assertThat(answer.json().path("remedy").asString("") + answer.json().path("errors")).contains("e");
    }

    @Test
    void refusesABodyOverTheLimitWhetherAnnouncedOrNot() {
        var big = "{\"skill_name\": \"" + "x".repeat(1 << 20) + "\"}";
        var announced = execute(big);
        assertThat(announced.status()).isEqualTo(413);
        assertProblem(announced, "body-too-large", "1048576");
        var streamed = server.send(server.request("/a2a/execute").header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(
                        big.getBytes(StandardCharsets.UTF_8)))));
        assertThat(streamed.status()).isEqualTo(413);
        assertProblem(streamed, "body-too-large", "1048576");
    }

    @Test
    void answersTheFrameworksOwnErrorsAsProblems() {
        assertProblem(server.get("/api/nothing"), "request-not-found", "");
        assertProblem(server.send(server.request("/api/tasks").DELETE()), "request-method-not-allowed", "");
        assertProblem(server.send(server.request("/a2a/execute").header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("x"))), "request-unsupported-media-type", "");
        assertProblem(server.get("/api/tasks?limit=many"), "request-bad-request", "limit");
        assertProblem(server.post("/api/test/consumer-triage", EVENT), "request-bad-request", "source_repo");
        assertProblem(server.send(server.request("/a2a/execute").header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.noBody())), "body-missing", "");
    }

    @Test
    void servesOneCardForEveryReader() {
        var card = server.get("/.well-known/agent-card.json").json();
        assertThat(server.get("/.well-known/agent.json").json()).isEqualTo(card);
        assertThat(card.path("name").asString()).isEqualTo(card.path("agent").path("name").asString());
        assertThat(card.path("endpoints").path("execute_skill").asString()).isEqualTo("/a2a/execute");
        assertThat(card.path("authentication").path("header").asString()).isEqualTo("X-API-Key");
        assertThat(card.path("skills")).hasSize(23).allSatisfy(skill -> {
            assertThat(skill.path("id")).isEqualTo(skill.path("name"));
            assertThat(skill.path("requires_auth")).isEqualTo(skill.path("requires_authentication"));
            assertThat(skill.path("input_schema").path("type").asString()).isEqualTo("object");
        });
    }

    @Test
    void listsSkillsByCategory() {
        assertThat(server.get("/a2a/skills").json().path("skills")).hasSize(23);
        assertThat(server.get("/a2a/skills?category=query").json().path("skills")).hasSize(14);
        assertThat(server.get("/a2a/skills?category=management").json().path("skills")).isEmpty();
        assertProblem(server.get("/a2a/skills?category=all"), "skill-category-unknown", "all");
        assertThat(server.get("/a2a/health").json().path("skills_registered").asInt()).isEqualTo(23);
    }

    @Test
    void keepsRelationshipsInTheFormThatCanBeImportedAgain() {
        var all = server.get("/api/relationships");
        assertThat(server.post("/api/relationships", all.text()).json().path("added").asInt()).isZero();
        assertThat(server.get("/api/relationships/acme/api").json().path("derivatives")).hasSize(1);
        assertProblem(server.get("/api/relationships/acme/none"), "repository-unknown", "acme/none");
        assertProblem(server.post("/api/relationships", """
            {"relationships": {"acme/shop": {"consumers": [{"repo": "acme/api"}]}}}"""), "relationship-cycle",
                "acme/api");
        assertProblem(server.post("/api/relationships", """
            {"relationships": {"a/b": {"consumers": [{"repo": "a/c", "change_triggers": ["endpoint"]}]}}}"""),
                "relationships-invalid", "did you mean");
    }

    @Test
    void triagesAChangeThatTheWebhookBrings() {
        var accepted = server.post("/api/webhook/change-notification", EVENT).json();
        assertThat(accepted.path("status").asString()).isEqualTo("accepted");
        assertThat(accepted.path("consumers_scheduled")).isEqualTo(json("[\"acme/shop\"]"));
        assertThat(accepted.path("total_dependents").asInt()).isEqualTo(2);
        assertThat(server.post("/api/webhook/change-notification", EVENT.replace("acme/api", "acme/none")).json()
                .path("status").asString()).isEqualTo("no_relationships");

        var scheduled = execute("{\"skill_name\": \"receive_change_notification\", \"input_data\": "
                + EVENT.replace("0123456789abcdef", "fedcba9876543210") + "}").json().path("data");
        var id = scheduled.path("consumers_scheduled").get(0).path("task_id").asString();
        var task = await().atMost(Duration.ofSeconds(20)).until(() -> server.get("/api/tasks/" + id).json(),
                t -> t.path("state").asString().equals("finished"));
        assertThat(task.path("result").path("urgency").asString()).isEqualTo("high");
        assertThat(task.path("attempts").get(0).path("outcome").asString()).isEqualTo("finished");
        assertThat(task.path("payload").path("change_event").path("commit_message").asString())
                .isEqualTo("Drop an endpoint");
        assertThat(server.get("/api/actions").json().path("items")).isNotEmpty();
        assertThat(server.get("/api/digest").json().path("entries").asInt()).isZero();
        assertProblem(server.get("/api/digest?days=0"), "digest-invalid", "days");
    }

    @Test
    void triagesAtOnceForATest() {
        var result = server.post("/api/test/consumer-triage?source_repo=acme/api&consumer_repo=acme/shop", EVENT);
        assertThat(result.json().path("urgency").asString()).isEqualTo("high");
        assertThat(server.post("/api/test/template-triage?template_repo=acme/api&derivative_repo=acme/fork", EVENT)
                .json().path("requires_action").asBoolean()).isFalse();
        assertProblem(server.post("/api/test/consumer-triage?source_repo=acme/api&consumer_repo=a/none", EVENT),
                "relationship-not-found", "a/none");
    }

    @Test
    void listsCancelsAndRetriesTasksByPages() {
        try (var idle = TestServer.start(Map.of(), false)) {
            idle.post("/api/relationships", RELATIONSHIPS);
            for (int i = 0; i < 3; i++) {
                idle.post("/api/webhook/change-notification", EVENT.replace("0123456789abcdef", "012345" + i));
            }
            var first = idle.get("/api/tasks?limit=4").json();
            assertThat(first.path("items")).hasSize(4);
            var second = idle.get("/api/tasks?limit=4&cursor=" + first.path("next").asString()).json();
            assertThat(second.path("items")).hasSize(2);
            assertThat(second.path("next").isNull()).isTrue();
            assertThat(idle.get("/api/tasks?type=template_triage&state=queued,started").json().path("items"))
                    .hasSize(3);

            var id = first.path("items").get(0).path("id").asString();
            assertThat(idle.post("/api/tasks/" + id + "/cancel", "").json().path("state").asString())
                    .isEqualTo("cancelled");
            assertThat(idle.post("/api/tasks/" + id + "/cancel", "").status()).isEqualTo(409);
            assertThat(idle.post("/api/tasks/" + id + "/retry", "").json().path("state").asString())
                    .isEqualTo("queued");
            assertThat(idle.get("/api/statistics").json().path("by_state").path("queued").asInt()).isEqualTo(6);
            assertThat(idle.get("/health").json().path("worker").path("status").asString()).isEqualTo("elsewhere");
        }
        assertProblem(server.get("/api/tasks?state=done"), "task-filter-invalid", "done");
        assertProblem(server.get("/api/tasks?limit=0"), "task-filter-invalid", "limit");
        assertProblem(server.get("/api/tasks/test"), "task-id-invalid", "test");
        assertProblem(server.get("/api/tasks/01234567-89ab-7def-8123-456789abcdef"), "task-not-found", "01234567");
    }

    @Test
    void tellsItsHealth() {
        var health = server.get("/health").json();
        assertThat(health.path("status").asString()).isEqualTo("ok");
        assertThat(health.path("database_connected").asBoolean()).isTrue();
        assertThat(health.path("database_type").asString()).isEqualTo("postgresql");
        assertThat(health.path("pgvector_enabled").isBoolean()).isTrue();
        assertThat(health.path("worker").path("capacity").asInt()).isEqualTo(16);
        assertThat(server.get("/health/live").status()).isEqualTo(200);
        assertThat(server.get("/health/ready").status()).isEqualTo(200);
        var database = server.get("/health/db");
        assertThat(database.status()).isEqualTo(200);
        assertThat(database.json().path("metrics").path("by_type").path("select").path("queries").asInt()).isPositive();
    }

    @Test
    void anEphemeralServerSaysThatNothingIsKept(@TempDir Path home) {
        try (var ephemeral = TestServer.ephemeral(home)) {
            assertThat(ephemeral.post("/api/tasks", "{\"type\": \"free\"}").status()).isLessThan(300);
            var health = ephemeral.get("/health").json();
            assertThat(health.path("status").asString()).isEqualTo("degraded");
            assertThat(health.path("problems").get(0).path("problem").asString()).startsWith("nothing is kept");
            assertThat(ephemeral.get("/health/ready").status()).isEqualTo(200);
        }
        assertThat(home.resolve("ephemeral")).doesNotExist();
        assertThatThrownBy(() -> HowdahSettings.from(Configuration.of(Map.of("howdah.ephemeral", "true",
                "howdah.database.url", "postgresql://localhost/kept")))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("howdah.ephemeral");
    }

    @Test
    void tellsItsMetrics() {
        server.get("/api/tasks");
        var metrics = server.get("/metrics");
        assertThat(metrics.header("content-type")).startsWith("text/plain");
        assertThat(metrics.text()).contains("howdah_queue_depth{state=\"queued\"", "howdah_db_pool_max",
                "howdah_db_statement_seconds_count{type=\"select\"", "http_server_requests_seconds_count",
                "uri=\"/api/tasks\"", "jvm_memory_used_bytes");
    }

    @Test
    void describesItsApi() {
        var openApi = server.get("/docs/openapi").json();
        assertThat(openApi.path("paths").propertyNames()).contains("/api/tasks", "/api/tasks/{id}/cancel",
                "/a2a/execute", "/api/relationships", "/health", "/metrics");
        assertThat(openApi.path("components").path("schemas").path("TaskDetail").path("properties").propertyNames())
                .contains("max_attempts", "created_at");
        assertThat(server.get("/docs").status()).isIn(200, 302);
    }

    @Test
    void servesPeopleAConsoleAndProgramsADescription() {
        var console = server.get("/", "Accept", "text/html");
        assertThat(console.status()).isEqualTo(302);
        assertThat(console.header("location")).isEqualTo("/console/");
        assertThat(server.get("/", "Accept", "application/json").json().path("endpoints").path("tasks").asString())
                .isEqualTo("/api/tasks");
        var page = server.get("/console/");
        assertThat(page.text()).contains("<title>Howdah</title>").doesNotContain("onclick", "<style", "style=", "//");
        assertThat(page.header("cache-control")).isEqualTo("no-cache");
        assertThat(page.header("content-security-policy")).contains("default-src 'self'").doesNotContain("script-src");
        var script = server
                .get("/console/" + page.text().replaceFirst("(?s).*src=\"\\./(assets/[^\"]+\\.js)\".*", "$1"));
        assertThat(script.header("cache-control")).contains("immutable");
        assertThat(script.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(server.get("/console/index.html").status()).isEqualTo(200);
    }

    @Test
    void withoutAKeyAnswersLoopbackNamesOnly() throws Exception {
        assertThat(statusLine("localhost")).contains("200");
        assertThat(statusLine("127.0.0.1")).contains("200");
        assertThat(statusLine("evil.example")).contains("403");
    }

    private String statusLine(String host) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(("GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().findFirst()
                    .orElse("");
        }
    }

    private TestServer.Answer execute(String body) {
        return server.post("/a2a/execute", body);
    }

    private static void assertProblem(TestServer.Answer answer, String code, String detail) {
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.json().path("code").asString()).as(answer.text()).isEqualTo(code);
        assertThat(answer.json().path("status").asInt()).isEqualTo(answer.status());
        assertThat(answer.text()).contains(detail);
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
