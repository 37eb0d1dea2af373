package dev.howdah.agent.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.ListTasksRequest;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.agent.card.CardKey;
import dev.howdah.agent.card.CardPublisher;
import dev.howdah.agent.card.CardSettings;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.http.OutboundHttpSettings;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The client against an agent that keeps to the protocol, and against one that does not. */
class RemoteAgentTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (var each : open.reversed()) {
            each.close();
        }
    }

    private StubAgent stub(String... bindings) {
        var stub = new StubAgent(bindings);
        open.add(stub);
        return stub;
    }

    private RemoteAgents agents(Map<String, String> settings) {
        var configuration = Configuration.of(settings);
        var agents = new RemoteAgents(RemoteAgentSettings.from(configuration), OutboundHttpSettings.from(configuration),
                List.of());
        open.add(agents);
        return agents;
    }

    private RemoteAgent agent(StubAgent stub, Map<String, String> more) {
        var settings = new HashMap<>(more);
        settings.put("howdah.agent.remote", "stub=" + stub.root());
        return agents(settings).find("stub");
    }

    private RemoteAgent agent(StubAgent stub) {
        return agent(stub, Map.of());
    }

    private static SendMessageRequest hello() {
        return SendMessageRequest.of(Message.ofUser(List.of(Part.text("hello"))));
    }

    private static List<StreamItem> all(TaskStream stream) throws InterruptedException {
        var items = new ArrayList<StreamItem>();
        try (stream) {
            while (!stream.isOver()) {
                stream.next(LONG).ifPresent(element -> items.add(element.item()));
            }
        }
        return items;
    }

    @ParameterizedTest
    @ValueSource(strings = {"JSONRPC", "HTTP+JSON"})
    void allOperationsOfEachBinding(String binding) throws Exception {
        var stub = stub("GRPC", binding);
        var agent = agent(stub);
        var task = (Task) agent.send(hello());
        assertThat(task.status().state()).isEqualTo(TaskState.COMPLETED);
        assertThat(stub.last().header("A2A-Version")).contains("1.0");
        assertThat(stub.last().path() + stub.last().body()).contains("acme");
        assertThat(agent.get(new GetTaskRequest(task.id(), OptionalInt.of(0))).id()).isEqualTo(task.id());
        assertThat(agent.list(ListTasksRequest.all()).totalSize()).isEqualTo(1);
        assertThat(agent.cancel(task.id()).status().state()).isEqualTo(TaskState.CANCELED);
        assertThat(all(agent.stream(hello()))).hasSize(4).last().isInstanceOf(StatusUpdate.class);
        assertThat(all(agent.subscribe(task.id(), OptionalLong.empty()))).hasSize(4);
        assertThat(agent.createPushConfig(new PushConfig("", task.id(), "https://here.example", Optional.empty(),
                Optional.empty())).id()).isEqualTo("p1");
        assertThat(agent.getPushConfig(task.id(), "p1").taskId()).isEqualTo(task.id());
        assertThat(agent.listPushConfigs(task.id(), 10, "").configs()).hasSize(1);
        agent.deletePushConfig(task.id(), "p1");
        assertThat(agent.extendedCard().path("description").asString()).isEqualTo("Extended.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JSONRPC", "HTTP+JSON"})
    void errorsComeBackAsTheyWere(String binding) {
        var stub = stub(binding);
        var agent = agent(stub);
        assertThatThrownBy(() -> agent.get(new GetTaskRequest("none", OptionalInt.empty())))
                .isInstanceOfSatisfying(A2aException.class,
                        e -> assertThat(e.error()).isEqualTo(A2aError.TASK_NOT_FOUND));
        assertThatThrownBy(() -> agent.subscribe("none", OptionalLong.empty())).isInstanceOf(A2aException.class);
        assertThatThrownBy(() -> agent.send(SendMessageRequest.of(Message.ofAgent("I am no user"))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("does not take the request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JSONRPC", "HTTP+JSON"})
    void whatIsNoAnswerOfTheProtocolIsTold(String binding) {
        var stub = stub(binding);
        var agent = agent(stub);
        failsWith(stub, StubAgent.answering(200, "{broken"), agent, "a2a-invalid-agent-response");
        failsWith(stub, StubAgent.answering(200, "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}"), agent,
                "a2a-invalid-agent-response");
        failsWith(stub, StubAgent.answering(404, "<html>"), agent, "a2a-invalid-agent-response");
        failsWith(stub, StubAgent.answering(500, "<html>"), agent, RemoteErrors.UNAVAILABLE);
        failsWith(stub, StubAgent.answering(429, ""), agent, RemoteErrors.UNAVAILABLE);
        failsWith(stub, StubAgent.answering(401, ""), agent, RemoteErrors.UNAUTHORIZED);
        failsWith(stub, StubAgent.answering(200, " ".repeat(2 << 20)), agent, OutboundHttp.ANSWER_TOO_LARGE);
        failsWith(stub, StubAgent.redirecting("http://169.254.169.254/"), agent, OutboundHttp.REDIRECTED);
    }

    private static void failsWith(StubAgent stub, StubAgent.Fault fault, RemoteAgent agent, String code) {
        stub.fault = exchange -> false;
        agent.card();
        stub.fault = fault;
        assertThatThrownBy(() -> agent.send(hello())).isInstanceOfSatisfying(HowdahException.class,
                e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void anAgentThatDoesNotAnswerIsNotWaitedForLongerThanSaid() {
        var stub = stub("JSONRPC");
        var released = new CountDownLatch(1);
        open.add(released::countDown);
        var agent = agent(stub, Map.of("howdah.agent.remote-timeout", "300ms"));
        agent.card();
        stub.fault = exchange -> {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return true;
        };
        assertThatThrownBy(() -> agent.get(new GetTaskRequest("t", OptionalInt.empty())))
                .isInstanceOfSatisfying(UnavailableException.class,
                        e -> assertThat(e.code()).isEqualTo(OutboundHttp.TIMEOUT));
    }

    @Test
    void aMessageWhoseAnswerWasLostIsSentAgainWithItsId() {
        var stub = stub("JSONRPC");
        var agent = agent(stub);
        agent.card();
        var lost = new AtomicInteger();
        stub.fault = exchange -> lost.incrementAndGet() < RemoteAgent.ATTEMPTS_MAX; // closed without an answer
        assertThat(agent.send(hello())).isInstanceOf(Task.class);
        assertThat(lost).hasValue(RemoteAgent.ATTEMPTS_MAX);
        assertThat(stub.tasks).hasSize(1);
    }

    @Test
    void aStreamThatBreaksGoesOnBehindItsLastEvent() throws Exception {
        var stub = stub("HTTP+JSON");
        stub.begins = request -> TaskState.WORKING;
        stub.eventsUntilBreak.set(2);
        var items = all(agent(stub).stream(hello()));
        assertThat(items).hasSize(4);
        assertThat(items.getLast()).isInstanceOfSatisfying(StatusUpdate.class,
                update -> assertThat(update.status().message().orElseThrow().text()).isEqualTo("event 3"));
        assertThat(stub.last().header("Last-Event-ID")).contains("2");
    }

    @Test
    void theCardIsKeptAndAskedForAgainByItsTag() {
        var stub = stub("JSONRPC");
        var agent = agent(stub);
        agent.send(hello());
        agent.send(hello());
        assertThat(stub.count("agent-card.json")).isEqualTo(1);

        stub.maxAge = 0;
        var other = agent(stub);
        other.send(hello());
        other.send(hello());
        assertThat(stub.seen.stream().anyMatch(each -> each.header("If-None-Match").isPresent())).isTrue();
        ((ObjectNode) stub.card.path("supportedInterfaces").get(0)).put("protocolBinding", "HTTP+JSON").put("url",
                stub.root() + "/rest");
        stub.tag = "\"2\"";
        other.send(hello());
        assertThat(stub.last().path()).endsWith("/message:send");
        stub.fault = exchange -> {
            boolean isCard = exchange.getRequestURI().getPath().endsWith(".json");
            if (isCard) {
                StubAgent.reply(exchange, 503, "");
            }
            return isCard;
        };
        assertThat(other.send(hello())).as("an old card does for a while").isInstanceOf(Task.class);
    }

    @Test
    void whatCannotBeSpokenHereIsRefused() {
        assertThatThrownBy(() -> agent(stub("GRPC")).send(hello())).isInstanceOfSatisfying(A2aException.class,
                e -> assertThat(e.error()).isEqualTo(A2aError.UNSUPPORTED_OPERATION));
        var old = stub("JSONRPC");
        ((ObjectNode) old.card.path("supportedInterfaces").get(0)).put("protocolVersion", "0.3");
        assertThatThrownBy(() -> agent(old).send(hello())).isInstanceOfSatisfying(A2aException.class,
                e -> assertThat(e.error()).isEqualTo(A2aError.VERSION_NOT_SUPPORTED));
        var quiet = stub("JSONRPC");
        ((ObjectNode) quiet.card.path("capabilities")).removeAll();
        assertThatThrownBy(() -> agent(quiet).stream(hello())).isInstanceOf(A2aException.class);
        assertThatThrownBy(() -> agent(quiet).extendedCard()).isInstanceOf(A2aException.class);
        assertThatThrownBy(() -> agent(quiet).getPushConfig("t", "p")).isInstanceOf(A2aException.class);
        var none = stub();
        assertThatThrownBy(() -> agent(none).card()).isInstanceOf(A2aException.class)
                .hasMessageContaining("no supportedInterfaces");
    }

    @Test
    void anAddressThatIsNotTheOperatorsMustNotLeadInside() {
        var stub = stub("JSONRPC");
        assertThatThrownBy(() -> agents(Map.of()).find(stub.root()).card())
                .isInstanceOfSatisfying(InvalidInputException.class,
                        e -> assertThat(e.code()).isEqualTo(OutboundHttp.ADDRESS_REFUSED));
        assertThat(stub.seen).isEmpty();
        var pointing = stub("JSONRPC");
        ((ObjectNode) pointing.card.path("supportedInterfaces").get(0)).put("url", stub.root() + "/rpc");
        assertThatThrownBy(() -> agent(pointing).send(hello())).isInstanceOfSatisfying(InvalidInputException.class,
                e -> assertThat(e.code()).isEqualTo(OutboundHttp.ADDRESS_REFUSED));
        assertThat(stub.seen).isEmpty();
        assertThatThrownBy(() -> agents(Map.of()).find("nobody")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void credentialsGoWhereTheCardCameFromInTheWayThatItAsksFor() {
        var stub = stub("JSONRPC");
        var secret = Map.of("howdah.agent.remote-credentials", "stub:s3cret", "howdah.agent.http.allow-private",
                "true");
        var agent = agent(stub, secret);
        agent.send(hello());
        assertThat(stub.last().header("Authorization")).contains("Bearer s3cret");
        assertThat(stub.seen.getFirst().header("Authorization")).as("for the card nothing is needed").isEmpty();

        stub.card.putObject("securitySchemes").putObject("key").putObject("apiKeySecurityScheme")
                .put("location", "header").put("name", "X-Stub-Key");
        agent(stub, secret).send(hello());
        assertThat(stub.last().header("X-Stub-Key")).contains("s3cret");
        assertThat(stub.last().header("Authorization")).isEmpty();

        var other = stub("JSONRPC");
        ((ObjectNode) stub.card.path("supportedInterfaces").get(0)).put("url", other.root() + "/rpc");
        agent(stub, secret).send(hello());
        assertThat(other.last().header("X-Stub-Key")).isEmpty();

        ((ArrayNode) stub.card.path("supportedInterfaces")).addObject().put("url", stub.root() + "/rest")
                .put("protocolBinding", "HTTP+JSON").put("protocolVersion", "1.0").put("tenant", "acme");
        agent(stub, secret).send(hello());
        assertThat(stub.last().header("X-Stub-Key")).as("where the card lies goes first").contains("s3cret");
    }

    @Test
    void aCardThatHasToBeSignedIsTakenOnlyIfItIs(@TempDir Path directory) throws IOException, JOSEException {
        var file = directory.resolve("key.json");
        Files.writeString(file, new ECKeyGenerator(Curve.P_256).keyID("k").generate().toJSONString());
        var publisher = new CardPublisher(new CardSettings(Optional.of(URI.create("https://stub.example")),
                Optional.of(CardKey.read(file)), Duration.ofMinutes(1)));
        var keys = directory.resolve("keys.json");
        Files.writeString(keys, publisher.publicKeys().toString());
        var settings = Map.of("howdah.agent.remote-keys", "stub=" + keys, "howdah.agent.remote-credentials", "stub:s",
                "howdah.agent.http.allow-private", "true");
        var stub = stub("JSONRPC");
        assertThatThrownBy(() -> agent(stub, settings).card()).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("there is none");
        var elsewhere = stub("JSONRPC");
        ((ObjectNode) stub.card.path("supportedInterfaces").get(0)).put("url", elsewhere.root() + "/rpc");
        stub.card = publisher.signed(stub.card);
        var agent = agent(stub, settings);
        assertThat(agent.card().isVerified()).isTrue();
        agent.send(hello());
        assertThat(elsewhere.last().header("Authorization")).as("what is signed is trusted").contains("Bearer s");
        ((ObjectNode) ((ArrayNode) stub.card.path("supportedInterfaces")).get(0)).put("url", "https://evil.example");
        assertThatThrownBy(() -> agent(stub, settings).card()).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("does not belong to this content");
    }

    @Test
    void settingsThatCannotBeRightAreToldWithoutTheSecrets() {
        var configuration = Configuration.of(Map.of("howdah.agent.remote", "a=https://a.example,b,c=ftp://x",
                "howdah.agent.remote-credentials", "topsecret,z:other", "howdah.agent.remote-poll-min", "2m"));
        var settings = RemoteAgentSettings.from(configuration);
        assertThat(settings.agents()).containsKeys("a");
        assertThatThrownBy(configuration::check).hasMessageContaining("not name=value")
                .hasMessageContaining("\"c\" has no good name or no address").hasMessageContaining("not name:value")
                .hasMessageContaining("does not have").hasMessageContaining("longest")
                .hasMessageNotContaining("topsecret").hasMessageNotContaining("other");
        assertThat(new ConfiguredAgent("a", "https://a.example", Optional.of("s3cret"), Optional.empty()))
                .hasToString("a at https://a.example");
    }
}
