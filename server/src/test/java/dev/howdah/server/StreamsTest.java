package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two instances over one schema, of which only the first runs tasks: either serves the events of any execution. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamsTest {
    private static final String KEY = "0123456789abcdef-key";
    private static final String STEPS = """
        id: steps
        nodes:
          - {id: one, type: signal, config: {name: one}}
          - {id: two, type: condition, dependencies: [one], config: {expression: "input.n > 0"}}
          - {id: three, type: signal, dependencies: [two], config: {name: three}}
        """;

    private final TestServer working;
    private final TestServer other;
    private final HttpClient client = HttpClient.newHttpClient();

    StreamsTest() throws InterruptedException {
        var database = TestDatabase.settings();
        working = TestServer.open(database, Map.of("howdah.server.api-key", KEY));
        other = TestServer.open(database, Map.of("howdah.server.api-key", KEY));
        working.howdah().start(true);
        assertThat(working.howdah().awaitStarted(Duration.ofSeconds(30))).isTrue();
        other.howdah().start(false);
        assertThat(other.howdah().awaitStarted(Duration.ofSeconds(30))).isTrue();
    }

    @BeforeAll
    void applyWorkflow() {
        assertThat(working.send(working.request("/api/workflows/steps", "X-API-Key", KEY)
                .header("Content-Type", "application/yaml").PUT(HttpRequest.BodyPublishers.ofString(STEPS))).status())
                .isEqualTo(200);
    }

    @AfterAll
    void stop() {
        client.shutdownNow(); // sockets may be open still
        other.close();
        working.close();
    }

    @Test
    void resumesAStreamAtAnotherInstanceWithoutAGap() throws Exception {
        var id = start();
        var seen = new ArrayList<Long>();
        try (var stream = new EventStream(other, id, "")) {
            while (!stream.next().path("type").asString().equals("node_waiting")) {
                seen.add(stream.last);
            }
            seen.add(stream.last);
        }
        signal(id, "one");
        signal(id, "three");
        var types = new ArrayList<String>();
        try (var stream = new EventStream(working, id, String.valueOf(seen.getLast()))) {
            for (var event = stream.next(); !event.isMissingNode(); event = stream.next()) {
                seen.add(stream.last);
                types.add(event.path("type").asString());
                assertThat(event.path("workflow_id").asString()).isEqualTo("steps");
            }
        }
        assertThat(types).endsWith("node_completed", "workflow_completed").contains("signal_received");
        assertThat(seen).isEqualTo(java.util.stream.LongStream.rangeClosed(1, seen.size()).boxed().toList());
        try (var stream = new EventStream(other, id, String.valueOf(seen.getLast()))) {
            assertThat(stream.next().isMissingNode()).as("nothing comes after the end").isTrue();
        }
        try (var stream = new EventStream(other, id, "")) {
            assertThat(stream.next().path("type").asString()).as("from the beginning").isEqualTo("workflow_started");
        }
        var page = other.get("/api/executions/" + id + "/events?after=2&limit=2", "X-API-Key", KEY).json();
        assertThat(page.path("items").get(0).path("sequence").asInt()).isEqualTo(3);
        assertThat(page.path("next").asInt()).isEqualTo(4);
        var back = other.get("/api/executions/" + id + "/events?before=4&limit=2", "X-API-Key", KEY).json();
        assertThat(back.path("items").get(0).path("sequence").asInt()).as("newest first").isEqualTo(3);
        assertThat(back.path("next").asInt()).isEqualTo(2);
    }

    @Test
    void showsEverySocketTheSameInTheSameOrder() throws Exception {
        var ofWorkflow = new Listener();
        open(other, "steps", ofWorkflow);
        var id = start();
        var sockets = List.of(new Listener(), new Listener(), new Listener());
        open(working, id, sockets.get(0));
        open(other, id, sockets.get(1));
        open(other, id + "?after=2", sockets.get(2));
        signal(id, "one");
        signal(id, "three");
        for (var socket : sockets) {
            assertThat(socket.closed.get(30, TimeUnit.SECONDS)).isEqualTo(1000);
        }
        var events = sockets.get(0).messages;
        assertThat(events.getLast().path("type").asString()).isEqualTo("workflow_completed");
        assertThat(events.getFirst().propertyNames()).contains("type", "timestamp", "workflow_id", "execution_id",
                "node_id", "data", "sequence");
        assertThat(sockets.get(1).messages).isEqualTo(events);
        assertThat(sockets.get(2).messages).as("resumed").isEqualTo(events.subList(2, events.size()));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(ofWorkflow.messages.stream()
                .filter(event -> event.path("execution_id").asString().equals(id)).toList()).isEqualTo(events));

        var late = new Listener();
        open(other, id, late);
        assertThat(late.closed.get(30, TimeUnit.SECONDS)).isEqualTo(1000);
        assertThat(late.messages).as("an ended execution is told from its beginning").isEqualTo(events);
    }

    @Test
    void answersWhateverIsSaid() throws Exception {
        var listener = new Listener();
        var socket = open(other, start(), listener);
        await().atMost(Duration.ofSeconds(30)).until(() -> !listener.messages.isEmpty());
        socket.sendText("ping", true).get(10, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30)).until(() -> listener.messages.stream()
                .anyMatch(message -> message.path("type").asString().equals("pong")
                        && message.path("timestamp").isString()));
        socket.abort();
    }

    @Test
    void admitsSoManySocketsAndNoStrangers() throws Exception {
        var id = start();
        var open = new ArrayList<WebSocket>();
        for (int i = 0; i < WorkflowSockets.PER_WORKFLOW_MAX; i++) {
            open.add(open(other, id, new Listener()));
        }
        var refused = new Listener();
        open(other, id, refused);
        assertThat(refused.closed.get(30, TimeUnit.SECONDS)).isEqualTo(4003);
        open.removeFirst().sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            var again = new Listener();
            var socket = open(other, id, again);
            await().atMost(Duration.ofSeconds(10)).until(() -> again.closed.isDone() || !again.messages.isEmpty());
            open.add(socket);
            return !again.closed.isDone();
        });
        open.forEach(WebSocket::abort);
        var unknown = new Listener();
        open(other, UUID.randomUUID().toString(), unknown);
        assertThat(unknown.closed.get(30, TimeUnit.SECONDS)).isEqualTo(4004);
        assertThatThrownBy(() -> client.newWebSocketBuilder().buildAsync(uri(other, id), new Listener())
                .get(10, TimeUnit.SECONDS)).as("without the key").isInstanceOf(ExecutionException.class);
        assertThatThrownBy(() -> client.newWebSocketBuilder().header("X-API-Key", KEY)
                .header("Origin", "http://evil.example").buildAsync(uri(other, id), new Listener())
                .get(10, TimeUnit.SECONDS)).as("from another page").isInstanceOf(ExecutionException.class);
    }

    private String start() {
        var started = working.post("/api/workflows/steps/execute", "{\"initial_context\": {\"n\": 1}}", "X-API-Key",
                KEY);
        assertThat(started.status()).as(started.text()).isEqualTo(201);
        return started.json().path("execution_id").asString();
    }

    private void signal(String id, String name) {
        assertThat(other.post("/api/executions/" + id + "/signals/" + name, "{}", "X-API-Key", KEY).status())
                .isEqualTo(200);
    }

    private static URI uri(TestServer server, String id) {
        return URI.create("ws://127.0.0.1:" + server.port() + "/ws/workflow/" + id);
    }

    private WebSocket open(TestServer server, String id, Listener listener) throws Exception {
        return client.newWebSocketBuilder().header("X-API-Key", KEY).buildAsync(uri(server, id), listener)
                .get(30, TimeUnit.SECONDS);
    }

    /** Keeps what comes. */
    private static final class Listener implements WebSocket.Listener {
        final List<JsonNode> messages = new CopyOnWriteArrayList<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
            text.append(data);
            if (isLast) {
                messages.add(JsonMapper.shared().readTree(text.toString()));
                text.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return CompletableFuture.completedStage(null);
        }
    }

    /** Reads server-sent events. */
    private final class EventStream implements AutoCloseable {
        final BufferedReader lines;
        long last;

        EventStream(TestServer server, String id, String lastEventId) throws Exception {
            var request = server.request("/api/executions/" + id + "/events/stream", "X-API-Key", KEY);
            var response = client.send((lastEventId.isEmpty() ? request : request.header("Last-Event-ID", lastEventId))
                    .build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
            lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        /** The next event; missing at the end. */
        JsonNode next() throws IOException {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    last = Long.parseLong(line.substring(4));
                } else if (line.startsWith("data: ")) {
                    return JsonMapper.shared().readTree(line.substring(6));
                }
            }
            return JsonMapper.shared().missingNode();
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
