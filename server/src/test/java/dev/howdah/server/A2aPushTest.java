package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.howdah.server.BindingClient.Beside;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Where events are posted to, over every binding. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class A2aPushTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String ADA = "ada-0123456789abcdef";
    private static final String BOB = "bob-0123456789abcdef";
    private static final Beside AS_ADA = Beside.USUAL.key(ADA);
    private static final Beside AS_BOB = Beside.USUAL.key(BOB);

    private final int grpcPort = GrpcClient.freePort();
    private final TestServer server = TestServer.start(Map.of("howdah.profile", "conformance",
            "howdah.server.api-keys", "ada:" + ADA + ",bob:" + BOB, "howdah.agent.grpc.port",
            Integer.toString(grpcPort)), true);
    private final List<BindingClient> clients = List.of(new HttpClients.JsonRpc(server),
            new HttpClients.HttpJson(server), new GrpcClient(grpcPort));
    private final LinkedBlockingQueue<Posted> posted = new LinkedBlockingQueue<>();
    private final HttpServer receiver;

    A2aPushTest() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var headers = exchange.getRequestHeaders();
            posted.add(new Posted(JSON.readTree(body), Optional.ofNullable(headers.getFirst("Content-Type")).orElse(""),
                    Optional.ofNullable(headers.getFirst("X-A2A-Notification-Token")).orElse(""),
                    Optional.ofNullable(headers.getFirst("Authorization")).orElse("")));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
    }

    /** What has arrived. */
    private record Posted(JsonNode item, String mediaType, String token, String authorization) {}

    List<BindingClient> clients() {
        return clients;
    }

    @AfterAll
    void stop() {
        clients.forEach(BindingClient::stop);
        server.close();
        receiver.stop(0);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void keepsAndForgetsPlaces(BindingClient client) {
        var task = ask(client, Optional.empty());
        var given = place(task).put("id", "mine");
        var made = client.call("CreateTaskPushNotificationConfig", given, AS_ADA).ok();
        assertThat(made.path("id").asString()).isEqualTo("mine");
        assertThat(made.path("taskId").asString()).isEqualTo(task);
        assertThat(made.path("url")).isEqualTo(given.path("url"));
        var named = client.call("CreateTaskPushNotificationConfig", place(task), AS_ADA).ok();
        assertThat(named.path("id").asString()).isNotEmpty();

        var key = JSON.createObjectNode().put("taskId", task).put("id", "mine");
        assertThat(client.call("GetTaskPushNotificationConfig", key, AS_ADA).ok().path("url"))
                .isEqualTo(given.path("url"));
        var all = JSON.createObjectNode().put("taskId", task);
        assertThat(client.call("ListTaskPushNotificationConfigs", all, AS_ADA).ok().path("configs").size())
                .isEqualTo(2);
        var first = client.call("ListTaskPushNotificationConfigs", all.deepCopy().put("pageSize", 1), AS_ADA).ok();
        assertThat(first.path("configs").size()).isEqualTo(1);
        var second = client.call("ListTaskPushNotificationConfigs", all.deepCopy().put("pageSize", 1)
                .put("pageToken", first.path("nextPageToken").asString()), AS_ADA).ok();
        assertThat(second.path("configs").get(0).path("id")).isNotEqualTo(first.path("configs").get(0).path("id"));

        for (var method : List.of("GetTaskPushNotificationConfig", "DeleteTaskPushNotificationConfig")) {
            assertThat(client.call(method, key, AS_BOB).failed().reason()).as("foreign").isEqualTo("TASK_NOT_FOUND");
        }
        assertThat(client.call("ListTaskPushNotificationConfigs", all, AS_BOB).failed().reason())
                .isEqualTo("TASK_NOT_FOUND");
        client.call("DeleteTaskPushNotificationConfig", key, AS_ADA).ok();
        client.call("DeleteTaskPushNotificationConfig", key, AS_ADA).ok();
        assertThat(client.call("GetTaskPushNotificationConfig", key, AS_ADA).failed().reason())
                .isEqualTo("TASK_NOT_FOUND");
        var nowhere = JSON.createObjectNode().put("taskId", UUID.randomUUID().toString()).put("url", url());
        assertThat(client.call("CreateTaskPushNotificationConfig", nowhere, AS_ADA).failed().reason())
                .isEqualTo("TASK_NOT_FOUND");
        assertThat(client.call("CreateTaskPushNotificationConfig", place(task).put("url", "ftp://127.0.0.1/"), AS_ADA)
                .failed().fields()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void postsWhatHappens(BindingClient client) throws InterruptedException {
        posted.clear();
        var place = JSON.createObjectNode().put("url", url()).put("token", "token of " + client.name());
        place.putObject("authentication").put("scheme", "Bearer").put("credentials", "secret");
        var task = ask(client, Optional.of(place));
        client.call("CancelTask", JSON.createObjectNode().put("id", task), AS_ADA).ok();
        var states = new ArrayList<String>();
        while (!states.contains("TASK_STATE_CANCELED")) {
            var one = posted.poll(30, TimeUnit.SECONDS);
            assertThat(one).as("what was posted so far: %s", states).isNotNull();
            assertThat(one.mediaType()).isEqualTo("application/a2a+json");
            assertThat(one.token()).isEqualTo("token of " + client.name());
            assertThat(one.authorization()).isEqualTo("Bearer secret");
            assertThat(one.item().path("statusUpdate").path("taskId").asString()).isEqualTo(task);
            states.add(one.item().path("statusUpdate").path("status").path("state").asString());
        }
        assertThat(states).as("in order").endsWith("TASK_STATE_INPUT_REQUIRED", "TASK_STATE_CANCELED");
    }

    private String ask(BindingClient client, Optional<ObjectNode> place) {
        var request = A2aBindingsTest.message("tck-input-required");
        place.ifPresent(given -> request.putObject("configuration").set("taskPushNotificationConfig", given));
        return client.call("SendMessage", request, AS_ADA).ok().path("task").path("id").asString();
    }

    private ObjectNode place(String task) {
        return JSON.createObjectNode().put("taskId", task).put("url", url());
    }

    private String url() {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
    }
}
