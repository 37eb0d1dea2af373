package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.card.AgentCards;
import dev.howdah.server.BindingClient.Beside;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What A2A 1.0 asks of a server, over every binding; the same tests for all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class A2aBindingsTest {
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

    List<BindingClient> clients() {
        return clients;
    }

    /** Those that can send what protobuf cannot say. */
    List<BindingClient> clientsOverHttp() {
        return clients.subList(0, 2);
    }

    @AfterAll
    void stop() {
        clients.forEach(BindingClient::stop);
        server.close();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void waitsForTheOutcomeUnlessToldOtherwise(BindingClient client) {
        var task = send(client, "tck-complete-task", Map.of()).path("task");
        assertThat(task.path("status").path("state").asString()).isEqualTo("TASK_STATE_COMPLETED");
        assertThat(task.path("status").path("message").path("role").asString()).isEqualTo("ROLE_AGENT");
        assertThat(task.path("status").path("timestamp").asString())
                .matches("\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}\\.\\d{3}Z");
        assertThat(task.path("id").asString()).isNotEmpty();
        assertThat(task.path("contextId").asString()).isNotEmpty();

        var request = message("tck-delayed-complete");
        request.putObject("configuration").put("returnImmediately", true);
        var begun = client.call("SendMessage", request, AS_ADA).ok().path("task");
        assertThat(begun.path("status").path("state").asString()).isIn("TASK_STATE_SUBMITTED", "TASK_STATE_WORKING");
        client.call("CancelTask", id(begun), AS_ADA).ok();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void answersWithEveryKindOfContent(BindingClient client) {
        assertThat(part(client, "tck-artifact-text").path("text").asString()).isEqualTo("Generated text content");
        var file = part(client, "tck-artifact-file");
        assertThat(file.path("raw").isString()).isTrue();
        assertThat(file.path("filename").asString()).isEqualTo("output.txt");
        assertThat(part(client, "tck-artifact-file-url").path("url").asString()).endsWith("/output.txt");
        assertThat(part(client, "tck-artifact-data").path("data").path("count").asInt()).isEqualTo(42);
        var answer = client.call("SendMessage", message("tck-message-response"), AS_ADA).ok();
        assertThat(answer.has("task")).isFalse();
        assertThat(answer.path("message").path("parts").get(0).path("text").asString()).isNotEmpty();
        var rejected = send(client, "tck-reject-task", Map.of()).path("task").path("status");
        assertThat(rejected.path("state").asString()).isEqualTo("TASK_STATE_REJECTED");
    }

    Stream<Arguments> errorsOverAll() {
        return clients.stream().flatMap(client -> Arrays.stream(A2aError.values())
                .map(error -> Arguments.of(client, error)));
    }

    @ParameterizedTest
    @MethodSource("errorsOverAll")
    void saysEveryErrorAsTheTableHasIt(BindingClient client, A2aError error) {
        var id = "howdah-error-" + error.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        for (var failure : List.of(client.call("SendMessage", message(id), AS_ADA).failed(),
                client.stream("SendStreamingMessage", message(id), AS_ADA).failed())) {
            assertThat(failure.reason()).isEqualTo(error.name());
            assertThat(failure.code()).as(client.name()).isEqualTo(client.codeOf(error.name()));
            assertThat(failure.details().path(0).path("@type").asString())
                    .isEqualTo("type.googleapis.com/google.rpc.ErrorInfo");
            assertThat(failure.details().path(0).path("domain").asString()).isEqualTo("a2a-protocol.org");
            assertThat(failure.message()).contains("; ");
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void speaksVersionOneAndNoOther(BindingClient client) {
        for (var version : List.of("", "0.3", "1.1", "2.0", "99.0", "one", "1", "1.0.x")) {
            expect(client, "VERSION_NOT_SUPPORTED", client.call("SendMessage", message("tck-complete-task"),
                    AS_ADA.version(version)));
            expect(client, "VERSION_NOT_SUPPORTED", client.call("ListTasks", JSON.createObjectNode(), AS_ADA.version(
                    version)));
        }
        client.call("ListTasks", JSON.createObjectNode(), AS_ADA.version("1.0.1")).ok();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void saysTheSameOfUnknownAndForeignTasks(BindingClient client) {
        var mine = send(client, "tck-input-required", Map.of()).path("task").path("id").asString();
        var messages = new TreeSet<String>();
        for (var id : List.of(mine, UUID.randomUUID().toString(), "no-uuid", "a b%")) {
            for (var method : List.of("GetTask", "CancelTask")) {
                var failure = client.call(method, JSON.createObjectNode().put("id", id), AS_BOB).failed();
                assertThat(failure.reason()).as(method + " " + id).isEqualTo("TASK_NOT_FOUND");
                messages.add(failure.message().replace(id, "*"));
            }
            var failure = client.stream("SubscribeToTask", JSON.createObjectNode().put("id", id), AS_BOB).failed();
            messages.add(failure.message().replace(id, "*"));
            var followUp = message("tck-complete-task");
            ((ObjectNode) followUp.path("message")).put("taskId", id);
            messages.add(client.call("SendMessage", followUp, AS_BOB).failed().message().replace(id, "*"));
        }
        assertThat(messages).as("what is foreign cannot be told from what is not there").hasSize(1);
        assertThat(client.call("GetTask", JSON.createObjectNode().put("id", mine), AS_ADA).ok().path("id").asString())
                .isEqualTo(mine);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void keepsTenantsApart(BindingClient client) {
        var request = message("tck-complete-task").put("tenant", "acme");
        var task = client.call("SendMessage", request, AS_ADA).ok().path("task");
        assertThat(client.call("GetTask", id(task).put("tenant", "acme"), AS_ADA).ok().path("id"))
                .isEqualTo(task.path("id"));
        expect(client, "TASK_NOT_FOUND", client.call("GetTask", id(task), AS_ADA));
        expect(client, "TASK_NOT_FOUND", client.call("GetTask", id(task).put("tenant", "other"), AS_ADA));
        assertThat(ids(client.call("ListTasks", JSON.createObjectNode().put("tenant", "acme"), AS_ADA).ok()))
                .contains(task.path("id").asString());
        assertThat(client.call("ListTasks", JSON.createObjectNode().put("tenant", "x".repeat(201)), AS_ADA).failed()
                .fields()).containsExactly("tenant");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void goesOnWithATaskThatAsked(BindingClient client) {
        var task = send(client, "tck-input-required", Map.of()).path("task");
        assertThat(task.path("status").path("state").asString()).isEqualTo("TASK_STATE_INPUT_REQUIRED");
        var followUp = message("tck-complete-task");
        ((ObjectNode) followUp.path("message")).put("taskId", task.path("id").asString()).put("contextId", "other");
        assertThat(client.call("SendMessage", followUp, AS_ADA).failed().fields()).containsExactly(
                "message.contextId");
        ((ObjectNode) followUp.path("message")).remove("contextId");
        var done = client.call("SendMessage", followUp, AS_ADA).ok().path("task");
        assertThat(done.path("status").path("state").asString()).isEqualTo("TASK_STATE_COMPLETED");
        assertThat(done.path("id")).isEqualTo(task.path("id"));
        assertThat(done.path("contextId")).as("the task tells its context").isEqualTo(task.path("contextId"));
        ((ObjectNode) followUp.path("message")).put("messageId", UUID.randomUUID().toString());
        expect(client, "UNSUPPORTED_OPERATION", client.call("SendMessage", followUp, AS_ADA));
        expect(client, "UNSUPPORTED_OPERATION", client.stream("SubscribeToTask", id(task), AS_ADA));
        expect(client, "TASK_NOT_CANCELABLE", client.call("CancelTask", id(task), AS_ADA));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void keepsTheContextThatIsGiven(BindingClient client) {
        var context = "context of " + client.name();
        var task = send(client, "tck-complete-task", Map.of("contextId", context)).path("task");
        assertThat(task.path("contextId").asString()).isEqualTo(context);
        assertThat(ids(client.call("ListTasks", JSON.createObjectNode().put("contextId", context), AS_ADA).ok()))
                .containsExactly(task.path("id").asString());
        assertThat(ids(client.call("ListTasks", JSON.createObjectNode().put("contextId", context), AS_BOB).ok()))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void cancelsOnce(BindingClient client) {
        var task = send(client, "tck-input-required", Map.of()).path("task");
        var canceled = client.call("CancelTask", id(task), AS_ADA).ok();
        assertThat(canceled.path("status").path("state").asString()).isEqualTo("TASK_STATE_CANCELED");
        expect(client, "TASK_NOT_CANCELABLE", client.call("CancelTask", id(task), AS_ADA));
        assertThat(client.call("GetTask", id(task), AS_ADA).ok().path("status")).isEqualTo(canceled.path("status"));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void givesAsMuchHistoryAsIsAskedFor(BindingClient client) {
        var task = send(client, "tck-input-required", Map.of()).path("task");
        var followUp = message("tck-complete-task");
        ((ObjectNode) followUp.path("message")).put("taskId", task.path("id").asString());
        client.call("SendMessage", followUp, AS_ADA).ok();
        var all = client.call("GetTask", id(task), AS_ADA).ok().path("history");
        assertThat(all.size()).isGreaterThanOrEqualTo(2);
        assertThat(all.get(0).path("messageId").asString()).startsWith("tck-input-required");
        assertThat(client.call("GetTask", id(task).put("historyLength", 0), AS_ADA).ok().has("history")).isFalse();
        assertThat(client.call("GetTask", id(task).put("historyLength", 1), AS_ADA).ok().path("history"))
                .isEqualTo(JSON.createArrayNode().add(all.get(all.size() - 1)));
        assertThat(client.call("GetTask", id(task).put("historyLength", -1), AS_ADA).failed().fields())
                .containsExactly("historyLength");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void listsByPagesWithTotals(BindingClient client) {
        var context = "pages of " + client.name();
        var made = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            made.addFirst(send(client, "tck-artifact-text", Map.of("contextId", context)).path("task").path("id")
                    .asString());
        }
        var query = JSON.createObjectNode().put("contextId", context).put("pageSize", 2);
        var seen = new ArrayList<String>();
        var token = "";
        var times = new ArrayList<String>();
        do {
            var page = client.call("ListTasks", query.deepCopy().put("pageToken", token), AS_ADA).ok();
            assertThat(page.path("totalSize").asInt()).isEqualTo(5);
            assertThat(page.path("pageSize").asInt()).isEqualTo(2);
            assertThat(page.path("nextPageToken").isString()).as("always there").isTrue();
            page.path("tasks").forEach(task -> {
                assertThat(task.has("artifacts")).isFalse();
                times.add(task.path("status").path("timestamp").asString());
            });
            seen.addAll(ids(page));
            token = page.path("nextPageToken").asString();
        } while (!token.isEmpty());
        assertThat(seen).as("newest first").isEqualTo(made);
        var withArtifacts = client.call("ListTasks", query.deepCopy().put("includeArtifacts", true), AS_ADA).ok();
        assertThat(withArtifacts.path("tasks").get(0).path("artifacts").size()).isEqualTo(1);
        var since = client.call("ListTasks", JSON.createObjectNode().put("contextId", context)
                .put("statusTimestampAfter", times.get(1)), AS_ADA).ok();
        assertThat(ids(since)).as("the time itself included").containsAll(made.subList(0, 2));
        assertThat(since.path("totalSize").asInt()).isEqualTo(ids(since).size());
        assertThat(ids(client.call("ListTasks", JSON.createObjectNode().put("contextId", context)
                .put("status", "TASK_STATE_FAILED"), AS_ADA).ok())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("clientsOverHttp")
    void refusesListsThatMakeNoSense(BindingClient client) {
        for (var wrong : List.of(Map.of("pageSize", 0), Map.of("pageSize", 101), Map.of("pageSize", -1))) {
            var query = JSON.createObjectNode();
            wrong.forEach(query::put);
            assertThat(client.call("ListTasks", query, AS_ADA).failed().fields()).containsExactly("pageSize");
        }
        assertThat(client.call("ListTasks", JSON.createObjectNode().put("status", "WORKING")
                .put("statusTimestampAfter", "yesterday"), AS_ADA).failed().fields())
                .containsExactlyInAnyOrder("status", "statusTimestampAfter");
        var failure = client.call("ListTasks", JSON.createObjectNode().put("pageToken", "made-up"), AS_ADA).failed();
        assertThat(failure.fields()).containsExactly("pageToken");
        assertThat(failure.code()).isEqualTo(client.codeOf(""));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void refusesTheCursorOfAnotherQuery(BindingClient client) {
        var context = "cursor of " + client.name();
        for (int i = 0; i < 2; i++) {
            send(client, "tck-complete-task", Map.of("contextId", context));
        }
        var query = JSON.createObjectNode().put("contextId", context).put("pageSize", 1);
        var token = client.call("ListTasks", query, AS_ADA).ok().path("nextPageToken").asString();
        assertThat(token).isNotEmpty();
        assertThat(client.call("ListTasks", query.deepCopy().put("contextId", "another").put("pageToken", token),
                AS_ADA).failed().fields()).containsExactly("pageToken");
        assertThat(client.call("ListTasks", query.deepCopy().put("pageToken", token), AS_BOB).failed().fields())
                .as("of another caller").containsExactly("pageToken");
    }

    @ParameterizedTest
    @MethodSource("clientsOverHttp")
    void namesEveryFaultOfAMessage(BindingClient client) {
        assertThat(client.call("SendMessage", JSON.createObjectNode(), AS_ADA).failed().fields())
                .contains("message");
        var request = JSON.createObjectNode();
        request.putObject("message").put("role", "ROLE_AGENT").putArray("parts").addObject().put("text", "a").put(
                "url", "b");
        request.putObject("configuration").put("historyLength", -1);
        assertThat(client.call("SendMessage", request, AS_ADA).failed().fields()).containsExactlyInAnyOrder(
                "message.messageId", "message.role", "message.parts[0]", "configuration.historyLength");
        var nul = message("tck-complete-task");
        ((ObjectNode) nul.path("message").path("parts").get(0)).put("text", "\0");
        assertThat(client.call("SendMessage", nul, AS_ADA).failed().fields()).isNotEmpty();
        var surrogate = message("tck-complete-task");
        ((ObjectNode) surrogate.path("message")).putObject("metadata").put("half", "\\ud800");
        client.call("SendMessage", surrogate, AS_ADA).ok();
        var many = message("tck-complete-task");
        for (int i = 0; i < 1000; i++) {
            many.path("message").withArray("parts").addObject().put("text", "x");
        }
        assertThat(client.call("SendMessage", many, AS_ADA).failed().fields()).containsExactly("message.parts");
    }

    @ParameterizedTest
    @MethodSource("clientsOverHttp")
    void refusesWhatIsTooLarge(BindingClient client) {
        var large = message("tck-complete-task");
        ((ObjectNode) large.path("message").path("parts").get(0)).put("text", "x".repeat(1_010_000));
        var failure = client.call("SendMessage", large, AS_ADA).failed();
        assertThat(failure.message()).contains("howdah.agent.message-max");
        ((ObjectNode) large.path("message").path("parts").get(0)).put("text", "x".repeat(1 << 20));
        assertThat(client.call("SendMessage", large, AS_ADA).failed().message()).contains("howdah.server.body-max");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void refusesContentOfUnknownTypes(BindingClient client) {
        var request = message("tck-complete-task");
        request.path("message").withArray("parts").addObject().put("raw", "dGNr").put("mediaType",
                "application/x-unsupported-tck-type");
        expect(client, "CONTENT_TYPE_NOT_SUPPORTED", client.call("SendMessage", request, AS_ADA));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void tellsMoreToThoseWhoAreKnownAndNothingToOthers(BindingClient client) {
        var request = message("tck-complete-task");
        var card = client.call("GetExtendedAgentCard", JSON.createObjectNode(), AS_ADA).ok();
        assertThat(card.path("capabilities").path("extensions").valueStream().map(each -> each.path("uri").asString()))
                .contains(AgentCards.SCHEMAS_EXTENSION);
        assertThat(client.call("SendMessage", request, Beside.USUAL).failed().message()).contains("API key");
        assertThat(client.call("SendMessage", request, Beside.USUAL.key("wrong-0123456789")).failed().message())
                .contains("API key");
    }

    private static void expect(BindingClient client, String reason, BindingClient.Outcome outcome) {
        expect(client, reason, outcome.failed());
    }

    private static void expect(BindingClient client, String reason, BindingClient.Opened opened) {
        expect(client, reason, opened.failed());
    }

    private static void expect(BindingClient client, String reason, BindingClient.Failure failure) {
        assertThat(failure.reason()).as(failure.message()).isEqualTo(reason);
        assertThat(failure.code()).isEqualTo(client.codeOf(reason));
    }

    private static JsonNode part(BindingClient client, String kind) {
        var artifacts = send(client, kind, Map.of()).path("task").path("artifacts");
        assertThat(artifacts.size()).isEqualTo(1);
        assertThat(artifacts.get(0).path("artifactId").asString()).isNotEmpty();
        return artifacts.get(0).path("parts").get(0);
    }

    private static JsonNode send(BindingClient client, String kind, Map<String, String> more) {
        var request = message(kind);
        more.forEach(((ObjectNode) request.path("message"))::put);
        return client.call("SendMessage", request, AS_ADA).ok();
    }

    static ObjectNode message(String kind) {
        var request = JSON.createObjectNode();
        request.putObject("message").put("messageId", kind.startsWith("howdah-error")
                ? kind
                : kind + "-" + UUID.randomUUID()).put("role", "ROLE_USER").putArray("parts").addObject()
                .put("text", "hello");
        return request;
    }

    private static ObjectNode id(JsonNode task) {
        return JSON.createObjectNode().put("id", task.path("id").asString());
    }

    private static List<String> ids(JsonNode page) {
        return StreamSupport.stream(page.path("tasks").spliterator(), false).map(task -> task.path("id").asString())
                .toList();
    }
}
