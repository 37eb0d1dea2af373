package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Tasks, queues and schedules over HTTP, as a client in another language uses them. */
class QueueApiTest {
    private final TestServer server = TestServer.start(Map.of(), false);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void takesEverythingThatATaskCanBeTold() {
        var parent = server.post("/api/tasks", "{\"type\": \"free\", \"queue\": \"told\"}").json().path("id")
                .asString();
        var child = server.post("/api/tasks", "{\"type\": \"free\", \"queue\": \"told\", \"partition\": \"acme\", "
                + "\"depends_on\": [\"" + parent + "\"], \"depends_on_outcome\": \"any\", \"result_ttl\": \"1h\", "
                + "\"unique_arguments\": true, \"unique_for\": \"1d\", \"on_conflict\": \"replace\"}").json().path("id")
                .asString();
        var detail = server.get("/api/tasks/" + child).json();
        assertThat(detail.path("partition").asString()).isEqualTo("acme");
        assertThat(detail.path("waits_for").asInt()).isEqualTo(1);
        assertThat(detail.path("key").asString()).startsWith("free:");
        assertThat(server.get("/api/tasks?partition=acme").json().path("items")).hasSize(1);
        server.post("/api/tasks/" + parent + "/cancel", "");
        assertThat(server.get("/api/tasks/" + child).json().path("waits_for").asInt()).isZero();

        assertThat(server.post("/api/tasks", "{\"type\": \"free\", \"on_conflict\": \"fight\"}").status())
                .isEqualTo(400);
        assertThat(server.post("/api/tasks", "{\"type\": \"free\", \"depends_on\": "
                + "[\"00000000-0000-0000-0000-000000000001\"]}").status()).isEqualTo(404);
        assertThat(server.post("/api/queues/told/drain", "").json().path("draining_at").isNull()).isFalse();
        assertThat(server.post("/api/tasks", "{\"type\": \"free\", \"queue\": \"told\"}").status()).isEqualTo(409);
        assertThat(server.get("/api/statistics/minutes?minutes=5").json().path("items").isArray()).isTrue();
        assertThat(server.get("/api/statistics/minutes?minutes=0").status()).isEqualTo(400);
    }

    @Test
    void carriesOutARequestWithAnIdempotencyKeyOnce() {
        var body = "{\"type\": \"once\", \"payload\": {\"n\": 1}}";
        var first = sendWithKey("/api/tasks", "order-1", body);
        assertThat(first.status()).isEqualTo(201);
        assertThat(sendWithKey("/api/tasks", "order-1", body).json()).isEqualTo(first.json());
        assertThat(server.get("/api/tasks?type=once").json().path("items")).hasSize(1);
        var other = sendWithKey("/api/tasks", "order-1", "{\"type\": \"once\", \"payload\": {\"n\": 2}}");
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.json().path("code").asString()).isEqualTo("idempotency-key-reused");
        assertThat(sendWithKey("/api/tasks", "order-2", "{\"type\": \"Not a type\"}").status()).isEqualTo(400);
        assertThat(sendWithKey("/api/tasks", "order-2", body).status()).as("what failed did not take the key")
                .isEqualTo(201);
        var batch = "{\"tasks\": [" + body + ", " + body + "]}";
        assertThat(sendWithKey("/api/tasks/batch", "order-3", batch).json())
                .isEqualTo(sendWithKey("/api/tasks/batch", "order-3", batch).json());
        assertThat(server.get("/api/tasks?type=once").json().path("items")).hasSize(4);
        assertThat(sendWithKey("/api/tasks", "k".repeat(256), body).status()).isEqualTo(400);
    }

    private TestServer.Answer sendWithKey(String path, String key, String body) {
        return server.send(server.request(path).header("Content-Type", "application/json")
                .header("Idempotency-Key", key).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void showsWorkersWithWhatTheyRunAndWhatTasksTakeOnDisk() {
        enqueue("{\"type\": \"resize\"}");
        claim("{\"worker\": \"python-1\", \"types\": [\"resize\"]}");
        var worker = server.get("/api/workers").json().path("items").get(0);
        assertThat(worker.path("id").asString()).isEqualTo("python-1");
        assertThat(worker.path("running").asInt()).isEqualTo(1);
        assertThat(worker.path("tasks").get(0).path("type").asString()).isEqualTo("resize");
        var storage = server.get("/api/statistics/storage").json();
        assertThat(storage.path("index_bytes").asLong()).isPositive();
        assertThat(storage.path("oldest_snapshot_ms").asLong()).isNotNegative();
        assertThat(server.get("/metrics").text()).contains("howdah_queue_rows_dead", "howdah_queue_snapshot_age");
    }

    @Test
    void runsATaskInAnotherLanguageFromEnqueueToResult() {
        var id = enqueue("""
            {"type": "resize", "payload": {"image": 7}, "priority": 5, "max_attempts": 2, "timeout": "5m"}""");
        var claimed = claim("""
            {"worker": "python-1", "types": ["resize"], "lease": "30s"}""").get(0);
        assertThat(claimed.path("id").asString()).isEqualTo(id);
        assertThat(claimed.path("payload").path("image").asInt()).isEqualTo(7);
        assertThat(claimed.path("attempt").asInt()).isEqualTo(1);
        assertThat(claimed.path("timeout_ms").asLong()).isEqualTo(300_000);
        assertThat(server.post("/api/tasks/" + id + "/heartbeat", "{\"attempt\": 1}").status()).isEqualTo(200);
        assertThat(server.post("/api/tasks/" + id + "/report", """
            {"attempt": 1, "percent": 0, "message": "begun", "lines": ["one", "nul \\u0000"]}""").status())
                .isEqualTo(200);
        assertThat(task(id).path("progress").path("message").asString()).isEqualTo("begun");
        var log = server.get("/api/tasks/" + id + "/log?limit=1").json();
        assertThat(log.path("items").get(0).path("text").asString()).isEqualTo("one");
        assertThat(server.get("/api/tasks/" + id + "/log?after=" + log.path("next").asLong()).json().path("items"))
                .hasSize(1);
        assertThat(server.post("/api/tasks/" + id + "/complete", """
            {"attempt": 1, "snooze": "0s"}""").status()).isEqualTo(200);

        assertThat(claim("""
            {"worker": "python-1", "types": ["resize"]}""").get(0).path("attempt").asInt()).isEqualTo(2);
        var late = server.post("/api/tasks/" + id + "/complete", """
            {"attempt": 1, "result": {"late": true}}""");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.json().path("code").asString()).isEqualTo("claim-lost");
        assertThat(server.post("/api/tasks/" + id + "/heartbeat", "{\"attempt\": 1}").status()).isEqualTo(409);
        assertThat(server.post("/api/tasks/" + id + "/complete", """
            {"attempt": 2, "result": {"width": 100}}""").status()).isEqualTo(200);
        assertThat(task(id).path("state").asString()).isEqualTo("finished");
        assertThat(task(id).path("result").path("width").asInt()).isEqualTo(100);
    }

    @Test
    void endsWithAnErrorForGoodIfToldSo() {
        var id = enqueue("{\"type\": \"resize\"}");
        claim("{\"worker\": \"w\", \"types\": [\"resize\"]}");
        server.post("/api/tasks/" + id + "/complete", """
            {"attempt": 1, "error": "no such image", "retryable": false}""");
        assertThat(task(id).path("state").asString()).isEqualTo("failed");
        assertThat(task(id).path("error").asString()).isEqualTo("no such image");
    }

    @Test
    void waitsForATaskToCome() throws Exception {
        var waiting = CompletableFuture.supplyAsync(() -> claim("""
            {"worker": "w", "types": ["resize"], "wait": "20s"}"""));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> server.howdah().database().metrics().total().statements() > 0);
        var id = enqueue("{\"type\": \"resize\"}");
        assertThat(waiting.get(15, TimeUnit.SECONDS).get(0).path("id").asString()).isEqualTo(id);
        assertThat(claim("{\"worker\": \"w\", \"types\": [\"resize\"], \"wait\": \"10ms\"}")).isEmpty();
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
        /api/tasks         | {"payload": {}}                                     | type
        /api/tasks         | {"type": "Resize It"}                               | type
        /api/tasks         | {"type": "a", "prioritty": 3}                       | prioritty
        /api/tasks         | {"type": "a", "priority": "high"}                   | priority
        /api/tasks         | {"type": "a", "delay": "soon"}                      | delay
        /api/tasks         | {"type": "a", "delay": "1s", "run_at": "2026-01-01T00:00:00Z"} | run_at
        /api/tasks         | {"type": "a", "timeout": "0s"}                      | timeout
        /api/tasks/batch   | {"tasks": []}                                       | tasks
        /api/tasks/claim   | {"types": ["a"]}                                    | worker
        /api/tasks/claim   | {"worker": "w", "types": ["a"], "limit": 1000}      | limit
        /api/tasks/claim   | {"worker": "w", "types": ["a"], "wait": "5m"}       | wait
        /api/tasks/bulk    | {"action": "explode"}                               | action
        /api/tasks/01234567-89ab-7def-8123-456789abcdef/report | {"attempt": 1, "percent": 101} | percent
        /api/tasks/01234567-89ab-7def-8123-456789abcdef/complete | {"attempt": 1, "snooze": "99999d"} | snooze
        /api/tasks/x/complete | {"attempt": 1}                                   | id
        /api/tasks/01234567-89ab-7def-8123-456789abcdef/complete | {}            | attempt
        """)
    void refusesWrongInputAndNamesTheField(String path, String body, String field) {
        var answer = server.post(path, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().path("errors").get(0).path("pointer").asString()).contains(field);
        assertThat(answer.json().path("errors").get(0).path("remedy").asString()).isNotEmpty();
    }

    @Test
    void enqueuesManyAndActsOnThemInBulk() {
        assertThat(server.post("/api/tasks/batch", """
            {"tasks": [{"type": "a"}, {"type": "a", "queue": "slow"}, {"type": "b"}]}""").json().path("ids"))
                .hasSize(3);
        assertThat(bulk("{\"action\": \"cancel\", \"type\": \"a\", \"dry_run\": true}")).isEqualTo(2);
        assertThat(bulk("{\"action\": \"cancel\", \"type\": \"a\", \"queue\": \"slow\"}")).isEqualTo(1);
        assertThat(bulk("{\"action\": \"retry\", \"state\": \"cancelled\"}")).isEqualTo(1);
        assertThat(bulk("{\"action\": \"cancel\"}")).isEqualTo(3);
        assertThat(bulk("{\"action\": \"discard\"}")).isEqualTo(3);
        assertThat(server.get("/api/tasks").json().path("items")).isEmpty();
    }

    @Test
    void looksIntoTasksAndActsOnThoseThatAreNamed() {
        enqueue("{\"type\": \"look\", \"payload\": {\"customer\": 7, \"city\": \"Linz\"}}");
        var id = enqueue("{\"type\": \"look\", \"payload\": {\"customer\": 8, \"city\": \"Graz\"}}");
        var found = server.get("/api/tasks?type=look&payload=%7B%22customer%22:8%7D&text=graz").json();
        assertThat(found.path("items")).hasSize(1);
        assertThat(found.path("items").get(0).path("id").asString()).isEqualTo(id);
        assertThat(found.path("looked_at").asInt()).isEqualTo(2);
        assertThat(server.get("/api/tasks?type=look").json().path("looked_at").isNull()).isTrue();
        var wrong = server.get("/api/tasks?payload=7");
        assertThat(wrong.status()).as(wrong.text()).isEqualTo(400);
        assertThat(server.get("/api/tasks?payload=%7B").status()).isEqualTo(400);

        assertThat(bulk("{\"action\": \"cancel\", \"ids\": [\"" + id + "\"], \"dry_run\": true}")).isOne();
        assertThat(bulk("{\"action\": \"cancel\", \"ids\": [\"" + id + "\"]}")).isOne();
        assertThat(task(id).path("state").asString()).isEqualTo("cancelled");
        assertThat(server.post("/api/tasks/bulk", "{\"action\": \"cancel\", \"ids\": []}").status()).isEqualTo(400);
        var runs = server.get("/api/statistics").json();
        assertThat(runs.has("wait_ms")).isTrue();
        assertThat(bulk("{\"action\": \"cancel\", \"type\": \"look\"}")).isOne();
    }

    @Test
    void pausesAndLimitsQueues() {
        enqueue("{\"type\": \"a\", \"queue\": \"mail\"}");
        assertThat(server.post("/api/queues/mail/pause", "").json().path("paused_at").isString()).isTrue();
        assertThat(claim("{\"worker\": \"w\", \"types\": [\"a\"]}")).isEmpty();
        assertThat(server.post("/api/queues/mail/resume", "").json().path("paused_at").isNull()).isTrue();
        var limited = server.send(server.request("/api/queues/mail").header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"concurrency\": 1, \"rate\": 5}")));
        assertThat(limited.json().path("burst").asInt()).isEqualTo(5);
        enqueue("{\"type\": \"a\", \"queue\": \"mail\"}");
        assertThat(claim("{\"worker\": \"w\", \"types\": [\"a\"], \"limit\": 10}")).hasSize(1);
        assertThat(server.get("/api/queues").json().path("items").get(0).path("started").asInt()).isEqualTo(1);
        assertThat(server.get("/api/queues/none").status()).isEqualTo(404);
    }

    @Test
    void keepsSchedules() {
        var put = schedule("nightly", """
            {"cron": "30 2 * * *", "zone": "Europe/Berlin", "task": {"type": "report", "queue": "reports"}}""");
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(put.json().path("upcoming")).hasSize(5);
        assertThat(server.post("/api/schedules/nightly/trigger", "").status()).isEqualTo(201);
        assertThat(server.post("/api/schedules/nightly/pause", "").json().path("paused_at").isString()).isTrue();
        assertThat(server.get("/api/schedules").json().path("items").valueStream()
                .map(entry -> entry.path("name").asString(""))).contains("nightly");
        assertThat(server.send(server.request("/api/schedules/nightly").DELETE()).status()).isEqualTo(204);
        assertThat(server.get("/api/schedules/nightly").status()).isEqualTo(404);
        for (var wrong : new String[]{"{\"cron\": \"0 0 30 2 *\", \"task\": {\"type\": \"a\"}}",
                "{\"cron\": \"* * * * *\", \"zone\": \"Mars\", \"task\": {\"type\": \"a\"}}",
                "{\"task\": {\"type\": \"a\"}}", "{\"every\": \"1m\"}",
                "{\"every\": \"1m\", \"catch_up\": \"some\", \"task\": {\"type\": \"a\"}}"}) {
            assertThat(schedule("wrong", wrong).status()).as(wrong).isEqualTo(400);
        }
    }

    private TestServer.Answer schedule(String name, String json) {
        return server.send(server.request("/api/schedules/" + name).header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json)));
    }

    private String enqueue(String json) {
        var answer = server.post("/api/tasks", json);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("id").asString();
    }

    private JsonNode claim(String json) {
        var answer = server.post("/api/tasks/claim", json);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().path("tasks");
    }

    private JsonNode task(String id) {
        return server.get("/api/tasks/" + id).json();
    }

    private int bulk(String json) {
        return server.post("/api/tasks/bulk", json).json().path("count").asInt();
    }
}
