package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions over HTTP, as a backend in another language uses them. */
class SessionsApiTest {
    private final TestServer server = TestServer.start(Map.of(), true);

    @AfterEach
    void stop() {
        server.close();
    }

    private String create(String json) {
        var created = server.post("/api/sessions", json);
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        return created.json().path("id").asString();
    }

    private TestServer.Answer current(String method, String path, String id, String body, String... headers) {
        var request = server.request("/api/sessions/current" + path, "Session-Id", id)
                .header("Content-Type", "application/json").method(method, body.isEmpty()
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body));
        return server.send(headers.length == 0 ? request : request.headers(headers));
    }

    @Test
    void answersTheIdOnceAndTakesItInAHeader() {
        var created = server.post("/api/sessions", "{\"user\": \"ada\", \"agent\": \"planner\", "
                + "\"attributes\": {\"cart\": [1, null]}, \"metadata\": {\"origin\": \"login\"}, \"idle_timeout\": \"30m\", "
                + "\"absolute_timeout\": \"8h\", \"ip_address\": \"192.0.2.7\", \"user_agent\": \"Firefox\"}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Cache-Control")).isEqualTo("no-store");
        var id = created.json().path("id").asString();
        assertThat(id).hasSize(43);
        var read = current("GET", "", id, "");
        assertThat(read.text()).doesNotContain(id);
        assertThat(read.json().path("id").isNull()).isTrue();
        assertThat(read.json().path("attributes").path("cart").toString()).isEqualTo("[1,null]");
        assertThat(read.json().path("idle_timeout").asString()).isEqualTo("PT30M");
        assertThat(read.header("ETag")).isEqualTo("\"1\"");
        assertThat(server.post("/api/sessions", "").status()).as("a visitor's needs no body").isEqualTo(201);
    }

    @Test
    void changesAttributesOneByOneAndRefusesAnOldVersion() {
        var id = create("{\"attributes\": {\"a\": 1, \"b\": 2}}");
        var changed = current("PATCH", "", id, "{\"set\": {\"c\": null}, \"remove\": [\"a\"], \"extend\": false}",
                "If-Match", "\"1\"");
        assertThat(changed.json().path("attributes").toString()).isEqualTo("{\"b\":2,\"c\":null}");
        var refused = current("PATCH", "", id, "{\"set\": {\"c\": 3}}", "If-Match", "\"1\"");
        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.json().path("code").asString()).isEqualTo("session-version-conflict");
        assertThat(current("PATCH", "", id, "{\"set\": {\"c\": 3}}", "If-Match", "old").status()).isEqualTo(400);
        assertThat(current("PATCH", "", id, "{\"replace\": true, \"set\": {\"z\": 0}}").json().path("attributes")
                .toString()).isEqualTo("{\"z\":0}");
        assertThat(current("PATCH", "", id, "{\"sett\": {}}").status()).isEqualTo(400);
        assertThat(current("PATCH", "", id, "{\"set\": {\"x\": \"" + "x".repeat(300_000) + "\"}}").status())
                .isEqualTo(413);
    }

    @Test
    void rotatesTouchesExtendsAndEnds() {
        var visitor = create("{}");
        var signedIn = current("POST", "/rotate", visitor, "{\"user\": \"ada\"}");
        assertThat(signedIn.json().path("user").asString()).isEqualTo("ada");
        assertThat(current("GET", "", visitor, "").status()).isEqualTo(404);
        var first = signedIn.json().path("id").asString();
        var second = current("POST", "/rotate", first, "").json().path("id").asString();
        assertThat(current("GET", "", first, "").status()).as("in the overlap").isEqualTo(200);
        assertThat(current("POST", "/rotate", first, "").json().path("code").asString()).isEqualTo("session-rotated");
        assertThat(current("POST", "/rotate", second, "{\"user\": \"ada\", \"overlap\": \"10s\"}").status())
                .isEqualTo(400);
        var touched = current("POST", "/touch", second, "").json().path("expires_at").asString();
        var extended = current("POST", "/extend", second, "{\"by\": \"2h\"}").json().path("expires_at").asString();
        assertThat(extended).isGreaterThan(touched);
        assertThat(current("POST", "/extend", second, "{}").status()).isEqualTo(400);
        assertThat(current("DELETE", "", second, "").status()).isEqualTo(204);
        assertThat(current("DELETE", "", second, "").status()).isEqualTo(404);
        assertThat(current("GET", "", "made-up", "").json().path("code").asString()).isEqualTo("session-not-found");
        assertThat(server.get("/api/sessions/current").status()).isEqualTo(400);
    }

    @Test
    void listsByHandleAndEndsOneOrAllButTheCurrent() {
        var current = create("{\"user\": \"ada\"}");
        create("{\"user\": \"ada\"}");
        create("{\"user\": \"ada\"}");
        create("{\"user\": \"bob\"}");
        var page = server.get("/api/sessions?user=ada&limit=2").json();
        assertThat(page.path("items")).hasSize(2);
        assertThat(page.toString()).doesNotContain("attributes", "\"id\"");
        assertThat(server.get("/api/sessions?user=ada&limit=2&cursor=" + page.path("next").asString()).json()
                .path("items")).hasSize(1);
        var handle = page.path("items").get(0).path("handle").asString();
        assertThat(server.send(server.request("/api/sessions/" + handle).DELETE()).status()).isEqualTo(204);
        assertThat(server.get("/api/sessions/" + handle).json().path("end_reason").asString()).isEqualTo("revoked");
        assertThat(server.get("/api/sessions?ended=true").json().path("items")).hasSize(4);
        assertThat(server.send(server.request("/api/users/ada/sessions", "Session-Id", current).DELETE()).json()
                .path("ended").asInt()).isEqualTo(1);
        assertThat(server.send(server.request("/api/users/ada/sessions").DELETE()).json().path("ended").asInt())
                .isEqualTo(1);
        create("{\"user\": \"a/b c\"}");
        assertThat(server.send(server.request("/api/sessions?user=a%2Fb%20c").DELETE()).json().path("ended").asInt())
                .isEqualTo(1);
        assertThat(server.send(server.request("/api/sessions").DELETE()).status()).as("whose?").isEqualTo(400);
        var left = server.get("/api/sessions").json().path("items").get(0).path("handle").asString();
        assertThat(
                server.post("/api/sessions/revoke", "{\"handles\": [\"" + left + "\"]}").json().path("ended").asInt())
                .isEqualTo(1);
        var statistics = server.get("/api/sessions/statistics").json();
        assertThat(statistics.path("active").asInt()).isZero();
        assertThat(statistics.path("deleted").asInt()).isEqualTo(5);
        assertThat(server.get("/api/sessions/" + current)).satisfies(mistaken -> {
            assertThat(mistaken.status()).isEqualTo(400);
            assertThat(mistaken.json().path("errors").toString()).contains("Session-Id").doesNotContain(current);
        });
        assertThat(server.get("/api/sessions/00000000-0000-0000-0000-000000000000").status()).isEqualTo(404);
        assertThat(server.get("/api/sessions?limit=0").status()).isEqualTo(400);
    }
}
