package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.agent.a2a.Caller;
import dev.howdah.server.BindingClient.Beside;
import dev.howdah.server.BindingClient.Events;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tasks followed as they run, over every binding. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class A2aStreamsTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Beside USUAL = Beside.USUAL;
    private static final Beside REPLAY = USUAL.extension(Caller.REPLAY_EXTENSION);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Map<String, String> CONFORMANCE = Map.of("howdah.profile", "conformance");
    private static final String LARGE_ARTIFACTS = """
        INSERT INTO agent_events (task_id, sequence, kind, payload)
        SELECT :task::uuid, last_sequence + n, 'artifact', jsonb_build_object('artifact', jsonb_build_object(
                   'artifactId', 'large', 'parts', jsonb_build_array(jsonb_build_object('text', repeat('x', 500000)))),
                   'append', n > 1)
          FROM agent_tasks, generate_series(1, :count) AS n
         WHERE id = :task::uuid
        """;
    private static final String COUNT_THEM = """
        UPDATE agent_tasks
           SET last_sequence = last_sequence + :count
         WHERE id = :task::uuid
        """;

    private final int grpcPort = GrpcClient.freePort();
    private final TestServer server = TestServer.start(Map.of("howdah.profile", "conformance",
            "howdah.agent.grpc.port", Integer.toString(grpcPort)), true);
    private final List<BindingClient> clients = List.of(new HttpClients.JsonRpc(server),
            new HttpClients.HttpJson(server), new GrpcClient(grpcPort));

    List<BindingClient> clients() {
        return clients;
    }

    @AfterAll
    void stop() {
        clients.forEach(BindingClient::stop);
        server.close();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void beginsWithTheTaskAndEndsWithIt(BindingClient client) throws IOException {
        for (var kind : List.of("tck-stream-001", "tck-stream-artifact-chunked", "tck-complete-task")) {
            var items = all(client.stream("SendStreamingMessage", A2aBindingsTest.message(kind), USUAL).ok());
            assertThat(items.getFirst().has("task")).as(kind).isTrue();
            assertThat(items.stream().skip(1)).noneMatch(item -> item.has("task"));
            assertThat(items.getLast().path("statusUpdate").path("status").path("state").asString())
                    .isEqualTo("TASK_STATE_COMPLETED");
            var task = items.getFirst().path("task");
            items.stream().skip(1).flatMap(item -> item.valueStream()).forEach(event -> {
                assertThat(event.path("taskId")).isEqualTo(task.path("id"));
                assertThat(event.path("contextId")).isEqualTo(task.path("contextId"));
                assertThat(event.path("metadata").has(Caller.REPLAY_EXTENSION)).as("not asked for").isFalse();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void appendsChunks(BindingClient client) throws IOException {
        var chunks = all(client.stream("SendStreamingMessage", A2aBindingsTest.message("tck-stream-artifact-chunked"),
                USUAL).ok()).stream().map(item -> item.path("artifactUpdate")).filter(item -> !item.isMissingNode())
                .toList();
        assertThat(chunks).hasSize(2);
        assertThat(chunks.get(0).has("append")).isFalse();
        assertThat(chunks.get(1).path("append").asBoolean()).isTrue();
        assertThat(chunks.get(1).path("lastChunk").asBoolean()).isTrue();
        assertThat(chunks.get(1).path("artifact").path("artifactId"))
                .isEqualTo(chunks.get(0).path("artifact").path("artifactId"));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void aBareMessageIsAllThereIs(BindingClient client) throws IOException {
        var items = all(client.stream("SendStreamingMessage", A2aBindingsTest.message("tck-message-response"), USUAL)
                .ok());
        assertThat(items).hasSize(1);
        assertThat(items.getFirst().propertyNames()).containsExactly("message");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void tellsEveryoneTheSameInTheSameOrder(BindingClient client) throws IOException {
        var id = ask(client);
        var subscribe = JSON.createObjectNode().put("id", id);
        try (var one = client.stream("SubscribeToTask", subscribe, USUAL).ok();
                var two = clients.getFirst().stream("SubscribeToTask", subscribe, USUAL).ok()) {
            try (var closed = clients.getLast().stream("SubscribeToTask", subscribe, USUAL).ok()) {
                for (var stream : List.of(one, two, closed)) {
                    assertThat(stream.next().orElseThrow().path("task").path("status").path("state").asString())
                            .as("open while the agent waits").isEqualTo("TASK_STATE_INPUT_REQUIRED");
                }
            } // which affects nobody else
            client.call("SendMessage", followUp(id, "tck-stream-artifact-chunked"), USUAL).ok();
            var seen = all(one);
            assertThat(seen.stream().filter(item -> item.has("artifactUpdate"))).hasSize(2);
            assertThat(all(two)).isEqualTo(seen);
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void resumesBehindWhatTheClientKnows(BindingClient client) throws IOException {
        var items = new ArrayList<JsonNode>();
        var ids = new ArrayList<Long>();
        var task = "";
        try (var stream = client.stream("SendStreamingMessage", A2aBindingsTest.message("tck-stream-001"), REPLAY)
                .ok()) {
            for (var item = stream.next(); item.isPresent(); item = stream.next()) {
                items.add(item.get());
                ids.add(Long.valueOf(stream.lastId()));
                var event = item.get().valueStream().findFirst().orElseThrow();
                task = item.get().has("task") ? event.path("id").asString() : task;
                assertThat(event.path("metadata").path(Caller.REPLAY_EXTENSION).path("sequence").asLong())
                        .isEqualTo(ids.getLast());
            }
        }
        assertThat(ids).isEqualTo(LongStream.rangeClosed(1, ids.size()).boxed().toList());
        var subscribe = JSON.createObjectNode().put("id", task);
        for (int known = 1; known <= ids.size(); known++) {
            assertThat(all(client.stream("SubscribeToTask", subscribe, REPLAY.lastEventId(String.valueOf(known)))
                    .ok())).as("behind %s", known).isEqualTo(items.subList(known, items.size()));
        }
        for (var wrong : List.of("no number", "-1", "1000")) {
            assertThat(client.stream("SubscribeToTask", subscribe, REPLAY.lastEventId(wrong)).failed().fields())
                    .containsExactly("Last-Event-ID");
        }
        assertThat(client.stream("SubscribeToTask", subscribe, USUAL.lastEventId("1")).failed().reason())
                .as("without the extension it is no part of the protocol").isEqualTo("UNSUPPORTED_OPERATION");
        assertThat(client.call("ListTasks", JSON.createObjectNode(), REPLAY).activated())
                .isEqualTo(Caller.REPLAY_EXTENSION);
        assertThat(client.call("ListTasks", JSON.createObjectNode(), USUAL.extension("https://example.org/x"))
                .activated()).isEmpty();
    }

    @Test
    void hasSoManyPlaces() throws IOException {
        try (var small = TestServer.start(Map.of("howdah.profile", "conformance", "howdah.agent.streams-max", "1"),
                true)) {
            for (var client : List.of(new HttpClients.JsonRpc(small), new HttpClients.HttpJson(small))) {
                var id = ask(client);
                var subscribe = JSON.createObjectNode().put("id", id);
                try (var first = client.stream("SubscribeToTask", subscribe, USUAL).ok()) {
                    first.next();
                    var message = A2aBindingsTest.message("tck-complete-task");
                    ((ObjectNode) message.path("message")).put("contextId", "refused");
                    var refused = client.stream("SendStreamingMessage", message, USUAL).failed();
                    assertThat(refused.message()).contains("howdah.agent.streams-max");
                    assertThat(refused.code()).isIn(503, -32603);
                    assertThat(client.call("ListTasks", JSON.createObjectNode().put("contextId", "refused"), USUAL)
                            .ok().path("totalSize").asInt()).as("nothing was begun").isZero();
                    client.call("CancelTask", subscribe, USUAL).ok();
                    all(first);
                }
                await().atMost(LIMIT).until(() -> client.stream("SubscribeToTask", subscribe, USUAL).failed().reason()
                        .equals("UNSUPPORTED_OPERATION"));
                client.stop();
            }
        }
    }

    @Test
    void endsWithTheServer() throws Exception {
        var events = new ArrayList<Events>();
        var stopping = TestServer.start(CONFORMANCE, true);
        try {
            for (var client : List.of(new HttpClients.JsonRpc(stopping), new HttpClients.HttpJson(stopping))) {
                events.add(client.stream("SubscribeToTask", JSON.createObjectNode().put("id", ask(client)), USUAL)
                        .ok());
                assertThat(events.getLast().next()).isPresent();
            }
            var waiting = Thread.ofVirtual().start(() -> {
                var answer = new HttpClients.JsonRpc(stopping).call("SendMessage", A2aBindingsTest.message(
                        "test-resubscribe-message-id"), USUAL);
                assertThat(answer.failed().message()).contains("the server stops");
            });
            await().atMost(LIMIT).until(() -> stopping.howdah().workerHealth().orElseThrow().running());
            stopping.close();
            for (var stream : events) {
                assertThat(stream.next()).isEmpty();
            }
            assertThat(waiting.join(LIMIT)).isTrue();
        } finally {
            stopping.close();
        }
    }

    @Test
    void cutsAClientThatDoesNotReadAndLetsItGoOn() throws Exception {
        try (var impatient = TestServer.start(Map.of("howdah.profile", "conformance", "howdah.server.socket-timeout",
                "500ms"), true)) {
            var client = new HttpClients.HttpJson(impatient);
            var id = ask(client);
            impatient.howdah().database().useTransaction(tx -> {
                tx.handle().createUpdate(LARGE_ARTIFACTS).bind("task", id).bind("count", 60).execute();
                tx.handle().createUpdate(COUNT_THEM).bind("task", id).bind("count", 60).execute();
            });
            try (var socket = new Socket()) {
                socket.setReceiveBufferSize(10_000);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), impatient.port()));
                socket.getOutputStream()
                        .write(("GET /a2a/rest/tasks/" + id + ":subscribe HTTP/1.1\r\nHost: localhost\r\n"
                                + "A2A-Version: 1.0\r\nA2A-Extensions: " + Caller.REPLAY_EXTENSION
                                + "\r\nLast-Event-ID: 1\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                var streams = impatient.howdah();
                await().atMost(LIMIT).until(() -> streams.agentTasks().openStreams() == 1);
                await().atMost(LIMIT).until(() -> streams.agentTasks().openStreams() == 0);
                assertThat(bytesUntilTheEnd(socket)).as("not all of them").isBetween(1L, 25_000_000L);
            }
            client.call("CancelTask", JSON.createObjectNode().put("id", id), USUAL).ok();
            var rest = all(client.stream("SubscribeToTask", JSON.createObjectNode().put("id", id),
                    REPLAY.lastEventId("40")).ok());
            assertThat(rest.getFirst().has("artifactUpdate")).isTrue();
            assertThat(rest.getLast().path("statusUpdate").path("status").path("state").asString())
                    .isEqualTo("TASK_STATE_CANCELED");
            client.stop();
        }
    }

    private static long bytesUntilTheEnd(Socket socket) {
        long count = 0;
        try {
            var in = new BufferedInputStream(socket.getInputStream());
            for (int read = in.read(new byte[1 << 16]); read >= 0; read = in.read(new byte[1 << 16])) {
                count += read;
            }
        } catch (IOException e) {
            return count; // reset, which is an end as well
        }
        return count;
    }

    private static String ask(BindingClient client) {
        return client.call("SendMessage", A2aBindingsTest.message("tck-input-required"), USUAL).ok().path("task")
                .path("id").asString();
    }

    private static ObjectNode followUp(String task, String kind) {
        var request = A2aBindingsTest.message(kind);
        ((ObjectNode) request.path("message")).put("taskId", task);
        return request;
    }

    private static List<JsonNode> all(Events stream) throws IOException {
        var items = new ArrayList<JsonNode>();
        try (stream) {
            for (Optional<JsonNode> item = stream.next(); item.isPresent(); item = stream.next()) {
                items.add(item.get());
            }
        }
        return items;
    }
}
