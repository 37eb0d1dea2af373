package dev.howdah.server;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server on a schema of its own, and a client for it. */
final class TestServer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HowdahServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    private TestServer(HowdahServer server) {
        this.server = server;
    }

    /** A server that is ready. */
    static TestServer start(Map<String, String> overrides, boolean withWorker) {
        return ready(open(TestDatabase.settings(), overrides), withWorker);
    }

    /** A server that is ready, on a database that it deletes when it ends. */
    static TestServer ephemeral(Path home) {
        return ready(new TestServer(HowdahServer.start(HowdahSettings.from(Configuration.of(Map.of("howdah.ephemeral",
                "true", "howdah.home", home.toString(), "howdah.server.port", "0"))))), true);
    }

    private static TestServer ready(TestServer server, boolean withWorker) {
        server.howdah().start(withWorker);
        try {
            if (!server.howdah().awaitStarted(LIMIT)) {
                throw new IllegalStateException("the server did not become ready");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return server;
    }

    /** A server that has not looked for its database yet. */
    static TestServer open(DatabaseSettings database, Map<String, String> overrides) {
        var values = new HashMap<>(values(database));
        values.putAll(overrides);
        return new TestServer(HowdahServer.start(HowdahSettings.from(Configuration.of(values))));
    }

    /** A server that is ready and whose traces go elsewhere. */
    static TestServer traced(Tracing tracing, Map<String, String> overrides) {
        var database = TestDatabase.settings();
        var values = new HashMap<>(values(database));
        values.putAll(overrides);
        var settings = HowdahSettings.from(Configuration.of(values));
        return ready(new TestServer(HowdahServer.start(settings, () -> Howdah.open(settings, tracing))), true);
    }

    private static Map<String, String> values(DatabaseSettings database) {
        return Map.of("howdah.database.url", database.url(), "howdah.database.user",
                database.user(), "howdah.database.password", database.password(), "howdah.database.schema",
                database.schema(), "howdah.database.pool-min-idle", "0", "howdah.database.pool-max", "10",
                "howdah.server.port", "0", "howdah.database.acquire-timeout", "1s", "howdah.queue.retry-first", "0s");
    }

    Howdah howdah() {
        return server.howdah();
    }

    int port() {
        return server.port();
    }

    /** An answer. */
    record Answer(int status, HttpResponse<String> response) {
        JsonNode json() {
            return JsonMapper.shared().readTree(response.body());
        }

        String text() {
            return response.body();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    Answer get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    Answer post(String path, String json, String... headers) {
        return send(request(path, headers).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    HttpRequest.Builder request(String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(LIMIT);
        return headers.length == 0 ? request : request.headers(headers);
    }

    Answer send(HttpRequest.Builder request) {
        try {
            var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
