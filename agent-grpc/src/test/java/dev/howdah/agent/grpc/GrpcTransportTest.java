package dev.howdah.agent.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.A2aSettings;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.client.A2aMethod;
import dev.howdah.agent.client.RemoteEndpoint;
import dev.howdah.agent.client.RemoteEvents;
import dev.howdah.agent.grpc.v1.A2AServiceGrpc.A2AServiceImplBase;
import dev.howdah.agent.grpc.v1.GetTaskRequest;
import dev.howdah.agent.grpc.v1.Task;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.http.OutboundHttpSettings;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The client's side of gRPC, against our server's. */
class GrpcTransportTest {
    private static final String KEY = "a-key-of-enough-letters";
    private static final String STORE_PASSWORD = "only-for-a-test";
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final A2aSettings OFFERED = A2aSettings.from(Configuration.of(Map.of()));

    private final FakeAgent agent = new FakeAgent();
    private final A2aGrpcServer server = A2aGrpcServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new GrpcSettings(0, 1 << 20, LONG), OFFERED, agent, key -> key.filter(KEY::equals).map(_ -> "ada"),
            caller -> JsonMapper.shared().createObjectNode().put("name", "howdah"));
    private final GrpcTransport transport = new GrpcTransport(OutboundHttpSettings.defaults());

    @AfterEach
    void close() {
        transport.close();
        server.close();
    }

    private RemoteEndpoint endpoint() {
        return endpoint("http://127.0.0.1:" + server.port(), LONG, Map.of());
    }

    private static RemoteEndpoint endpoint(String address, Duration timeout, Map<String, String> more) {
        var parameters = new HashMap<>(Map.of("A2A-Version", "1.0", "X-API-Key", KEY));
        parameters.putAll(more);
        return new RemoteEndpoint(address, "acme", true, parameters, timeout);
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    private static ObjectNode message(String text) {
        return json("{'message': {'messageId': 'm', 'role': 'ROLE_USER', 'parts': [{'text': '" + text + "'}]}}");
    }

    private JsonNode call(A2aMethod method, String request) {
        return transport.call(endpoint(), method, json(request));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertFails(String code, ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOfSatisfying(HowdahException.class,
                e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void carriesEveryOperation() {
        assertThat(transport.call(endpoint(), A2aMethod.SEND_MESSAGE, message("hello")).path("task").path("status")
                .path("state").asString()).isEqualTo("TASK_STATE_COMPLETED");
        assertThat(agent.sent.getFirst().message().text()).isEqualTo("hello");
        assertThat(agent.callers.getFirst().tenant()).isEqualTo("acme");
        assertThat(call(A2aMethod.GET_TASK, "{'id': 't1', 'historyLength': 2}").path("contextId").asString())
                .isEqualTo("c1");
        assertThat(call(A2aMethod.LIST_TASKS, "{'pageSize': 7}").path("pageSize").asInt()).isEqualTo(7);
        assertThat(call(A2aMethod.CANCEL_TASK, "{'id': 't1'}").path("status").path("state").asString())
                .isEqualTo("TASK_STATE_CANCELED");
        assertThat(call(A2aMethod.CREATE_PUSH_CONFIG, "{'id': 'p1', 'taskId': 't1', 'url': 'https://example.org/'}")
                .path("url").asString()).isEqualTo("https://example.org/");
        assertThat(call(A2aMethod.GET_PUSH_CONFIG, "{'id': 'p1', 'taskId': 't1'}").path("id").asString())
                .isEqualTo("p1");
        assertThat(call(A2aMethod.LIST_PUSH_CONFIGS, "{'taskId': 't1'}").path("configs")).hasSize(1);
        assertThat(call(A2aMethod.DELETE_PUSH_CONFIG, "{'id': 'p1', 'taskId': 't1'}")).isEmpty();
        assertThat(agent.configs).isEmpty();
        assertThat(call(A2aMethod.GET_EXTENDED_CARD, "{}").path("name").asString()).isEqualTo("howdah");
    }

    @Test
    void streamsToTheEndWithTheSequencesOfEvents() {
        agent.events.addAll(List.of(FakeAgent.task("t1", TaskState.SUBMITTED), FakeAgent.update(TaskState.WORKING),
                FakeAgent.update(TaskState.COMPLETED)));
        var replaying = endpoint("http://127.0.0.1:" + server.port(), LONG,
                Map.of("A2A-Extensions", Caller.REPLAY_EXTENSION, "Last-Event-ID", "41"));
        var told = new ArrayList<RemoteEvents.Event>();
        try (var events = transport.open(replaying, A2aMethod.SUBSCRIBE_TO_TASK, json("{'id': 't1'}"))) {
            for (var event = events.next(); event.isPresent(); event = events.next()) {
                told.add(event.get());
            }
            assertThat(events.next()).as("it stays at its end").isEmpty();
        }
        assertThat(told).extracting(event -> event.sequence().orElseThrow()).containsExactly(1L, 2L, 3L);
        assertThat(told.getFirst().item().path("task").path("id").asString()).isEqualTo("t1");
        assertThat(agent.callers.getFirst().resumeAfter()).hasValue(41);
    }

    @Test
    void closingAStreamEndsItOnBothSides() throws Exception {
        agent.events.add(FakeAgent.task("t1", TaskState.WORKING));
        var events = transport.open(endpoint(), A2aMethod.SEND_STREAMING_MESSAGE, message("hello"));
        assertThat(events.next()).isPresent();
        var waiting = CompletableFuture.supplyAsync(events::next);
        events.close();
        assertThat(waiting).succeedsWithin(LONG).isEqualTo(Optional.empty());
        assertThat(agent.closed.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(A2aError.class)
    void tellsTheErrorsOfTheProtocol(A2aError error) {
        agent.fault = Optional.of(new A2aException(error, "no", "do otherwise"));
        for (ThrowingCallable call : List.<ThrowingCallable>of(() -> call(A2aMethod.GET_TASK, "{'id': 't1'}"),
                () -> transport.open(endpoint(), A2aMethod.SUBSCRIBE_TO_TASK, json("{'id': 't1'}")))) {
            assertThatThrownBy(call).isInstanceOfSatisfying(A2aException.class,
                    e -> assertThat(e.error()).isEqualTo(error));
        }
    }

    @Test
    void tellsWhatTheAgentDoesNotTake() {
        assertFails("agent-refused", () -> call(A2aMethod.GET_TASK, "{}")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("id");
        var wrong = endpoint("http://127.0.0.1:" + server.port(), LONG, Map.of("X-API-Key", "wrong"));
        assertFails("agent-unauthorized", () -> transport.call(wrong, A2aMethod.SEND_MESSAGE, message("hello")))
                .hasMessageContaining("howdah.agent.remote-credentials");
        var named = endpoint("http://127.0.0.1:" + server.port(), LONG, Map.of("no header at all", "s3cret"));
        assertThatThrownBy(() -> transport.call(named, A2aMethod.SEND_MESSAGE, message("hello")))
                .isInstanceOf(A2aException.class).hasMessageNotContaining("s3cret");
        var deep = message("hello");
        var at = deep.putObject("metadata");
        for (int i = 0; i < 200; i++) {
            at = at.putObject("in");
        }
        assertFails("a2a-invalid", () -> transport.call(endpoint(), A2aMethod.SEND_MESSAGE, deep));
        assertThat(agent.sent).isEmpty();
    }

    @Test
    void tellsThatNoAnswerCame() {
        agent.fault = Optional.of(new UnavailableException("database-away", "the database is away", "wait", null));
        assertFails("agent-unavailable", () -> call(A2aMethod.GET_TASK, "{'id': 't1'}"));
        agent.fault = Optional.empty();
        var impatient = endpoint("http://127.0.0.1:" + server.port(), Duration.ofMillis(200), Map.of());
        assertFails(OutboundHttp.TIMEOUT, () -> transport.call(impatient, A2aMethod.SEND_MESSAGE, message("wait")));
        assertFails(OutboundHttp.TIMEOUT,
                () -> transport.open(impatient, A2aMethod.SUBSCRIBE_TO_TASK, json("{'id': 't1'}")));
        var nobody = endpoint("http://127.0.0.1:1", LONG, Map.of());
        for (int i = 0; i < 2; i++) {
            assertFails(OutboundHttp.UNREACHABLE, () -> transport.call(nobody, A2aMethod.SEND_MESSAGE, message("a")));
        }
        var encrypted = endpoint("https://127.0.0.1:" + server.port(), LONG, Map.of());
        assertFails(OutboundHttp.UNREACHABLE, () -> transport.call(encrypted, A2aMethod.SEND_MESSAGE, message("a")));
    }

    @Test
    void encryptsIfTheAddressSaysSoAndChecksTheName(@TempDir Path directory) throws Exception {
        var store = directory.resolve("store.p12");
        var made = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "agent", "-keyalg", "EC", "-dname", "CN=agent", "-ext", "san=ip:127.0.0.1",
                "-storetype", "PKCS12", "-storepass", STORE_PASSWORD, "-keystore", store.toString())
                .redirectErrorStream(true).redirectOutput(directory.resolve("keytool.log").toFile()).start().waitFor();
        assertThat(made).isZero();
        var keys = KeyStore.getInstance(store.toFile(), STORE_PASSWORD.toCharArray());
        var certificate = pem(directory.resolve("certificate.pem"), "CERTIFICATE",
                keys.getCertificate("agent").getEncoded());
        var key = pem(directory.resolve("key.pem"), "PRIVATE KEY",
                keys.getKey("agent", STORE_PASSWORD.toCharArray()).getEncoded());
        var encrypting = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .useTransportSecurity(certificate, key)
                .addService(new A2AServiceImplBase() {
                    @Override
                    public void getTask(GetTaskRequest request, StreamObserver<Task> observer) {
                        observer.onNext(Task.newBuilder().setId(request.getId()).build());
                        observer.onCompleted();
                    }
                }).build().start();
        var request = json("{'id': 't7'}");
        var named = endpoint("https://127.0.0.1:" + encrypting.getPort(), LONG, Map.of());
        var misnamed = endpoint("https://localhost:" + encrypting.getPort(), LONG, Map.of());
        assertFails(OutboundHttp.UNREACHABLE, () -> transport.call(named, A2aMethod.GET_TASK, request));
        System.setProperty(TRUST_STORE, store.toString());
        System.setProperty(TRUST_STORE + "Password", STORE_PASSWORD);
        try (var trusting = new GrpcTransport(OutboundHttpSettings.defaults())) {
            assertThat(trusting.call(named, A2aMethod.GET_TASK, request).path("id").asString()).isEqualTo("t7");
            assertFails(OutboundHttp.UNREACHABLE, () -> trusting.call(misnamed, A2aMethod.GET_TASK, request));
        } finally {
            System.clearProperty(TRUST_STORE);
            System.clearProperty(TRUST_STORE + "Password");
            encrypting.shutdownNow();
        }
    }

    private static File pem(Path file, String kind, byte[] content) throws IOException {
        return Files
                .writeString(file, "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(content)
                        + "\n-----END " + kind + "-----\n")
                .toFile();
    }

    @Test
    void anAnswerHasALargestSize() {
        agent.answer = () -> dev.howdah.agent.a2a.Message.ofAgent("x".repeat(2 << 20));
        assertThatThrownBy(() -> transport.call(endpoint(), A2aMethod.SEND_MESSAGE, message("hello")))
                .hasMessageContaining("exceeds maximum size");
    }

    @Test
    void asksNobodyInsideTheNetworkWhomTheOperatorDidNotName() {
        var named = endpoint();
        for (var address : List.of(named.address(), "http://localhost:" + server.port(), "http://169.254.169.254")) {
            var stranger = new RemoteEndpoint(address, "", false, named.parameters(), LONG);
            assertFails(OutboundHttp.ADDRESS_REFUSED,
                    () -> transport.call(stranger, A2aMethod.SEND_MESSAGE, message("hello")));
            assertFails(OutboundHttp.ADDRESS_REFUSED,
                    () -> transport.open(stranger, A2aMethod.SUBSCRIBE_TO_TASK, json("{'id': 't1'}")));
        }
        transport.call(named, A2aMethod.SEND_MESSAGE, message("hello"));
        assertFails(OutboundHttp.ADDRESS_REFUSED, () -> transport.call(new RemoteEndpoint(named.address(), "", false,
                named.parameters(), LONG), A2aMethod.SEND_MESSAGE, message("over the same connection")));
        assertThat(agent.sent).hasSize(1);
    }

    @Test
    void aBrokenStreamSaysThatItBroke() {
        agent.events.add(FakeAgent.task("t1", TaskState.WORKING));
        var events = transport.open(endpoint(), A2aMethod.SUBSCRIBE_TO_TASK, json("{'id': 't1'}"));
        assertThat(events.next()).isPresent();
        server.close();
        assertThatThrownBy(events::next).isInstanceOf(UnavailableException.class);
    }
}
