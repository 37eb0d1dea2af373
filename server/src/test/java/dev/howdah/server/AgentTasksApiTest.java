package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AgentTasksApiTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of(), true);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aSkillRunsAsATaskThatIsSeenFromOutside() {
        var done = server.post("/api/skills/get_repository_list/tasks?wait=true", "{}");
        assertThat(done.status()).as(done.text()).isEqualTo(200);
        var id = done.json().path("id").asString();
        assertThat(done.json().path("state").asString()).isEqualTo("completed");
        assertThat(done.json().path("skill").asString()).isEqualTo("get_repository_list");
        assertThat(done.json().at("/task/artifacts/0/parts/0/data").has("success")).isTrue();

        assertThat(server.get("/api/agent/tasks?state=completed&skill=get_repository_list&limit=1").json()
                .at("/items/0/id").asString()).isEqualTo(id);
        var events = server.get("/api/agent/tasks/" + id + "/events").json();
        assertThat(events.at("/items/0/event/message/role").asString()).isEqualTo("ROLE_USER");
        assertThat(events.path("items").valueStream().toList().getLast().at("/event/statusUpdate/status/state")
                .asString()).isEqualTo("TASK_STATE_COMPLETED");
        assertThat(server.get("/api/agent/tasks/" + id + "/events?after=" + events.path("next").asString()).json()
                .path("items")).isEmpty();
        assertThat(server.post("/api/agent/tasks/" + id + "/cancel", "{}").status()).isEqualTo(409);
        assertThat(server.post("/api/agent/tasks/" + id + "/answer", "{\"text\": \"x\"}").status()).isEqualTo(409);
    }

    @Test
    void eventsAreStreamedFromWhereTheClientWas() {
        var id = server.post("/api/skills/get_repository_list/tasks?wait=true", "{}").json().path("id").asString();
        var path = "/api/agent/tasks/" + id + "/events/stream";
        var whole = server.get(path).text();
        assertThat(whole).contains("TASK_STATE_COMPLETED").endsWith("\n\n");
        var ids = Pattern.compile("(?m)^id: (\\d+)$").matcher(whole).results()
                .map(found -> Long.parseLong(found.group(1)))
                .toList();
        assertThat(ids).isSorted().doesNotHaveDuplicates().hasSizeGreaterThan(1);
        assertThat(server.get(path + "?after=" + ids.getFirst()).text())
                .isEqualTo(whole.substring(whole.indexOf("\n\n") + 2));
        assertThat(server.get(path + "?after=" + ids.getLast()).text()).isEmpty();
        assertThat(server.get("/api/agent/tasks/00000000-0000-7000-8000-000000000000/events/stream").status())
                .isEqualTo(404);
        assertThat(server.get(path + "?after=4711").text()).contains("is no event of task");
    }

    @Test
    void wrongInputRejectsTheTaskAndSaysWhy() {
        var rejected = server.post("/api/skills/search_patterns/tasks?wait=true", "{}").json();
        assertThat(rejected.path("state").asString()).isEqualTo("rejected");
        assertThat(rejected.path("message").asString()).contains("/query");
        assertThat(server.post("/api/skills/no_such_skill/tasks", "{}").status()).isEqualTo(404);
        assertThat(server.get("/api/agent/tasks/nothing").status()).isEqualTo(400);
        assertThat(server.get("/api/agent/tasks/00000000-0000-7000-8000-000000000000").status()).isEqualTo(404);
        assertThat(server.get("/api/agent/tasks?state=happy").text()).contains("input-required");
        assertThat(server.get("/api/agent/tasks?limit=0").status()).isEqualTo(400);
        assertThat(server.get("/api/agent/contexts?cursor=x").status()).isEqualTo(400);
    }

    @Test
    void aRepeatedRequestGetsItsFirstTask() {
        var first = server.post("/api/skills/get_repository_list/tasks", "{}", "Idempotency-Key", "k1");
        assertThat(first.status()).isEqualTo(202);
        assertThat(first.header("Location")).isEqualTo("/api/agent/tasks/" + first.json().path("id").asString());
        var again = server.post("/api/skills/get_repository_list/tasks", "{}", "Idempotency-Key", "k1");
        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(server.post("/api/skills/get_repository_list/tasks", "{\"limit\": 3}", "Idempotency-Key", "k1")
                .status()).isEqualTo(400);
    }

    @Test
    void conversationsArePaged() {
        for (int i = 0; i < 3; i++) {
            server.post("/api/skills/get_repository_list/tasks?wait=true", "{}");
        }
        var seen = new HashSet<String>();
        var cursor = "";
        do {
            var page = server.get("/api/agent/contexts?limit=2" + (cursor.isEmpty() ? "" : "&cursor=" + cursor)).json();
            page.path("items").forEach(context -> {
                assertThat(seen.add(context.path("id").asString())).isTrue();
                assertThat(context.path("tasks").asInt()).isPositive();
            });
            cursor = page.path("next").asString("");
        } while (!cursor.isEmpty());
        assertThat(seen).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void skillsTellTheirSchemas() {
        var skills = server.get("/api/skills").json();
        assertThat(skills).hasSize(server.howdah().skills().all().size());
        assertThat(skills).allSatisfy(skill -> assertThat(skill.path("input_schema").isObject()).isTrue());
    }

    @Test
    void deliveriesAreSeenAndGivenUp() throws Exception {
        int closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (var kit = TestServer.start(Map.of("howdah.profile", "conformance"), true)) {
            var body = """
                {"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"message": {"messageId": "tck-complete-task-1",
                 "role": "ROLE_USER", "parts": [{"text": "hi"}]}, "configuration": {"taskPushNotificationConfig":
                 {"url": "http://127.0.0.1:%d/hook"}}}}
                """.formatted(
                    closed);
            var id = kit.post("/a2a", body, "A2A-Version", "1.0").json().at("/result/task/id").asString();
            var path = "/api/agent/tasks/" + id + "/deliveries";
            await().atMost(Duration.ofSeconds(30)).until(() -> kit.get(path).json().at("/items/0/last_error")
                    .isString());
            var delivery = kit.get(path + "?state=pending&limit=1").json().at("/items/0");
            assertThat(delivery.path("attempts").asInt()).isPositive();
            assertThat(kit.get("/api/agent/endpoints?owner=local").json().at("/items/0/endpoint").asString())
                    .isEqualTo("http://127.0.0.1:" + closed);
            assertThat(kit.get("/api/agent/endpoints").json().at("/items/0/pending").asInt()).isPositive();
            assertThat(kit.get("/api/agent/endpoints?owner=nobody").json().path("items")).isEmpty();
            assertThat(kit.get("/api/agent/deliveries?state=pending").json().at("/items/0/agent_task_id").asString())
                    .isEqualTo(id);
            assertThat(kit.get("/api/agent/deliveries?owner=nobody").json().path("items")).isEmpty();
            var one = path + "/" + delivery.path("id").asString();
            assertThat(kit.post(one + "/retry", "{}").status()).isEqualTo(409);
            assertThat(kit.post(one + "/discard", "{}").status()).isEqualTo(204);
            assertThat(kit.post(one + "/discard", "{}").status()).isEqualTo(409);
            assertThat(kit.get(path + "?state=discarded").json().path("items")).hasSize(1);
            assertThat(kit.get(path + "?state=gone").status()).isEqualTo(400);
        }
    }

    @Test
    void whereAKeyIsAskedForAndNoneIsConfiguredNobodyIsKnown() {
        try (var strict = TestServer.start(Map.of("howdah.server.require-auth", "true"), true)) {
            var guarded = strict.howdah().skills().all().stream().filter(skill -> skill.requiresAuth()).findFirst()
                    .orElseThrow().name();
            var open = strict.howdah().skills().all().stream().filter(skill -> !skill.requiresAuth()).findFirst()
                    .orElseThrow().name();
            assertThat(strict.post("/api/skills/" + guarded + "/tasks", "{}").status()).isEqualTo(401);
            assertThat(strict.post("/api/skills/" + open + "/tasks", "{}").status()).isEqualTo(202);
            var request = "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ListTasks\", \"params\": {}}";
            assertThat(strict.post("/a2a", request, "A2A-Version", "1.0").status()).isEqualTo(401);
            assertThat(strict.get("/a2a/rest/tasks", "A2A-Version", "1.0").status()).isEqualTo(401);
            assertThat(strict.get("/a2a/skills").status()).isEqualTo(200);
        }
    }
}
