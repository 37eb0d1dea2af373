package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KnowledgeApiTest {
    private static final String BASE = "{'repositories': {'kb/api': {'patterns': {'patterns': ['Outbox', 5], "
            + "'keywords': ['tx'], 'problem_domain': 'orders'}}}}";

    private final TestServer server = TestServer.start(Map.of("howdah.agent.http.allow", "127.0.0.1"), true);

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void entriesOfEveryKindAreAddedReadListedAndRemoved() {
        var bodies = Map.of("patterns", "{'repository': 'acme/shop', 'name': 'Retry', 'keywords': ['http']}",
                "decisions", "{'repository': 'acme/shop', 'what': 'Use PostgreSQL', 'alternatives': ['Redis']}",
                "components", "{'repository': 'acme/shop', 'name': 'Client', 'lines_of_code': 10}",
                "lessons", "{'repository': 'acme/shop', 'lesson': 'Set limits', 'category': 'reliability'}",
                "issues", "{'repository': 'acme/shop', 'log_snippet': 'OOM', 'severity': 'high'}");
        bodies.forEach((kind, body) -> {
            var added = post("/api/knowledge/" + kind, body);
            assertThat(added.status()).as(added.text()).isEqualTo(201);
            var id = added.json().path("id").asString();
            assertThat(added.json().path("repository").asString()).isEqualTo("acme/shop");
            assertThat(server.get("/api/knowledge/" + kind + "/" + id).json()).isEqualTo(added.json());
            assertThat(server.get("/api/knowledge/" + kind + "?repository=acme/shop&limit=1").json()
                    .at("/items/0/id").asString()).isEqualTo(id);
            assertThat(server.get("/api/knowledge/" + kind + "?repository=acme/none").json().path("items")).isEmpty();
            assertThat(server.send(server.request("/api/knowledge/" + kind + "/" + id).DELETE()).status())
                    .isEqualTo(204);
            assertThat(server.get("/api/knowledge/" + kind + "/" + id).status()).isEqualTo(404);
            assertThat(server.get("/api/knowledge/" + kind + "/none").status()).isEqualTo(404);
        });
        assertThat(server.get("/api/knowledge/repositories/acme/shop").json().path("lessons").asInt()).isZero();
        assertThat(server.get("/api/knowledge/gossip").status()).isEqualTo(404);
    }

    @Test
    void anIssueIsSettledAndListsAreNarrowed() {
        var id = post("/api/knowledge/issues", "{'repository': 'acme/run', 'log_snippet': 'x', 'issue_type': 'crash'}")
                .json().path("id").asString();
        assertThat(post("/api/knowledge/issues/" + id + "/status", "{'status': 'fixed'}").json().path("resolved_at")
                .isString()).isTrue();
        assertThat(server.get("/api/knowledge/issues?repository=acme/run&status=fixed&issue_type=crash").json()
                .path("items")).hasSize(1);
        var refused = server.get("/api/knowledge/issues?status=gone");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("open, investigating, fixed, false_positive");
        assertThat(post("/api/knowledge/issues/" + id + "/status", "{}").status()).isEqualTo(400);
    }

    @Test
    void repositoriesRelationshipsAndNamesAreServed() {
        assertThat(post("/api/knowledge/repositories", "{'name': 'rel/api', 'problem_domain': 'orders', "
                + "'keywords': ['Http']}").json().at("/keywords/0").asString()).isEqualTo("http");
        assertThat(post("/api/knowledge/relationships", "{'source_repo': 'rel/api', 'target_repo': 'rel/shop', "
                + "'relationship_type': 'api_consumer'}").status()).isEqualTo(201);
        var circle = post("/api/knowledge/relationships", "{'source_repo': 'rel/shop', 'target_repo': 'rel/api', "
                + "'relationship_type': 'api_consumer'}");
        assertThat(circle.status()).isEqualTo(400);
        assertThat(server.get("/api/knowledge/relationships?source=rel/api").json().path("items")).hasSize(1);
        assertThat(server.get("/api/relationships/rel/api").json().at("/consumers/0/repo").asString())
                .isEqualTo("rel/shop");
        assertThat(server.get("/api/knowledge/names/repositories?limit=500").json().path("items").toString())
                .contains("rel/api", "rel/shop");
        assertThat(server.get("/api/knowledge/names/patterns").status()).isEqualTo(200);
        assertThat(server.get("/api/knowledge/repositories/rel/none").status()).isEqualTo(404);
        assertThat(server.get("/api/knowledge/repositories?limit=0").status()).isEqualTo(400);
    }

    @Test
    void aRequestWithAnIdempotencyKeyIsCarriedOutOnce() {
        var body = "{'repository': 'acme/once', 'log_snippet': 'once'}";
        var first = withKey("issue-1", body);
        assertThat(first.status()).isEqualTo(201);
        assertThat(withKey("issue-1", body).json()).isEqualTo(first.json());
        assertThat(server.get("/api/knowledge/issues?repository=acme/once").json().path("items")).hasSize(1);
        assertThat(withKey("issue-1", body.replace("'once'", "'twice'")).status()).isEqualTo(409);
    }

    @Test
    void badEntriesAreRefusedWithTheirFaults() {
        for (var body : java.util.List.of("[]", "{}", "{'repository': 5}", "{'repository': 'nobody', 'name': 'x'}",
                "{'repository': 'a/b'}", "{'repository': 'a/b', 'name': ['x']}",
                "{'repository': 'a/b', 'name': 'x\\u0000'}")) {
            var refused = post("/api/knowledge/patterns", body);
            assertThat(refused.status()).as(body).isEqualTo(400);
            assertThat(refused.json().path("errors")).as(body).isNotEmpty();
        }
        assertThat(post("/api/knowledge/imports", "{}").status()).isEqualTo(400);
        for (var address : java.util.List.of("file:///etc/passwd", "http://localhost:1/", "http://2130706433/",
                "http://user:secret@example.org/")) {
            var refused = post("/api/knowledge/imports", "{'url': '" + address + "'}");
            assertThat(refused.status()).as(address).isEqualTo(400);
            assertThat(refused.text()).contains("address-refused").doesNotContain("secret");
        }
        assertThat(post("/api/knowledge/imports", "{'document': {'repositories': []}}").status()).isEqualTo(400);
    }

    @Test
    void aDocumentIsImportedAtOnceAndAnAddressByATask() throws IOException {
        var dry = post("/api/knowledge/imports", "{'dry_run': true, 'document': " + BASE + "}").json();
        assertThat(dry.at("/counters/patterns/added").asInt()).isEqualTo(1);
        assertThat(server.get("/api/knowledge/repositories/kb/api").status()).isEqualTo(404);
        var done = post("/api/knowledge/imports", "{'document': " + BASE + "}").json();
        assertThat(done.path("errors").asInt()).isEqualTo(1);
        assertThat(done.at("/quarantined/0/place").asString()).isEqualTo("/repositories/kb~1api/patterns/patterns/1");

        var files = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        files.createContext("/", exchange -> {
            var bytes = BASE.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        files.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/kb.json");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        files.start();
        var accepted = post("/api/knowledge/imports", "{'url': 'http://127.0.0.1:" + files.getAddress().getPort()
                + "/kb.json'}");
        assertThat(accepted.status()).isEqualTo(202);
        var task = "/api/tasks/" + accepted.json().path("task_id").asString();
        await().until(() -> server.get(task).json().path("state").asString().equals("finished"));
        var moved = post("/api/knowledge/imports", "{'url': 'http://127.0.0.1:" + files.getAddress().getPort()
                + "/moved'}").json().path("task_id").asString();
        await().until(() -> server.get("/api/tasks/" + moved).json().path("error").asString("").contains("redirect"));
        files.stop(0);
        JsonNode result = server.get(task).json().path("result");
        assertThat(result.at("/counters/patterns/unchanged").asInt()).isEqualTo(1);
    }

    @Test
    void skillsOfTheKnowledgeBaseSpeakTheDialectOfTheirCallers() {
        var missing = post("/a2a/execute", "{'skill_id': 'get_deployment_info', 'input': {'repository': 'a/none'}}");
        assertThat(missing.json().path("success").asBoolean(true)).isFalse();
        assertThat(missing.json().has("available_repositories")).isTrue();
        var added = post("/a2a/execute", "{'skill_id': 'add_lesson_learned', 'input': {'repository': 'sk/ill', "
                + "'category': 'cost', 'lesson': 'L', 'context': 'c'}}").json();
        assertThat(server.get(added.path("kb_url").asString()).json().path("lesson").asString()).isEqualTo("L");
        assertThat(server.get("/.well-known/agent.json").json().path("skills")).hasSizeGreaterThanOrEqualTo(21);
    }

    private TestServer.Answer post(String path, String body) {
        return server.post(path, body.replace('\'', '"'));
    }

    private TestServer.Answer withKey(String key, String body) {
        return server.send(server.request("/api/knowledge/issues").header("Content-Type", "application/json")
                .header("Idempotency-Key", key).POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
    }
}
