package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Caches over HTTP, as a client in another language uses them. */
class CachesApiTest {
    private final TestServer server = TestServer.start(Map.of("howdah.cache.value-max", "2000000"), false);

    @AfterEach
    void stop() {
        server.close();
    }

    private TestServer.Answer put(String path, String type, String body, String... headers) {
        return server.send(server.request(path, headers).header("Content-Type", type)
                .PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    private TestServer.Answer delete(String path, String... headers) {
        return server.send(server.request(path, headers).DELETE());
    }

    private void create(String name, String options) {
        var created = put("/api/caches/" + name, "application/json", options);
        assertThat(created.status()).as(created.text()).isEqualTo(200);
    }

    @Test
    void createsListsChangesAndDropsCaches() {
        create("prices", "{\"durability\": \"unlogged\", \"default_ttl\": \"5m\", \"entries_max\": 1000, "
                + "\"eviction\": \"fifo\", \"near\": true, \"near_ttl\": \"10s\", \"negative_ttl\": \"1s\"}");
        var view = server.get("/api/caches").json().path("items").get(0);
        assertThat(view.path("name").asString()).isEqualTo("prices");
        assertThat(view.path("default_ttl_ms").asLong()).isEqualTo(300_000);
        assertThat(view.path("eviction").asString()).isEqualTo("fifo");
        create("prices", "{\"durability\": \"unlogged\", \"default_ttl\": \"never\"}");
        assertThat(server.get("/api/caches/prices").json().path("default_ttl_ms").isNull()).isTrue();
        assertThat(put("/api/caches/prices", "application/json", "{\"durability\": \"sync\"}").status())
                .isEqualTo(409);
        assertThat(delete("/api/caches/prices").status()).isEqualTo(204);
        assertThat(delete("/api/caches/prices").status()).isEqualTo(404);
        assertThat(server.get("/api/caches/prices/entries/a").json().path("code").asString())
                .isEqualTo("cache-not-found");
    }

    @Test
    void givesBackAValueAsWhatItWas() {
        create("c", "{}");
        var entries = "/api/caches/c/entries/";
        put(entries + "json?ttl=1h&tags=a,b", "application/json", "{\"a\": 1}");
        put(entries + "text", "text/plain", "Grüße");
        put(entries + "bytes", "application/octet-stream", "raw");
        assertThat(server.get(entries + "json").text()).isEqualTo("{\"a\": 1}");
        assertThat(server.get(entries + "json").header("Content-Type")).isEqualTo("application/json");
        assertThat(server.get(entries + "text").text()).isEqualTo("Grüße");
        assertThat(server.get(entries + "text").header("Content-Type")).startsWith("text/plain");
        assertThat(server.get(entries + "bytes").header("Howdah-Kind")).isEqualTo("bytes");
        var description = server.get(entries + "json/description").json();
        assertThat(description.path("tags").valueStream().map(tag -> tag.asString())).containsExactly("a", "b");
        assertThat(description.path("ttl_ms").asLong()).isBetween(3_500_000L, 3_600_000L);
        var odd = "/api/caches/c/entry?key=a%2Fb%20%25%00";
        assertThat(put(odd, "text/plain", "odd").status()).isEqualTo(200);
        assertThat(server.get(odd).text()).isEqualTo("odd");
        assertThat(put("/api/caches/c/entry?key_base64=_wD_", "text/plain", "bytes as key").status()).isEqualTo(200);
        assertThat(server.get("/api/caches/c/entry?key_base64=/wD/").text()).isEqualTo("bytes as key");
        var large = "x".repeat(1_900_000);
        assertThat(put(entries + "large", "text/plain", large).status()).isEqualTo(200);
        assertThat(server.get(entries + "large").text()).hasSize(large.length());
        assertThat(put(entries + "larger", "text/plain", "x".repeat(2_000_001)).status()).isEqualTo(413);
    }

    @Test
    void changesOnlyUnderTheConditionsOfTheRequest() {
        create("c", "{}");
        var entry = "/api/caches/c/entries/k";
        assertThat(put(entry, "text/plain", "one", "If-Match", "*").status()).isEqualTo(412);
        var added = put(entry, "text/plain", "one", "If-None-Match", "*");
        assertThat(added.status()).isEqualTo(200);
        var first = added.header("ETag");
        assertThat(server.get(entry).header("ETag")).isEqualTo(first);
        assertThat(server.get(entry, "If-None-Match", first).status()).isEqualTo(304);
        var refused = put(entry, "text/plain", "two", "If-None-Match", "*");
        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.header("ETag")).as("what is there").isEqualTo(first);
        assertThat(put(entry, "text/plain", "two", "If-Match", first).status()).isEqualTo(200);
        assertThat(put(entry, "text/plain", "three", "If-Match", first).json().path("code").asString())
                .isEqualTo("cache-version-differs");
        assertThat(put(entry, "text/plain", "three", "If-Match", "x").status()).isEqualTo(400);
        assertThat(delete(entry, "If-Match", first).status()).isEqualTo(412);
        assertThat(server.get(entry).text()).isEqualTo("two");
        assertThat(delete(entry, "If-Match", server.get(entry).header("ETag")).status()).isEqualTo(204);
        assertThat(delete(entry).status()).isEqualTo(404);
        assertThat(server.get(entry).json().path("code").asString()).isEqualTo("cache-entry-not-found");
    }

    @Test
    void incrementsTouchesAndExpires() {
        create("c", "{}");
        var entry = "/api/caches/c/entries/n";
        assertThat(server.post(entry + "/increment", "{\"by\": 5, \"initial\": 10, \"ttl\": \"1m\"}").json()
                .path("value").asLong()).isEqualTo(15);
        assertThat(server.post(entry + "/increment", "").json().path("value").asLong()).isEqualTo(16);
        assertThat(server.get(entry).header("Howdah-Kind")).isEqualTo("number");
        assertThat(server.post(entry + "/touch", "{\"ttl\": \"never\"}").status()).isEqualTo(200);
        assertThat(server.get(entry + "/description").json().path("ttl_ms").isNull()).isTrue();
        assertThat(server.post(entry + "/touch", "").status()).isEqualTo(200);
        assertThat(server.post(entry + "/touch", "{\"ttl\": \"0s\"}").status()).isEqualTo(200);
        assertThat(server.post(entry + "/touch", "").status()).isEqualTo(404);
        put("/api/caches/c/entries/t", "text/plain", "no number");
        assertThat(server.post("/api/caches/c/entries/t/increment", "{}").json().path("code").asString())
                .isEqualTo("cache-not-a-number");
        put("/api/caches/c/entries/t?ttl=-1s", "text/plain", "over");
        assertThat(server.get("/api/caches/c/entries/t").status()).isEqualTo(404);
    }

    @Test
    void takesManyAtOnceAndShowsKeysAndStatistics() {
        create("c", "{}");
        assertThat(server.post("/api/caches/c/set", """
            {"entries": [{"key": "a:1", "value": {"x": 1}}, {"key": "a:2", "text": "two"},
                         {"key": "b", "base64": "AAEC"}], "ttl": "1h", "tags": ["t"]}""").json().path("stored").asInt())
                .isEqualTo(3);
        var got = server.post("/api/caches/c/get", "{\"keys\": [\"a:1\", \"a:2\", \"b\", \"none\"]}").json()
                .path("items");
        assertThat(got).hasSize(3);
        assertThat(got.get(0).path("value").path("x").asInt()).isEqualTo(1);
        assertThat(got.get(1).path("kind").asString()).isEqualTo("text");
        assertThat(got.get(2).path("value").asString()).isEqualTo("AAEC");
        var page = server.get("/api/caches/c/keys?pattern=a:*&limit=1").json();
        assertThat(page.path("items").get(0).path("key").asString()).isEqualTo("a:1");
        var next = server.get("/api/caches/c/keys?pattern=a:*&limit=1&cursor=" + page.path("next").asString()).json();
        assertThat(next.path("items").get(0).path("key").asString()).isEqualTo("a:2");
        server.howdah().caches().upkeep().storeCounts();
        var statistics = server.get("/api/caches/c/statistics").json();
        assertThat(statistics.path("hits").asInt()).isEqualTo(3);
        assertThat(statistics.path("misses").asInt()).isEqualTo(1);
        assertThat(statistics.path("active_keys").asInt()).isEqualTo(3);
        assertThat(server.get("/api/caches/c/hot-keys").json().path("items")).hasSize(3);
        assertThat(server.post("/api/caches/c/delete", "{\"keys\": [\"b\", \"none\"]}").json().path("deleted").asInt())
                .isEqualTo(1);
        assertThat(server.post("/api/caches/c/invalidate", "{\"tags\": [\"t\"]}").json().path("invalidated").asInt())
                .isEqualTo(2);
        put("/api/caches/c/entries/k", "text/plain", "v");
        assertThat(server.post("/api/caches/c/clear", "").json().path("cleared").asInt()).isEqualTo(1);
    }

    @ParameterizedTest(name = "{1} {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
        PUT  | /api/caches/c                  | {"eviction": "random"}     | application/json | eviction
        PUT  | /api/caches/c                  | {"durability": "none"}     | application/json | durability
        PUT  | /api/caches/c                  | {"entries_max": 0}         | application/json | entries_max
        PUT  | /api/caches/c                  | {"default_ttl": "soon"}    | application/json | default_ttl
        PUT  | /api/caches/no name            | {}                         | application/json | name
        PUT  | /api/caches/c/entries/k        | {"a":                      | application/json | value
        PUT  | /api/caches/c/entries/k        | a=b                        | application/x-www-form-urlencoded | Content-Type
        PUT  | /api/caches/c/entries/k?ttl=soon | v                        | text/plain       | ttl
        PUT  | /api/caches/c/entries/k?ttl=99999d | v                      | text/plain       | ttl
        PUT  | /api/caches/c/entries/k?stale=x | v                         | text/plain       | stale
        PUT  | /api/caches/c/entry            | v                          | text/plain       | key
        PUT  | /api/caches/c/entry?key=       | v                          | text/plain       | key
        PUT  | /api/caches/c/entry?key_base64=!! | v                       | text/plain       | key_base64
        POST | /api/caches/c/get              | {}                         | application/json | keys
        POST | /api/caches/c/set              | {"entries": [{"key": "a"}]} | application/json | value
        POST | /api/caches/c/invalidate       | {}                         | application/json | tags
        GET  | /api/caches/c/keys?limit=0     |                            | text/plain       | limit
        """)
    void refusesWrongInputAndNamesTheField(String method, String path, String body, String type, String field) {
        create("c", "{}");
        var answer = server.send(server.request(path.replace(" ", "%20")).header("Content-Type", type).method(method,
                HttpRequest.BodyPublishers.ofString(body == null ? "" : body)));
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().path("errors").get(0).path("pointer").asString()).isEqualTo(field);
        assertThat(answer.json().path("errors").get(0).path("remedy").asString()).isNotEmpty();
    }
}
