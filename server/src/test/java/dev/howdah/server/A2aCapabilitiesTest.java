package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.agent.task.SkillAgent;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.server.BindingClient.Beside;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What is refused because it is not declared, and what the usual agent makes of messages. */
class A2aCapabilitiesTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Beside USUAL = Beside.USUAL;
    private static final List<String> PUSH = List.of("CreateTaskPushNotificationConfig",
            "GetTaskPushNotificationConfig", "ListTaskPushNotificationConfigs", "DeleteTaskPushNotificationConfig");

    @Test
    void refusesWhatIsSwitchedOff() {
        overEvery(Map.of("howdah.profile", "conformance", "howdah.agent.streaming", "false",
                "howdah.agent.push-notifications", "false"), client -> {
                    var id = JSON.createObjectNode().put("id", "1").put("taskId", "1").put("url",
                            "https://example.org");
                    assertThat(client.stream("SendStreamingMessage", A2aBindingsTest.message("tck-complete-task"),
                            USUAL).failed().reason()).isEqualTo("UNSUPPORTED_OPERATION");
                    assertThat(client.stream("SubscribeToTask", id, USUAL).failed().reason())
                            .isEqualTo("UNSUPPORTED_OPERATION");
                    for (var method : PUSH) {
                        assertThat(client.call(method, id, USUAL).failed().reason()).as(method)
                                .isEqualTo("PUSH_NOTIFICATION_NOT_SUPPORTED");
                    }
                    var request = A2aBindingsTest.message("tck-complete-task");
                    request.putObject("configuration").putObject("taskPushNotificationConfig").put("url",
                            "https://example.org");
                    assertThat(client.call("SendMessage", request, USUAL).failed().reason())
                            .isEqualTo("PUSH_NOTIFICATION_NOT_SUPPORTED");
                });
    }

    @Test
    void asksForTheExtensionThatIsRequired() {
        var extension = "urn:a2a:tck:required-extension";
        overEvery(Map.of("howdah.profile", "conformance", "howdah.agent.required-extension", extension), client -> {
            var message = A2aBindingsTest.message("tck-complete-task");
            assertThat(client.call("SendMessage", message, USUAL).failed().reason())
                    .isEqualTo("EXTENSION_SUPPORT_REQUIRED");
            assertThat(client.call("ListTasks", JSON.createObjectNode(), USUAL).failed().reason())
                    .isEqualTo("EXTENSION_SUPPORT_REQUIRED");
            assertThat(client.stream("SendStreamingMessage", message, USUAL).failed().reason())
                    .isEqualTo("EXTENSION_SUPPORT_REQUIRED");
            var answer = client.call("SendMessage", message, USUAL.extension(extension));
            assertThat(answer.ok().has("task")).isTrue();
            assertThat(answer.activated()).isEqualTo(extension);
        });
    }

    @Test
    void refusesAnExtensionThatIsNone() {
        for (var wrong : List.of("no uri", "relative/path", "urn:a,urn:b")) {
            assertThatThrownBy(() -> HowdahSettings.from(Configuration.of(Map.of("howdah.agent.required-extension",
                    wrong)))).isInstanceOf(ConfigurationException.class).hasMessageContaining(wrong);
        }
    }

    @Test
    void takesAMessageOnce() {
        overEvery(Map.of(), client -> {
            var request = JSON.createObjectNode();
            request.set("message", ProtoJson.message(SkillAgent.message("get_dependencies",
                    JSON.createObjectNode().put("repo", "a/b"))));
            var first = client.call("SendMessage", request, USUAL).ok().path("task");
            assertThat(first.path("status").path("state").asString()).as(first.toString())
                    .isEqualTo("TASK_STATE_COMPLETED");
            assertThat(first.path("artifacts").get(0).path("parts").get(0).has("data")).isTrue();
            assertThat(client.call("SendMessage", request, USUAL).ok().path("task").path("id"))
                    .isEqualTo(first.path("id"));
            var other = request.deepCopy();
            ((ObjectNode) other.path("message").path("parts").get(0).path("data").path("input")).put("repo", "a/c");
            assertThat(client.call("SendMessage", other, USUAL).failed().fields())
                    .containsExactly("message.messageId");

            var keyed = USUAL.idempotencyKey("key of " + client.name());
            ((ObjectNode) other.path("message")).put("messageId", "other of " + client.name());
            var second = client.call("SendMessage", other, keyed).ok().path("task");
            assertThat(client.call("SendMessage", other, keyed).ok().path("task").path("id"))
                    .isEqualTo(second.path("id")).isNotEqualTo(first.path("id"));
            assertThat(client.call("SendMessage", request, keyed).failed().message()).contains("before");
        });
    }

    @Test
    void rejectsWhatASkillCannotTake() {
        overEvery(Map.of(), client -> {
            var request = JSON.createObjectNode();
            request.set("message", ProtoJson.message(SkillAgent.message("get_dependencies",
                    JSON.createObjectNode())));
            var status = client.call("SendMessage", request, USUAL).ok().path("task").path("status");
            assertThat(status.path("state").asString()).isEqualTo("TASK_STATE_REJECTED");
            assertThat(status.path("message").path("parts").get(0).path("text").asString()).contains("repo");
        });
    }

    private static void overEvery(Map<String, String> settings, Consumer<BindingClient> test) {
        int grpcPort = GrpcClient.freePort();
        var all = new HashMap<>(settings);
        all.put("howdah.agent.grpc.port", Integer.toString(grpcPort));
        try (var server = TestServer.start(all, true)) {
            for (var client : List.of(new HttpClients.JsonRpc(server), new HttpClients.HttpJson(server),
                    new GrpcClient(grpcPort))) {
                test.accept(client);
                client.stop();
            }
        }
    }
}
