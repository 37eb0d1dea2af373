package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class LiveApiTest {
    /** What nobody looks at: upkeep, statistics, and what stands beside rows that are told. */
    private static final Set<String> NOT_TOLD = Set.of("agent_requests", "artifact_chunks",
            "cache_loads", "cache_statistics", "cache_upkeep", "dependencies", "deployment_scripts", "document_changes",
            "embedding_cache", "execution_deadlines", "heartbeat", "idempotent_requests", "import_records", "keywords",
            "leases",
            "mcp_answers",
            "mcp_keys", "pattern_keywords", "quarantined_entries", "repository_keywords",
            "schema_history",
            "search_deletions", "search_entries", "search_followers", "search_lengths", "search_postings",
            "search_terms", "security_patterns", "task_dependencies", "task_periods", "task_rates", "test_frameworks");

    @Test
    void namesWhatChangedAndNothingElse() throws Exception {
        try (var server = TestServer.start(Map.of(), false);
                var client = HttpClient.newHttpClient();
                var events = follow(server, client)) {
            assertThat(server.post("/api/tasks", "{\"type\": \"greet\", \"payload\": {}}").status()).isEqualTo(201);
            var topics = new HashSet<String>();
            while (!topics.contains("tasks")) {
                events.next().orElseThrow().path("topics").forEach(topic -> topics.add(topic.asString()));
            }
            assertThat(topics).doesNotContain("executions", "documents", "knowledge");
        }
    }

    @Test
    void everyTableIsToldOrKnownNotToBe() {
        try (var server = TestServer.start(Map.of(), false)) {
            var tables = new ArrayList<>(server.howdah().database()
                    .withHandle(handle -> handle
                            .createQuery(
                                    """
                                        SELECT c.relname FROM pg_class c
                                         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                                        """)
                            .mapTo(String.class).list()));
            tables.removeAll(NOT_TOLD);
            LiveController.TABLES.values().forEach(tables::removeAll);
            assertThat(tables).as("to be named in LiveController or here").isEmpty();
        }
    }

    private static ServerSentEvents follow(TestServer server, HttpClient client)
            throws IOException, InterruptedException {
        var answer = client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/api/live"))
                .build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        return new ServerSentEvents(answer.body(), UnaryOperator.identity());
    }
}
