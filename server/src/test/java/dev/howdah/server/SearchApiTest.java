package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchApiTest {
    private final Path roots = temporary();
    private final TestServer server = TestServer.start(Map.of("howdah.agent.repository-roots", roots.toString()), true);

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void findsWhatWasWrittenAndSaysWhy() {
        post("/api/knowledge/patterns", "{'repository': 'acme/find', 'name': 'Circuit breaker', 'description': 'Stops "
                + "calling a service that keeps failing', 'keywords': ['resilience']}");
        post("/api/knowledge/lessons",
                "{'repository': 'acme/other', 'lesson': 'A breaker without a metric <b>hides</b> "
                        + "outages', 'category': 'reliability'}");
        var answer = search("what stops calls to a failing service?", "");
        var first = answer.at("/hits/0");
        assertThat(first.path("title").asString()).isEqualTo("Circuit breaker");
        assertThat(first.at("/metadata/repository").asString()).isEqualTo("acme/find");
        assertThat(first.at("/rankers/text/rank").asInt()).isEqualTo(1);
        assertThat(first.at("/highlight/snippet").asString()).contains("<mark>");
        assertThat(answer.path("mode").asString()).isEqualTo("text");
        assertThat(answer.path("notes").toString()).contains("model");
        var lesson = search("breaker", "&kind=lesson");
        assertThat(lesson.path("hits")).hasSize(1);
        assertThat(lesson.at("/hits/0/highlight/snippet").asString()).contains("<mark>breaker").doesNotContain("<b>");
        assertThat(search("breaker", "&repository=acme/none").path("hits")).isEmpty();
        assertThat(search("breaker", "&filter=" + encode("{\"category\": \"reliability\"}")).path("hits")).hasSize(1);
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(server.get("/api/knowledge/search?q=x&mode=psychic").status()).isEqualTo(400);
        assertThat(server.get("/api/knowledge/search?q=x&limit=0").status()).isEqualTo(400);
        assertThat(server.get("/api/knowledge/search?q=x&filter=" + encode("{\"colour\": 1}")).text())
                .contains("colour").contains("repository");
        assertThat(server.get("/api/knowledge/search?q=x&filter=" + encode("{broken")).status()).isEqualTo(400);
        assertThat(server.get("/api/knowledge/patterns/1/similar").status()).isIn(400, 404);
        assertThat(server.get("/api/knowledge/map?limit=100000").status()).isEqualTo(400);
        assertThat(server.get("/api/knowledge/map").json().path("items")).isEmpty();
        assertThat(post("/api/knowledge/reembed", "{}").text()).contains("howdah.knowledge.embedding.provider");
    }

    @Test
    void collectionsOfOnesOwnAreFilledSearchedAndEmptied() {
        var path = "/api/search/collections/notes";
        var description = "{'dimension': 3, 'metric': 'l2', 'fields': {'year': 'number'}}";
        assertThat(put(path, description).json().path("entries").asInt()).isZero();
        assertThat(put(path, description).status()).isEqualTo(200);
        assertThat(put(path, "{'dimension': 4}").status()).isEqualTo(409);
        var entries = "{'entries': [{'key': 'a', 'text': 'the first', 'embedding': [1, 0, 0], 'metadata': {'year': 2020}},"
                + "{'key': 'b', 'text': 'the second', 'embedding': [0, 1, 0], 'metadata': {'year': 2021}}]}";
        assertThat(post(path + "/entries", entries).json().path("changed").asInt()).isEqualTo(2);
        assertThat(post(path + "/entries", entries).json().path("changed").asInt()).isZero();
        var near = post(path + "/search", "{'embedding': [0.9, 0.1, 0], 'limit': 1}").json();
        assertThat(near.at("/hits/0/key").asString()).isEqualTo("a");
        assertThat(near.path("mode").asString()).isEqualTo("semantic");
        assertThat(post(path + "/search", "{'embedding': [1, 0, 0], 'filter': {'year': {'$gt': 2020}}}").json()
                .at("/hits/0/key").asString()).isEqualTo("b");
        assertThat(post(path + "/search", "{'q': 'second'}").json().at("/hits/0/key").asString()).isEqualTo("b");
        assertThat(server.get(path + "/entries?limit=1").json().path("next").isString()).isTrue();
        assertThat(post(path + "/entries/delete", "{'filter': {'year': 2020}}").json().path("removed").asInt())
                .isEqualTo(1);
        assertThat(server.get(path).json().path("entries").asInt()).isEqualTo(1);
        assertThat(server.send(server.request(path).DELETE()).status()).isEqualTo(204);
        assertThat(server.get(path).status()).isEqualTo(404);
    }

    @Test
    void badEntriesAreRefusedWithTheirFieldAndNothingIsWritten() {
        var path = "/api/search/collections/strict";
        put(path, "{'dimension': 2}");
        for (var bad : Map.of("{'entries': [{'key': 'a', 'embedding': [1, 2, 3]}]}", "3 components",
                "{'entries': [{'key': 'a', 'embedding': [1, null]}]}", "component 1",
                "{'entries': [{'key': 'a', 'embedding': [0, 0]}]}", "zero vector",
                "{'entries': [{'text': 'x'}]}", "key", "{'entries': []}", "1 to 1000",
                "{'entries': [{'key': 'a', 'embedding': ['x']}]}", "").entrySet()) {
            var answer = post(path + "/entries", bad.getKey());
            assertThat(answer.status()).as(bad.getKey()).isEqualTo(400);
            assertThat(answer.text()).contains(bad.getValue());
        }
        assertThat(server.get(path).json().path("entries").asInt()).isZero();
        assertThat(post("/api/search/collections/knowledge/entries", "{'entries': [{'key': 'a'}]}").text())
                .contains("/api/knowledge");
        assertThat(put("/api/search/collections/Bad Name".replace(" ", "%20"), "{}").status()).isEqualTo(400);
        assertThat(put("/api/search/collections/x", "{'metric': 'taxi', 'dimension': 2}").text()).contains("l2");
        assertThat(put("/api/search/collections/x", "{'dimension': 2, 'index': {'method': 'ivfflat', 'lists': -1}}")
                .text())
                .contains("index/lists").contains("0 to 32768");
        assertThat(put("/api/search/collections/x", "{'dimension': 2, 'index': {'method': 'hnsw', 'ef_search': 200}}")
                .status()).isEqualTo(200);
    }

    @Test
    void scansARepositoryBelowTheRootsByATask() throws IOException, GitAPIException {
        var repository = roots.resolve("clone");
        Files.createDirectories(repository);
        Files.writeString(repository.resolve("README.md"), "# Till\n\nTakes payments of small shops.\n");
        Files.writeString(repository.resolve("package.json"),
                "{\"name\": \"till\", \"dependencies\": {\"express\": \"4.19.0\", \"bullmq\": \"5.1.0\"}}");
        try (var git = Git.init().setDirectory(repository.toFile()).call()) {
            git.add().addFilepattern(".").call();
            git.commit().setMessage("First").setAuthor("a", "a@example.org").setCommitter("a", "a@example.org")
                    .setSign(false).call();
        }
        var found = scanned(repository);
        assertThat(found.path("repository").asString()).isEqualTo("local/clone");
        assertThat(found.path("dependencies").asInt()).isEqualTo(2);
        var known = server.get("/api/knowledge/repositories/local/clone").json();
        assertThat(known.path("problem_domain").asString()).contains("payments of small shops");
        int patterns = known.path("patterns").asInt();
        assertThat(patterns).isPositive();
        scanned(repository);
        var again = server.get("/api/knowledge/repositories/local/clone").json();
        assertThat(again.path("patterns").asInt()).isEqualTo(patterns);
        assertThat(search("task queue in the background", "&repository=local/clone").path("hits")).isNotEmpty();
        assertThat(post("/api/knowledge/scans", "{'path': '/'}").text()).contains("repository-roots");
        assertThat(post("/api/knowledge/scans", "{'path': '/no/such'}").status()).isEqualTo(400);
    }

    /** The server must know it before it starts. */
    private static Path temporary() {
        try {
            return Files.createDirectories(Path.of("target", "search-api-test-" + ProcessHandle.current().pid()))
                    .toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode scanned(Path repository) {
        var id = post("/api/knowledge/scans", "{'path': '" + repository + "'}").json().path("task_id").asString();
        return await().until(() -> server.get("/api/tasks/" + id).json(),
                task -> !task.path("result").isMissingNode() && !task.path("result").isNull()).path("result");
    }

    private JsonNode search(String question, String more) {
        return server.get("/api/knowledge/search?q=" + encode(question) + more).json();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private TestServer.Answer post(String path, String json) {
        return server.send(server.request(path).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"'))));
    }

    private TestServer.Answer put(String path, String json) {
        return server.send(server.request(path).header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"'))));
    }
}
