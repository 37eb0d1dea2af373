package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelCardsApiTest {
    private final TestServer server = TestServer.start(Map.of(), false);

    @AfterAll
    void stop() {
        server.close();
    }

    private TestServer.Answer post(String path, String body, String... headers) {
        return server.post(path, body.replace('\'', '"'), headers);
    }

    private TestServer.Answer put(String path, String body, String... headers) {
        return server.send(server.request(path, headers).header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
    }

    private TestServer.Answer delete(String path, String... headers) {
        return server.send(server.request(path, headers).DELETE());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a2a", "/v1/a2a"})
    void aCardLivesThroughItsVersions(String root) {
        var cards = root + "/model-cards";
        var workspace = root.substring(1).replace('/', '-');
        var made = post(cards, "{'workspaceId': '" + workspace + "', 'userId': 'u1', 'name': 'Tiny', 'slug': 'tiny', "
                + "'description': 'Small.', 'card': {'schemaVersion': '1', 'capabilities': ['chat']}}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.header("ETag")).isEqualTo("\"1\"");
        assertThat(made.json().path("workspaceId").asString()).isEqualTo(workspace);
        assertThat(made.json().path("createdAt").isString()).isTrue();
        var card = cards + "/" + made.json().path("id").asString();
        assertThat(server.get(card).json()).isEqualTo(made.json());

        var changed = put(card, "{'description': 'Smaller.', 'changeReason': 'it shrank'}", "If-Match", "\"1\"");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.header("ETag")).isEqualTo("\"2\"");
        var late = put(card, "{'description': 'Other.'}", "If-Match", "\"1\"");
        assertThat(late.status()).isEqualTo(412);
        assertThat(late.header("Content-Type")).startsWith("application/problem+json");
        assertThat(late.json().path("code").asString()).isEqualTo("model-card-changed");
        assertThat(put(card, "{'name': 'Tiny 2'}").json().path("version").asInt()).isEqualTo(3);

        var versions = server.get(card + "/versions?limit=2").json();
        assertThat(versions.at("/items/1/changeReason").asString()).isEqualTo("it shrank");
        assertThat(server.get(card + "/versions?cursor=" + versions.path("next").asString()).json()
                .at("/items/0/version").asInt()).isOne();
        assertThat(server.get(card + "/versions/1").json().path("description").asString()).isEqualTo("Small.");
        var restored = post(card + "/versions/1/restore", "{'changeReason': 'better so'}", "If-Match", "\"3\"");
        assertThat(restored.json().path("version").asInt()).isEqualTo(4);
        assertThat(restored.json().path("name").asString()).isEqualTo("Tiny");

        var list = server.get(cards + "?workspace_id=" + workspace + "&capability=chat&q=tiny&limit=5").json();
        assertThat(list.path("total").asInt()).isOne();
        assertThat(list.path("limit").asInt()).isEqualTo(5);
        assertThat(list.path("offset").asInt()).isZero();
        assertThat(server.get(root + "/projects/" + workspace + "/model-cards").json().path("items")).hasSize(1);

        assertThat(delete(card, "If-Match", "\"3\"").status()).isEqualTo(412);
        assertThat(delete(card).status()).isEqualTo(204);
        assertThat(server.get(card).status()).isEqualTo(404);
        assertThat(server.get(cards + "?deleted=true&workspace_id=" + workspace).json().path("items")).hasSize(1);
        assertThat(server.send(server.request(card + "/versions/4/restore").POST(HttpRequest.BodyPublishers.noBody()))
                .json().path("version").asInt()).isEqualTo(5);
        assertThat(delete(card + "?hard=true").status()).isEqualTo(204);
        assertThat(server.get(card + "/versions").status()).isEqualTo(404);
    }

    @Test
    void badInputIsAnsweredWithEveryFault() {
        var refused = post("/a2a/model-cards", "{'slug': 'no slug', 'card': {'capabilities': 5}, 'more': 1}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.header("Content-Type")).startsWith("application/problem+json");
        assertThat(refused.json().path("errors").findValuesAsString("pointer")).contains("/name", "/slug",
                "/card/capabilities", "/more");
        for (var path : List.of("?limit=0", "?limit=201", "?offset=-1", "?status=gone", "/none", "/none/versions")) {
            assertThat(server.get("/a2a/model-cards" + path).status()).as(path).isEqualTo(400);
        }
        var unknown = "/a2a/model-cards/019b0000-0000-7000-8000-000000000000";
        assertThat(server.get(unknown).status()).isEqualTo(404);
        assertThat(put(unknown, "{}").status()).isEqualTo(404);
        assertThat(put(unknown, "{}", "If-Match", "latest").status()).isEqualTo(400);
        assertThat(post("/a2a/model-cards", "nonsense").status()).isEqualTo(400);
    }

    @Test
    void aCardIsAddedOnceForAnIdempotencyKey() {
        var body = "{'workspaceId': 'once', 'name': 'Once'}";
        var first = post("/a2a/model-cards", body, "Idempotency-Key", "card-1");
        assertThat(first.status()).isEqualTo(201);
        assertThat(post("/v1/a2a/model-cards", body, "Idempotency-Key", "card-1").json()).isEqualTo(first.json());
        assertThat(post("/a2a/model-cards", body).status()).as("the slug is taken").isEqualTo(409);
    }

    @Test
    void allOfItNeedsTheKeyIfThereIsOne() {
        var key = "0123456789abcdef0123";
        try (var guarded = TestServer.start(Map.of("howdah.server.api-key", key), false)) {
            for (var path : List.of("/a2a/model-cards", "/v1/a2a/model-cards", "/a2a/projects/x/model-cards",
                    "/v1/a2a/projects/x/model-cards", "/a2a;x=1/model-cards", "/a%32a/model-cards",
                    "/v1;/a2a/model-cards")) {
                var answer = guarded.get(path);
                assertThat(answer.status()).as(path).isIn(400, 401, 404);
                assertThat(answer.text()).as(path).doesNotContain("items");
            }
            assertThat(guarded.get("/a2a/model-cards", "X-API-Key", key).status()).isEqualTo(200);
        }
    }
}
