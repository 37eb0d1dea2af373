package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Documents over HTTP. JSON is written with single quotes. */
class DocumentsApiTest {
    private final TestServer server = TestServer.start(Map.of(), false);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void keepsCollectionsAndDocumentsByRevision() {
        assertThat(send("PUT", "/orders", "").status()).isEqualTo(201);
        assertThat(send("PUT", "/orders", "{'changes_retention': '2d', 'document_max': 5000}").status()).isEqualTo(200);
        assertThat(server.get("/api/documents").json().path("items").get(0).path("document_max").asInt())
                .isEqualTo(5000);
        var created = send("POST", "/orders", "{'_id': 'o1', 'total': 10.50, 'big': 12345678901234567890.123}");
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.header("ETag")).isEqualTo("\"1\"");
        assertThat(created.header("Location")).isEqualTo("/api/documents/orders/o1");
        assertThat(server.get("/api/documents/orders/o1").text()).contains("10.5", "12345678901234567890.123");
        assertThat(send("POST", "/orders", "{'_id': 'o1'}").status()).isEqualTo(409);

        var replaced = send("PUT", "/orders/o1", "{'total': 11}", "If-Match", "\"1\"");
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.header("ETag")).isEqualTo("\"2\"");
        var conflict = send("PUT", "/orders/o1", "{'total': 12}", "If-Match", "\"1\"");
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(conflict.json().path("code").asString()).isEqualTo("revision-conflict");
        assertThat(conflict.json().path("current_revision").asLong()).isEqualTo(2);
        assertThat(send("PUT", "/orders/o1", "{}", "If-None-Match", "*").status()).isEqualTo(409);
        assertThat(send("PUT", "/orders/o2", "{}", "If-None-Match", "*").status()).isEqualTo(201);
        assertThat(send("DELETE", "/orders/o1", "", "If-Match", "\"1\"").status()).isEqualTo(409);
        assertThat(send("DELETE", "/orders/o1", "", "If-Match", "\"2\"").status()).isEqualTo(204);
        assertThat(server.get("/api/documents/orders/o1").status()).isEqualTo(404);
        assertThat(send("DELETE", "/orders", "").status()).isEqualTo(204);
        assertThat(server.get("/api/documents/orders").status()).isEqualTo(404);
    }

    @Test
    void patchesInThreeWays() {
        send("PUT", "/orders", "");
        send("POST", "/orders", "{'_id': 1, 'a': [1]}");
        var path = "/orders/$number:1";
        assertThat(patch(path, "application/json", "{'$push': {'a': 2}}").json().path("a")).hasSize(2);
        assertThat(patch(path, "application/json-patch+json", "[{'op': 'add', 'path': '/a/-', 'value': 3}]").json()
                .path("a")).hasSize(3);
        assertThat(patch(path, "application/merge-patch+json", "{'a': null, 'b': 1}").json().has("a")).isFalse();
        assertThat(patch(path, "application/json-patch+json", "[{'op': 'test', 'path': '/b', 'value': 2}]").status())
                .isEqualTo(409);
        assertThat(patch(path, "application/json", "{'b': 1}").status()).isEqualTo(400);
        var unknown = patch(path, "application/json", "{'$foo': {'b': 1}}");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.text()).contains("$foo", "$addToSet");
    }

    @Test
    void findsCountsAndWritesByFilters() {
        send("PUT", "/orders", "");
        assertThat(send("POST", "/orders", "[{'_id': 1, 'n': 1}, {'_id': 2, 'n': 2}, {'_id': 3, 'n': 3}]").json()
                .path("inserted").asInt()).isEqualTo(3);
        assertThat(send("POST", "/orders?ordered=false", "[{'_id': 3}, {'_id': 4, 'n': 3}]").json().path("refused"))
                .hasSize(1);
        var page = post("_find",
                "{'filter': {'n': {'$gte': 2}}, 'sort': {'n': -1}, 'page': 2, 'projection': {'n': 1}}");
        assertThat(page.path("items")).hasSize(2);
        var rest = post("_find", "{'filter': {'n': {'$gte': 2}}, 'sort': {'n': -1}, 'page': 2, 'cursor': '"
                + page.path("next").asString() + "'}");
        assertThat(rest.path("items")).hasSize(1);
        assertThat(rest.path("next").isNull()).isTrue();
        assertThat(post("_count", "{'filter': {'n': 3}}").path("count").asInt()).isEqualTo(2);
        assertThat(post("_distinct", "{'path': 'n'}").path("values")).hasSize(3);
        assertThat(post("_update", "{'filter': {'n': 3}, 'update': {'$inc': {'n': 1}}, 'many': true}").path("modified")
                .asInt()).isEqualTo(2);
        assertThat(post("_find-and-modify", "{'filter': {'n': 4}, 'sort': {'_id': 1}, 'update': {'$set': {'a': 1}}, "
                + "'return': 'after'}").path("document").path("a").asInt()).isEqualTo(1);
        var bulk = post("_bulk", "{'operations': [{'insert': {'_id': 9}}, {'insert': {'_id': 9}}, "
                + "{'delete': {'_id': 9}}], 'ordered': false}");
        assertThat(bulk.path("failed").asInt()).isEqualTo(1);
        assertThat(bulk.path("results").get(2).path("deleted").asInt()).isEqualTo(1);
        assertThat(post("_delete", "{'filter': {}, 'many': true}").path("deleted").asInt()).isEqualTo(4);
        assertThat(post("_aggregate", "{'pipeline': [{'$group': {'_id': '$n', 'count': {'$sum': 1}}}]}").path("items"))
                .isEmpty();
        var explained = post("_explain", "{'filter': {'_id': 1, 'n': 2}}");
        assertThat(explained.path("clauses").get(0).path("service").asString()).isEqualTo("id");
        assertThat(explained.path("clauses").get(1).path("advice").asString())
                .isEqualTo("howdah documents index orders --btree n");
        assertThat(explained.path("plan")).isNotEmpty();
        var wrong = send("POST", "/orders/_find", "{'filter': {'a': {'$near': 1}}}");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text()).contains("$near", "$elemMatch");
        assertThat(send("POST", "/orders/_find", "{'filters': {}}").status()).isEqualTo(400);
        assertThat(send("POST", "/none/_find", "{}").status()).isEqualTo(404);
        assertThat(send("POST", "/orders", "{'a': ").status()).isEqualTo(400);
    }

    @Test
    void carriesOutARequestWithAnIdempotencyKeyOnce() {
        send("PUT", "/orders", "");
        var first = send("POST", "/orders", "{'n': 1}", "Idempotency-Key", "k1");
        assertThat(send("POST", "/orders", "{'n': 1}", "Idempotency-Key", "k1").json()).isEqualTo(first.json());
        assertThat(post("_count", "{}").path("count").asInt()).isEqualTo(1);
    }

    @Test
    void declaresIndexes() {
        send("PUT", "/orders", "");
        send("POST", "/orders", "{'mail': 'a'}");
        var index = send("PUT", "/orders/_indexes/by_mail", "{'paths': ['mail'], 'unique': true}");
        assertThat(index.json().path("state").asString()).as(index.text()).isEqualTo("ready");
        var duplicate = send("POST", "/orders", "{'mail': 'a'}");
        assertThat(duplicate.status()).isEqualTo(409);
        assertThat(duplicate.text()).contains("by_mail");
        assertThat(server.get("/api/documents/orders/_indexes").json().path("items")).hasSize(1);
        assertThat(send("DELETE", "/orders/_indexes/by_mail", "").status()).isEqualTo(204);
        assertThat(send("PUT", "/orders/_indexes/x", "{'kind': 'hash'}").status()).isEqualTo(400);
    }

    @Test
    void tellsChangesByPagesAndAsTheyHappen() throws Exception {
        send("PUT", "/orders", "");
        send("POST", "/orders", "[{'_id': 'a'}, {'_id': 'b'}]");
        send("DELETE", "/orders/a", "");
        var page = server.get("/api/documents/orders/_changes?limit=2&document=true").json();
        assertThat(page.path("items")).hasSize(2);
        assertThat(page.path("items").get(1).path("document").path("_id").asString()).isEqualTo("b");
        var token = page.path("items").get(1).path("token").asString();
        assertThat(server.get("/api/documents/orders/_changes?after=" + token).json().path("items").get(0)
                .path("operation").asString()).isEqualTo("delete");
        assertThat(server.get("/api/documents/orders/_changes?after=nonsense").status()).isEqualTo(400);
        try (var events = stream("/api/documents/orders/_changes/stream?after=" + token)) {
            assertThat(events.next().orElseThrow().path("operation").asString()).isEqualTo("delete");
            send("POST", "/orders", "{'_id': 'c'}");
            assertThat(events.next().orElseThrow().path("id").asString()).isEqualTo("c");
        }
        server.howdah().database().withHandle(handle -> handle.execute(
                "UPDATE document_changes SET at = at - interval '8 days'"));
        server.howdah().documents().upkeep().runOnce();
        var gone = server.get("/api/documents/orders/_changes?after=" + token);
        assertThat(gone.status()).isEqualTo(410);
        assertThat(gone.json().path("code").asString()).isEqualTo("change-token-too-old");
    }

    private ServerSentEvents stream(String path) throws IOException, InterruptedException {
        var response = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                + server.port() + path)).build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        return new ServerSentEvents(response.body(), data -> data);
    }

    private JsonNode post(String verb, String body) {
        var answer = send("POST", "/orders/" + verb, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private TestServer.Answer patch(String path, String type, String body) {
        return server.send(server.request("/api/documents" + path).header("Content-Type", type)
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
    }

    private TestServer.Answer send(String method, String path, String body, String... headers) {
        return server.send(server.request("/api/documents" + path, headers).header("Content-Type", "application/json")
                .method(method, body.isEmpty()
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
    }
}
