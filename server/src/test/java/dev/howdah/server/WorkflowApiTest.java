package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Workflows over HTTP: the shapes that clients know, and everything that can be done to an execution. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkflowApiTest {
    private static final String REQUIREMENT = "Buyers can order books with title and price. Buyers can search books by title.";

    private final TestServer server = TestServer.start(Map.of("howdah.server.body-max", "100000"), true);

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void showsWorkflowsInTheFormsThatClientsKnow() {
        var list = server.get("/api/workflows").json();
        var linear = find(list, "workflow_id", "sdlc_linear");
        assertThat(linear.path("type").asString()).isEqualTo("linear");
        assertThat(linear.path("nodes").asInt()).isEqualTo(6);
        assertThat(linear.path("edges").asInt()).isEqualTo(5);
        assertThat(linear.path("created_at").isString()).isTrue();
        assertThat(find(list, "workflow_id", "sdlc_parallel").path("edges").asInt()).isEqualTo(6);

        var graph = server.get("/api/workflows/sdlc_linear").json();
        var node = graph.path("nodes").get(0);
        assertThat(node.path("id").asString()).isEqualTo("phase_requirement_analysis");
        assertThat(node.path("type").asString()).isEqualTo("phase");
        assertThat(node.path("position").path("x").isInt()).isTrue();
        assertThat(node.path("data").toString()).isEqualTo("{\"phase\":\"requirement_analysis\","
                + "\"label\":\"Requirement analysis\",\"status\":\"pending\",\"node_type\":\"phase\",\"condition\":null}");
        var edge = graph.path("edges").get(0);
        assertThat(edge.path("id").asString()).isEqualTo("phase_requirement_analysis-phase_design");
        assertThat(edge.path("type").asString()).isEqualTo("smoothstep");
        assertThat(server.get("/api/personas").json().get(0).path("id").isString()).isTrue();
        assertThat(server.get("/api/workflows?limit=1").header("link")).contains("rel=\"next\"", "after=");
        assertThat(server.get("/api/workflows/none").status()).isEqualTo(404);
        assertThat(server.get("/docs/openapi").text()).contains("/api/executions/{id}/fork");
    }

    @Test
    void runsAWorkflowUnderTheIdThatItAnswered() {
        var started = server.post("/api/workflows/sdlc_linear/execute",
                "{\"requirement\": \"" + REQUIREMENT + "\", \"initial_context\": {\"team\": \"blue\"}}");
        assertThat(started.status()).as(started.text()).isEqualTo(201);
        assertThat(started.json().propertyNames()).containsExactly("execution_id", "workflow_id", "status",
                "started_at");
        assertThat(started.json().path("status").asString()).isEqualTo("running");
        var id = started.json().path("execution_id").asString();
        var done = end(id);
        assertThat(done.path("status").asString()).as(done.toString()).isEqualTo("completed");
        assertThat(done.path("progress_percent").asDouble()).isEqualTo(100);
        assertThat(done.path("completed_nodes").asInt()).isEqualTo(6);
        assertThat(done.path("input").path("team").asString()).isEqualTo("blue");
        var node = done.path("node_states").get(0);
        assertThat(node.path("status").asString()).isEqualTo("completed");
        assertThat(node.path("attempt_count").asInt()).isEqualTo(1);
        assertThat(node.path("duration").isNumber()).isTrue();
        assertThat(node.path("outputs").isObject()).isTrue();

        var artifact = node.path("artifacts").get(0);
        var content = server.get(artifact.path("url").asString());
        assertThat(content.header("content-disposition")).startsWith("attachment; filename");
        assertThat(content.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(content.text()).isNotEmpty();
        assertThat(content.header("content-length")).isEqualTo(artifact.path("size_bytes").asString());
        assertThat(server.get("/api/executions/" + UUID.randomUUID() + "/artifacts/" + artifact.path("id").asString())
                .status()).as("of another execution").isEqualTo(404);
        assertThat(server.get("/api/executions?workflow=sdlc_linear&status=completed").json().path("items"))
                .isNotEmpty();
        assertThat(server.get("/api/executions/" + id + "/graph").json().path("nodes").get(0).path("data")
                .path("status").asString()).isEqualTo("completed");
        var svg = server.get("/api/executions/" + id + "/graph.svg");
        assertThat(svg.header("content-type")).startsWith("image/svg+xml");
        assertThat(svg.text()).contains("6 of 6 nodes completed");
        assertThat(post("/api/executions/" + id + "/retry", "").status()).isEqualTo(409);
        assertThat(post("/api/executions/" + id + "/retry",
                "{\"node_id\": \"phase_review\", \"with_dependants\": true}").status()).isEqualTo(200);
        assertThat(end(id).path("status").asString()).isEqualTo("completed");
    }

    @Test
    void keepsVersionsAndTellsEveryFault() {
        var yaml = "id: books\nname: Books\nnodes:\n  - {id: s, type: signal, config: {name: go}}\n";
        var applied = put("/api/workflows/books", "application/yaml", yaml);
        assertThat(applied.status()).as(applied.text()).isEqualTo(200);
        assertThat(applied.json().path("version").asInt()).isEqualTo(1);
        assertThat(put("/api/workflows/books", "application/yaml", yaml).json().path("version").asInt()).isEqualTo(1);
        var json = "{\"name\": \"Books\", \"nodes\": [{\"id\": \"w\", \"type\": \"wait\", \"config\": {\"duration\": \"1s\"}}]}";
        assertThat(put("/api/workflows/books", "application/json", json).json().path("version").asInt()).isEqualTo(2);
        assertThat(
                put("/api/workflows/books", "application/yaml", "{id: books, name: Flow, nodes: [{id: w, type: wait, "
                        + "config: {duration: 1s}}]}").json().path("version").asInt())
                .isEqualTo(3);
        assertThat(server.get("/api/workflows/books/versions").json().path("items")).hasSize(3);
        var definition = server.get("/api/workflows/books/versions/1").json().path("definition");
        assertThat(definition.path("nodes").get(0).path("type").asString()).isEqualTo("signal");
        assertThat(
                put("/api/workflows/books", "application/json", definition.toString()).json().path("version").asInt())
                .as("what it shows can be applied").isEqualTo(4);
        assertThat(server.get("/api/workflows/books?version=2").json().path("nodes").get(0).path("id").asString())
                .isEqualTo("w");
        assertThat(server.get("/api/workflows/books/versions/9").status()).isEqualTo(404);

        var wrong = "{\"id\": \"wrong\", \"nodes\": [{\"id\": \"a\", \"type\": \"task\", \"executor\": \"nobody\"}, {\"id\": \"b\", "
                + "\"type\": \"wait\", \"config\": {\"duration\": \"soon\"}, \"dependencies\": [\"c\"]}]}";
        var refused = put("/api/workflows/wrong", "application/json", wrong);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("code").asString()).isEqualTo("workflow-invalid");
        assertThat(refused.json().path("errors")).hasSizeGreaterThanOrEqualTo(3);
        var checked = post("/api/workflows/validate", wrong).json();
        assertThat(checked.path("valid").asBoolean()).isFalse();
        assertThat(checked.path("errors")).hasSize(refused.json().path("errors").size());
        var right = post("/api/workflows/validate", definition.toString()).json();
        assertThat(right.path("valid").asBoolean()).isTrue();
        assertThat(right.path("definition")).isEqualTo(definition);
        assertThat(server.get("/api/workflows/wrong").status()).isEqualTo(404);
        var unknown = "{\"nodes\": [{\"id\": \"a\", \"type\": \"task\", \"executor\": \"nobody\"}]}";
        assertThat(put("/api/workflows/later", "application/json", unknown).status()).isEqualTo(400);
        assertThat(put("/api/workflows/later?unknown_tasks=allow", "application/json", unknown).status())
                .isEqualTo(200);
        assertThat(put("/api/workflows/other", "application/yaml", yaml).json().path("errors").get(0).path("pointer")
                .asString()).isEqualTo("id");
        assertThat(put("/api/workflows/big", "application/yaml", "#".repeat((5 << 20) + 1)).json().path("detail")
                .asString()).contains("5242880");
        assertThat(put("/api/workflows/big", "application/yaml", "#".repeat((10 << 20) + 1)).status()).isEqualTo(413);
    }

    @Test
    void makesWorkflowsFromTheBuiltInPhasesOrFromTheCallersOwn() {
        var made = post("/api/workflows", "{\"name\": \"My shop\", \"type\": \"parallel\", \"description\": \"d\"}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().path("workflow_id").asString()).isEqualTo("my-shop");
        assertThat(made.json().path("edges").asInt()).isEqualTo(6);
        assertThat(post("/api/workflows", "{\"name\": \"My shop\", \"type\": \"linear\"}").status()).isEqualTo(409);

        var own = post("/api/workflow/execute", """
            {"name": "Drawn", "nodes": [
               {"id": "one", "type": "phase", "position": {"x": 1, "y": 2},
                "data": {"phase": "requirement_analysis", "label": "One", "phase_config": {"depth": 1}}},
               {"id": "two", "type": "phase", "position": {"x": 1, "y": 2},
                "data": {"phase": "design", "label": "Two", "phase_config": {"earlier": ["${outputs.one}"]}}}],
             "edges": [{"id": "e", "source": "one", "target": "two", "type": "smoothstep"}],
             "requirement": "%s"}""".formatted(REQUIREMENT));
        assertThat(own.status()).as(own.text()).isEqualTo(201);
        assertThat(own.json().path("workflow_id").asString()).isEqualTo("drawn");
        assertThat(end(own.json().path("execution_id").asString()).path("status").asString()).isEqualTo("completed");
    }

    @Test
    void carriesOutAStartWithAnIdempotencyKeyOnce() {
        waiting("once");
        var first = server.post("/api/workflows/once/execute", "{\"requirement\": \"x\"}", "Idempotency-Key", "w-1");
        var second = server.post("/api/workflows/once/execute", "{\"requirement\": \"x\"}", "Idempotency-Key", "w-1");
        assertThat(first.json().path("execution_id")).isEqualTo(second.json().path("execution_id"));
        assertThat(server.post("/api/workflows/once/execute", "{\"requirement\": \"y\"}", "Idempotency-Key", "w-1")
                .status()).isEqualTo(409);
        var keyed = post("/api/workflows/once/execute", "{\"key\": \"k\"}").json().path("execution_id");
        assertThat(post("/api/workflows/once/execute", "{\"key\": \"k\"}").json().path("execution_id"))
                .isEqualTo(keyed);
    }

    @Test
    void controlsExecutions() {
        put("/api/workflows/steered", "application/yaml", """
            id: steered
            nodes:
              - {id: s, type: signal, config: {name: go}}
              - {id: c, type: condition, dependencies: [s], config: {expression: "outputs.s.n > 1"}}
              - {id: again, type: signal, dependencies: [c], config: {name: again}}
            """);
        var id = start("steered", "{}");
        var path = "/api/executions/" + id;
        assertThat(post(path + "/pause", "").json().path("status").asString()).isEqualTo("paused");
        assertThat(post(path + "/pause", "").status()).isEqualTo(409);
        assertThat(post(path + "/resume", "").json().path("status").asString()).isEqualTo("running");
        assertThat(post(path + "/signals/go", "{\"n\": \"text\"}").status()).isEqualTo(200);
        assertThat(end(id).path("status").asString()).as("the condition cannot be evaluated").isEqualTo("failed");
        assertThat(server.get(path).json().path("error_node_id").asString()).isEqualTo("c");
        assertThat(post(path + "/signals/go", "{}").status()).isEqualTo(409);
        assertThat(post(path + "/skip", "{\"node_id\": \"c\", \"reason\": \"never mind\"}").status()).isEqualTo(200);
        awaitNode(id, "again", "waiting");
        assertThat(keyed(path + "/signals/again", "{}", "s-1").status()).isEqualTo(200);
        assertThat(end(id).path("status").asString()).isEqualTo("completed");
        assertThat(keyed(path + "/signals/again", "{}", "s-1").status()).as("sent again").isEqualTo(200);
        assertThat(keyed(path + "/signals/again", "{\"n\": 1}", "s-1").status()).isEqualTo(409);

        var forked = keyed(path + "/fork", "{\"node_id\": \"c\", \"input\": {\"other\": 1}}", "f-1");
        assertThat(forked.status()).as(forked.text()).isEqualTo(201);
        assertThat(keyed(path + "/fork", "{\"node_id\": \"c\", \"input\": {\"other\": 1}}", "f-1").json()
                .path("execution_id")).isEqualTo(forked.json().path("execution_id"));
        var fork = forked.json().path("execution_id").asString();
        assertThat(server.get("/api/executions/" + fork).json().path("forked_from").asString()).isEqualTo(id);
        end(fork);
        assertThat(post("/api/executions/" + fork + "/nodes/s/reexecute?cascade=true", "").status()).isEqualTo(200);
        assertThat(post("/api/executions/" + fork + "/cancel", "{\"reason\": \"enough\"}").json().path("status")
                .asString()).isEqualTo("cancelled");
        assertThat(server.get("/api/executions/" + fork + "/events?limit=1000").text()).contains("enough");
        assertThat(post("/api/executions/" + fork + "/cancel", "").status()).isEqualTo(409);
    }

    @Test
    void asksPeopleAndTakesTheirAnswerOnce() {
        put("/api/workflows/asked", "application/yaml", """
            id: asked
            nodes:
              - {id: r, type: human_review, config: {prompt: "May ${input.what} go?", due: 1h}}
            """);
        var first = start("asked", "{\"what\": \"this\"}");
        var second = start("asked", "{\"what\": \"that\"}");
        awaitNode(first, "r", "waiting");
        awaitNode(second, "r", "waiting");
        var page = server.get("/api/reviews?limit=1").json();
        assertThat(page.path("items").get(0).path("prompt").asString()).isEqualTo("May this go?");
        assertThat(page.path("items").get(0).path("due_at").isString()).isTrue();
        assertThat(server.get("/api/reviews?cursor=" + page.path("next").asString()).json().path("items").get(0)
                .path("execution_id").asString()).isEqualTo(second);
        var review = "/api/executions/" + first + "/nodes/r/review";
        assertThat(post(review, "{\"by\": \"ada\"}").json().path("errors").get(0).path("pointer").asString())
                .isEqualTo("approved");
        assertThat(post(review, "{\"approved\": true, \"by\": \"ada\", \"comment\": \"fine\"}").status())
                .isEqualTo(200);
        assertThat(post(review, "{\"approved\": true, \"by\": \"ada\"}").status()).isEqualTo(409);
        assertThat(end(first).path("output").path("r").path("by").asString()).isEqualTo("ada");
        post("/api/executions/" + second + "/nodes/r/review", "{\"approved\": false, \"by\": \"bob\"}");
        assertThat(end(second).path("status").asString()).isEqualTo("failed");
    }

    @Test
    void showsTheItemsOfAMapByPages() {
        put("/api/workflows/mapped", "application/yaml", """
            id: mapped
            nodes:
              - {id: m, type: map, config: {items: "input.list", concurrency: 5,
                  node: {type: condition, config: {expression: "item > 2"}}}}
            """);
        var id = start("mapped", "{\"list\": [1, 2, 3, 4, 5]}");
        assertThat(end(id).path("status").asString()).isEqualTo("completed");
        var path = "/api/executions/" + id + "/nodes/m/children";
        var page = server.get(path + "?limit=3").json();
        assertThat(page.path("items")).hasSize(3);
        assertThat(page.path("items").get(2).path("outputs").path("result").asBoolean()).isTrue();
        assertThat(server.get(path + "?limit=3&from=" + page.path("next").asInt()).json().path("items")).hasSize(2);
        assertThat(server.get(path + "?limit=0").status()).isEqualTo(400);
        assertThat(server.get("/api/executions/" + id + "/nodes/m").json().path("node_type").asString())
                .isEqualTo("map");
    }

    @Test
    void takesArtifactsOfAnySizeFromOutside() {
        waiting("uploads");
        var id = start("uploads", "{}");
        var large = "0123456789".repeat(50_000); // more than other bodies may have here
        var made = server
                .send(server.request("/api/executions/" + id + "/artifacts?name=r%C3%A9sum%C3%A9.txt&type=report")
                        .header("Content-Type", "text/plain").POST(HttpRequest.BodyPublishers.ofString(large)));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().path("size_bytes").asLong()).isEqualTo(500_000);
        assertThat(server.get(made.json().path("url").asString()).text()).isEqualTo(large);
        assertThat(server.get("/api/executions/" + id + "/artifacts").json().path("items").get(0).path("name")
                .asString()).isEqualTo("résumé.txt");
        assertThat(server.send(server.request("/api/executions/" + id + "/artifacts?name=a").header("Content-Type",
                "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString("a=b"))).status())
                .isEqualTo(400);
    }

    @Test
    void anUploadThatIsSentAgainIsStoredOnce() {
        waiting("again");
        var id = start("again", "{}");
        var first = upload(id, "report");
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        assertThat(upload(id, "report").json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(upload(id, "other").status()).isEqualTo(409);
        assertThat(server.get("/api/executions/" + id + "/artifacts").json().path("items")).hasSize(1);
    }

    private TestServer.Answer upload(String execution, String content) {
        return server.send(server.request("/api/executions/" + execution + "/artifacts?name=r", "Idempotency-Key",
                "upload-" + execution).POST(HttpRequest.BodyPublishers.ofString(content)));
    }

    @Test
    void actsOnManyAtOnce() {
        waiting("many");
        for (int i = 0; i < 3; i++) {
            start("many", "{}");
        }
        assertThat(bulk("{\"action\": \"cancel\", \"filter\": {\"workflow\": \"many\"}, \"dry_run\": true}"))
                .isEqualTo(3);
        assertThat(bulk("{\"action\": \"pause\", \"filter\": {\"workflow\": \"many\"}, \"limit\": 2}")).isEqualTo(2);
        assertThat(bulk("{\"action\": \"resume\", \"filter\": {\"workflow\": \"many\"}}")).isEqualTo(2);
        assertThat(bulk("{\"action\": \"cancel\", \"filter\": {\"workflow\": \"many\", \"status\": \"running\"}}"))
                .isEqualTo(3);
        assertThat(bulk("{\"action\": \"cancel\", \"filter\": {\"workflow\": \"many\"}}")).isZero();
        assertThat(bulk("{\"action\": \"retry\", \"filter\": {\"workflow\": \"many\"}, \"limit\": 1}")).isEqualTo(1);
    }

    @Test
    void startsExecutionsByTheClock() {
        waiting("clocked");
        var path = "/api/workflows/clocked/schedules/often";
        var put = put(path, "application/json", """
            {"every": "1s", "overlap": "skip", "catch_up": "skip", "input": {"kind": "nightly"}}""");
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(put.json().path("upcoming")).hasSize(5);
        await().atMost(Duration.ofSeconds(60)).until(() -> !scheduled("clocked.often").isEmpty());
        assertThat(post(path + "/pause", "").json().path("paused_at").isString()).isTrue();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> server.get("/api/tasks?type=workflow.start&state=queued,started")
                        .json().path("items").isEmpty());
        assertThat(scheduled("clocked.often")).as("one runs, so the others were skipped").hasSize(1);
        var first = scheduled("clocked.often").get(0).path("execution_id").asString();
        var input = server.get("/api/executions/" + first).json().path("input");
        assertThat(input.path("kind").asString()).isEqualTo("nightly");
        assertThat(input.path("scheduled_at").isString()).isTrue();

        put(path, "application/json", "{\"every\": \"1s\", \"overlap\": \"cancel_previous\"}");
        assertThat(post("/api/schedules/clocked.often/trigger", "").status()).isEqualTo(201);
        await().atMost(Duration.ofSeconds(60)).until(() -> scheduled("clocked.often").size() == 2);
        assertThat(server.get("/api/executions/" + first).json().path("status").asString()).isEqualTo("cancelled");

        put(path, "application/json", "{\"every\": \"1s\", \"overlap\": \"queue\"}");
        assertThat(post("/api/schedules/clocked.often/trigger", "").status()).isEqualTo(201);
        var second = scheduled("clocked.often").get(0).path("execution_id").asString();
        post("/api/executions/" + second + "/signals/s", "");
        await().atMost(Duration.ofSeconds(60)).until(() -> scheduled("clocked.often").size() == 3);
        assertThat(server.get("/api/executions/" + second).json().path("status").asString()).isEqualTo("completed");
        assertThat(server.send(server.request(path).DELETE()).status()).isEqualTo(204);
        assertThat(server.get(path).status()).isEqualTo(404);
    }

    @Test
    void makesUpForARangeOnceHoweverOftenItIsAsked() {
        waiting("daily");
        var path = "/api/workflows/daily/schedules/two";
        put(path, "application/json", "{\"cron\": \"0 2 * * *\", \"zone\": \"Europe/Berlin\"}");
        var range = "{\"from\": \"2026-03-27T00:00:00Z\", \"to\": \"2026-03-31T23:00:00Z\", \"limit\": %d}";
        var part = post(path + "/backfill", range.formatted(2)).json();
        assertThat(part.path("execution_ids")).hasSize(2);
        assertThat(part.path("next").asString()).as("two o'clock does not exist that night")
                .isEqualTo("2026-03-29T01:00:00Z");
        post("/api/executions/" + part.path("execution_ids").get(0).asString() + "/cancel", "");
        var all = post(path + "/backfill", range.formatted(100)).json();
        assertThat(all.path("execution_ids")).hasSize(3);
        assertThat(all.path("existing").asInt()).as("the cancelled one counts").isEqualTo(2);
        assertThat(post(path + "/backfill", range.formatted(100)).json().path("execution_ids")).isEmpty();
        assertThat(scheduled("daily.two")).hasSize(5);
        assertThat(server.get("/api/workflows/daily/schedules").json().path("items")).hasSize(1);
        assertThat(post(path + "/backfill", "{}").status()).isEqualTo(400);
        assertThat(put(path, "application/json", "{\"every\": \"1h\", \"overlap\": \"fight\"}").status())
                .isEqualTo(400);
        assertThat(put("/api/workflows/none/schedules/a", "application/json", "{\"every\": \"1h\"}").status())
                .isEqualTo(404);
    }

    private JsonNode scheduled(String schedule) {
        return server.get("/api/executions?schedule=" + schedule).json().path("items");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
        /api/workflows/sdlc_linear/execute | {"requirement": ""}                   | requirement
        /api/workflows/sdlc_linear/execute | {"initial_context": [1]}              | input
        /api/workflows/sdlc_linear/execute | {"requirment": "x"}                   | requirment
        /api/workflows                     | {"type": "linear"}                    | name
        /api/workflows                     | {"name": "x", "type": "custom"}       | type
        /api/workflow/execute              | {"nodes": []}                         | nodes
        /api/executions/bulk               | {"action": "explode"}                 | action
        /api/executions/bulk               | {"action": "retry", "limit": 0}       | limit
        /api/executions/bulk               | {"action": "retry", "filter": {"status": "done"}} | status
        /api/executions/x/cancel           | {}                                    | id
        /api/executions/01234567-89ab-7def-8123-456789abcdef/fork | {}             | node_id
        """)
    void refusesWrongInputAndNamesTheField(String path, String body, String field) {
        var answer = server.post(path, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().path("errors").get(0).path("pointer").asString()).contains(field);
        assertThat(answer.json().path("errors").get(0).path("remedy").asString()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /api/workflows/none/execute
        /api/executions/01234567-89ab-7def-8123-456789abcdef/cancel
        /api/executions/01234567-89ab-7def-8123-456789abcdef/retry
        /api/executions/01234567-89ab-7def-8123-456789abcdef/signals/go
        """)
    void doesNotKnowWhatIsNotThere(String path) {
        assertThat(server.post(path, "{}").status()).isEqualTo(404);
    }

    private void waiting(String id) {
        assertThat(put("/api/workflows/" + id, "application/yaml", "id: " + id
                + "\nnodes:\n  - {id: s, type: signal, config: {name: s}}\n").status()).isEqualTo(200);
    }

    private String start(String workflow, String input) {
        var started = post("/api/workflows/" + workflow + "/execute", "{\"initial_context\": " + input + "}");
        assertThat(started.status()).as(started.text()).isEqualTo(201);
        return started.json().path("execution_id").asString();
    }

    private TestServer.Answer post(String path, String json) {
        return server.post(path, json);
    }

    private TestServer.Answer keyed(String path, String json, String key) {
        return server.post(path, json, "Idempotency-Key", key);
    }

    private TestServer.Answer put(String path, String type, String text) {
        return server.send(server.request(path).header("Content-Type", type)
                .PUT(HttpRequest.BodyPublishers.ofString(text)));
    }

    private int bulk(String json) {
        return server.post("/api/executions/bulk", json).json().path("count").asInt(-1);
    }

    private JsonNode end(String id) {
        await().atMost(Duration.ofSeconds(60)).until(() -> server.get("/api/executions/" + id).json()
                .path("completed_at").isString());
        return server.get("/api/executions/" + id).json();
    }

    private void awaitNode(String id, String node, String status) {
        await().atMost(Duration.ofSeconds(60)).until(() -> server.get("/api/executions/" + id + "/nodes/" + node)
                .json().path("status").asString("").equals(status));
    }

    private static JsonNode find(JsonNode list, String field, String value) {
        return list.valueStream().filter(item -> item.path(field).asString("").equals(value)).findFirst().orElseThrow();
    }
}
