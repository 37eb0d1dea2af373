package dev.howdah.agent.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.A2aSettings;
import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.ArtifactUpdate;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.grpc.v1.A2AServiceGrpc;
import dev.howdah.agent.grpc.v1.A2AServiceGrpc.A2AServiceBlockingStub;
import dev.howdah.agent.grpc.v1.CancelTaskRequest;
import dev.howdah.agent.grpc.v1.DeleteTaskPushNotificationConfigRequest;
import dev.howdah.agent.grpc.v1.GetExtendedAgentCardRequest;
import dev.howdah.agent.grpc.v1.GetTaskPushNotificationConfigRequest;
import dev.howdah.agent.grpc.v1.GetTaskRequest;
import dev.howdah.agent.grpc.v1.ListTaskPushNotificationConfigsRequest;
import dev.howdah.agent.grpc.v1.ListTasksRequest;
import dev.howdah.agent.grpc.v1.Message;
import dev.howdah.agent.grpc.v1.Part;
import dev.howdah.agent.grpc.v1.Role;
import dev.howdah.agent.grpc.v1.SendMessageRequest;
import dev.howdah.agent.grpc.v1.StreamResponse;
import dev.howdah.agent.grpc.v1.SubscribeToTaskRequest;
import dev.howdah.agent.grpc.v1.TaskPushNotificationConfig;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/** What gRPC makes of requests, answers, errors and streams. */
class A2aGrpcServerTest {
    private static final String KEY = "a-key-of-enough-letters";
    private static final int MESSAGE_MAX = 64 << 10;
    private static final int WAIT_S = 20;
    private static final A2aSettings OFFERED = A2aSettings.from(Configuration.of(Map.of()));

    private final FakeAgent agent = new FakeAgent();
    private A2aGrpcServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        start(Duration.ofSeconds(WAIT_S));
    }

    private void start(Duration readerTimeout) {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = A2aGrpcServer.start(loopback, new GrpcSettings(0, MESSAGE_MAX, readerTimeout), OFFERED, agent,
                key -> key.filter(KEY::equals).map(_ -> "ada"), caller -> JsonMapper.shared().createObjectNode()
                        .put("name", "howdah").put("description", "for " + caller.principal()).put("url", "unknown"));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    @Test
    void answersWithTheTask() {
        var answer = client().sendMessage(send("hello"));
        assertThat(answer.getTask().getId()).isEqualTo("t1");
        assertThat(answer.getTask().getStatus().getState())
                .isEqualTo(dev.howdah.agent.grpc.v1.TaskState.TASK_STATE_COMPLETED);
        assertThat(Timestamps.toMillis(answer.getTask().getStatus().getTimestamp()))
                .isEqualTo(FakeAgent.NOW.toEpochMilli());
        assertThat(agent.sent.getFirst().message().text()).isEqualTo("hello");
    }

    @Test
    void answersWithABareMessage() {
        agent.answer = () -> dev.howdah.agent.a2a.Message.ofAgent("no task needed");
        assertThat(client().sendMessage(send("hello")).getMessage().getParts(0).getText()).isEqualTo("no task needed");
    }

    @Test
    void readsWholeNumbersAsTheOtherBindingsDo() {
        var data = Struct.newBuilder().putFields("whole", number(3)).putFields("half", number(0.5))
                .putFields("long", number(9_007_199_254_740_991.0)).putFields("huge", number(1e300)).build();
        client().sendMessage(request(Part.newBuilder().setData(Value.newBuilder().setStructValue(data)).build()));
        assertThat(agent.sent.getFirst().message().data()).hasValueSatisfying(given -> assertThat(given.toString())
                .isEqualTo("{\"whole\":3,\"half\":0.5,\"long\":9007199254740991,\"huge\":1.0E300}"));
    }

    @Test
    void keepsFilesAsTheyAre() {
        byte[] bytes = {0, 1, -1, 127, -128};
        client().sendMessage(request(Part.newBuilder().setRaw(com.google.protobuf.ByteString.copyFrom(bytes))
                .setFilename("five.bin").setMediaType("application/octet-stream").build()));
        var part = agent.sent.getFirst().message().parts().getFirst();
        assertThat(part.filename()).contains("five.bin");
        assertThat(part.content()).isInstanceOfSatisfying(dev.howdah.agent.a2a.Part.Content.Raw.class,
                raw -> assertThat(raw.bytes()).isEqualTo(bytes));
    }

    @Test
    void servesEveryOtherOperation() {
        var client = client();
        assertThat(client.getTask(GetTaskRequest.newBuilder().setId("t1").build()).getContextId()).isEqualTo("c1");
        assertThat(client.listTasks(ListTasksRequest.newBuilder().setPageSize(7).build()).getPageSize()).isEqualTo(7);
        assertThat(client.cancelTask(CancelTaskRequest.newBuilder().setId("t1").build()).getStatus().getState())
                .isEqualTo(dev.howdah.agent.grpc.v1.TaskState.TASK_STATE_CANCELED);
        var config = TaskPushNotificationConfig.newBuilder().setId("p1").setTaskId("t1").setUrl("https://example.org/")
                .setToken("secret").build();
        assertThat(client.createTaskPushNotificationConfig(config)).isEqualTo(config);
        assertThat(client.getTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest.newBuilder()
                .setTaskId("t1").setId("p1").build())).isEqualTo(config);
        assertThat(client.listTaskPushNotificationConfigs(ListTaskPushNotificationConfigsRequest.newBuilder()
                .setTaskId("t1").build()).getConfigsList()).containsExactly(config);
        client.deleteTaskPushNotificationConfig(DeleteTaskPushNotificationConfigRequest.newBuilder().setTaskId("t1")
                .setId("p1").build());
        assertThat(agent.configs).isEmpty();
        assertThat(client.getExtendedAgentCard(GetExtendedAgentCardRequest.getDefaultInstance()).getDescription())
                .isEqualTo("for ada");
    }

    @Test
    void readsTheCallerFromMetadataAndTenantFromTheRequest() {
        client(Map.of("a2a-extensions", Caller.REPLAY_EXTENSION + ", urn:other", "idempotency-key", "k1",
                "last-event-id", "41"))
                .getTask(GetTaskRequest.newBuilder().setId("t1").setTenant("acme").build());
        assertThat(agent.callers).singleElement().satisfies(caller -> {
            assertThat(caller.principal()).isEqualTo("ada");
            assertThat(caller.tenant()).isEqualTo("acme");
            assertThat(caller.extensions()).containsExactlyInAnyOrder(Caller.REPLAY_EXTENSION, "urn:other");
            assertThat(caller.idempotencyKey()).contains("k1");
            assertThat(caller.resumeAfter()).hasValue(41);
        });
        assertInvalid(() -> client(Map.of("a2a-extensions", Caller.REPLAY_EXTENSION, "last-event-id", "last"))
                .getTask(GetTaskRequest.getDefaultInstance()), "Last-Event-ID");
    }

    @Test
    void takesTheKeyInEitherPlaceAndNothingWithoutIt() {
        assertThat(stub(Map.of("a2a-version", "1.0", "authorization", "Bearer " + KEY))
                .getTask(GetTaskRequest.newBuilder().setId("t1").build()).getId()).isEqualTo("t1");
        for (var wrong : List.of(Map.<String, String>of(), Map.of("x-api-key", "wrong"),
                Map.of("authorization", "Basic " + KEY))) {
            var refused = refused(() -> stub(wrong).getTask(GetTaskRequest.newBuilder().setId("t1").build()));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        }
        assertThat(agent.callers).hasSize(1);
    }

    @Test
    void servesOneVersionOnly() {
        for (var metadata : List.of(Map.<String, String>of(), Map.of("a2a-version", "0.3"),
                Map.of("a2a-version", "9".repeat(9000)))) {
            var refused = refused(() -> stub(plus(metadata, "x-api-key", KEY))
                    .getTask(GetTaskRequest.newBuilder().setId("t1").build()));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
            assertThat(info(refused).getReason()).isEqualTo("VERSION_NOT_SUPPORTED");
        }
    }

    @ParameterizedTest
    @EnumSource(A2aError.class)
    void tellsTheErrorsOfTheProtocol(A2aError error) {
        agent.fault = Optional.of(new A2aException(error, "no", "do otherwise"));
        for (Runnable call : List.<Runnable>of(() -> client().getTask(GetTaskRequest.newBuilder().setId("t1").build()),
                () -> client().sendMessage(send("hello")), () -> drain(client().subscribeToTask(subscribe())))) {
            var refused = refused(call);
            assertThat(refused.getStatus().getCode().name()).isEqualTo(error.grpcStatus().name());
            assertThat(info(refused).getReason()).isEqualTo(error.name());
            assertThat(info(refused).getDomain()).isEqualTo("a2a-protocol.org");
        }
    }

    @Test
    void namesTheFieldsThatAreWrong() {
        assertInvalid(() -> client().sendMessage(SendMessageRequest.getDefaultInstance()), "message");
        assertInvalid(() -> client().getTask(GetTaskRequest.getDefaultInstance()), "id");
        assertInvalid(() -> client().listTasks(ListTasksRequest.newBuilder().setPageSize(0).build()), "pageSize");
        assertInvalid(() -> client().listTasks(ListTasksRequest.newBuilder().setStatusValue(77).build()), "status");
        assertInvalid(() -> client().sendMessage(request(Part.getDefaultInstance())), "message.parts[0]");
        assertInvalid(() -> client().sendMessage(request(data(number(Double.NaN)))), "");
        assertThat(agent.sent).isEmpty();
    }

    @Test
    void tellsOfManyFaultsNoMoreThanAClientTakes() {
        var message = Message.newBuilder().setMessageId("m").setRole(Role.ROLE_USER);
        for (int i = 0; i < 900; i++) {
            message.addParts(Part.getDefaultInstance());
        }
        assertInvalid(() -> client().sendMessage(SendMessageRequest.newBuilder().setMessage(message).build()),
                "message.parts[0]");
        agent.fault = Optional.of(new InvalidInputException("wide", "field", "\u20ac".repeat(5000), "shorten it"));
        assertInvalid(() -> client().getTask(GetTaskRequest.newBuilder().setId("t1").build()), "field");
    }

    @Test
    void keepsToItselfWhatWasNotForeseen() {
        agent.fault = Optional.of(new IllegalStateException("password=hunter2"));
        var refused = refused(() -> client().getTask(GetTaskRequest.newBuilder().setId("t1").build()));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(refused.getMessage()).doesNotContain("hunter2");
        agent.fault = Optional.of(new UnavailableException("database-away", "the database is away", "wait", null));
        assertThat(refused(() -> client().sendMessage(send("hello"))).getStatus().getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void refusesAnAnswerThatProtobufCannotHold() {
        var deep = JsonMapper.shared().createObjectNode();
        var at = deep;
        for (int i = 0; i < 200; i++) {
            at = at.putObject("in");
        }
        agent.answer = () -> dev.howdah.agent.a2a.Message.ofAgent(List.of(dev.howdah.agent.a2a.Part.data(deep)));
        var refused = refused(() -> client().sendMessage(send("hello")));
        assertThat(info(refused).getReason()).isEqualTo("INVALID_AGENT_RESPONSE");
    }

    @Test
    void refusesWhatIsTooLarge() {
        client().sendMessage(send("x".repeat(MESSAGE_MAX - 1000)));
        var refused = refused(() -> client().sendMessage(send("x".repeat(MESSAGE_MAX))));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(agent.sent).hasSize(1);
    }

    @Test
    void streamsEventsInOrderUntilTheEnd() {
        agent.events.addAll(List.of(FakeAgent.task("t1", TaskState.SUBMITTED), FakeAgent.update(TaskState.WORKING),
                artifact("some"), FakeAgent.update(TaskState.COMPLETED)));
        var items = client().sendStreamingMessage(send("hello"));
        assertThat(items).toIterable().extracting(StreamResponse::getPayloadCase).containsExactly(
                StreamResponse.PayloadCase.TASK, StreamResponse.PayloadCase.STATUS_UPDATE,
                StreamResponse.PayloadCase.ARTIFACT_UPDATE, StreamResponse.PayloadCase.STATUS_UPDATE);
        assertClosed();
    }

    @Test
    void endsASubscriptionWhenItsCallIsCancelled() throws Exception {
        var context = Context.current().withCancellation();
        agent.events.add(FakeAgent.task("t1", TaskState.WORKING));
        context.run(() -> assertThat(client().subscribeToTask(subscribe()).next().hasTask()).isTrue());
        context.cancel(null);
        assertClosed();
    }

    @Test
    void stopsWaitingWhenTheCallIsCancelled() throws Exception {
        var context = Context.current().withCancellation();
        var call = CompletableFuture.runAsync(context.wrap((Runnable) () -> client().sendMessage(send("wait"))));
        assertThat(agent.opened.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
        context.cancel(null);
        assertClosed();
        assertThat(call).failsWithin(Duration.ofSeconds(WAIT_S));
    }

    @Test
    void readsNoFurtherThanItsClientDoes() {
        var client = new PausedClient();
        int many = 200;
        for (int i = 0; i < many; i++) {
            agent.events.add(artifact("x".repeat(32 << 10)));
        }
        A2AServiceGrpc.newStub(channel).withInterceptors(headers(Map.of("x-api-key", KEY, "a2a-version", "1.0")))
                .subscribeToTask(subscribe(), client);
        Awaitility.await().until(() -> agent.told.get() > 0);
        // What fits into the windows of the connection was told; the rest waits where it is kept.
        Awaitility.await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(WAIT_S))
                .until(() -> agent.told.get(), told -> told < many / 2);
        agent.events.add(FakeAgent.update(TaskState.COMPLETED));
        client.readOn();
        assertThat(client.ended).succeedsWithin(Duration.ofSeconds(WAIT_S)).isEqualTo(Status.Code.OK);
        assertThat(agent.told.get()).isEqualTo(many + 1);
    }

    @Test
    void cutsAReaderThatDoesNotRead() {
        stop();
        start(Duration.ofMillis(50));
        var client = new PausedClient();
        for (int i = 0; i < 200; i++) {
            agent.events.add(artifact("x".repeat(32 << 10)));
        }
        A2AServiceGrpc.newStub(channel).withInterceptors(headers(Map.of("x-api-key", KEY, "a2a-version", "1.0")))
                .subscribeToTask(subscribe(), client);
        assertClosed();
        assertThat(agent.told.get()).isLessThan(100);
        client.readOn();
        assertThat(client.ended).succeedsWithin(Duration.ofSeconds(WAIT_S)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void tellsThoseWhoWaitToComeBackWhenItStops() throws Exception {
        agent.events.add(FakeAgent.task("t1", TaskState.WORKING));
        var stream = client().subscribeToTask(subscribe());
        stream.next();
        var waiting = CompletableFuture.supplyAsync(() -> refused(() -> client().sendMessage(send("wait"))));
        Awaitility.await().until(() -> agent.sent.size() == 1);
        server.close();
        assertThat(refused(() -> drain(stream)).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(waiting.get(WAIT_S, TimeUnit.SECONDS).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertClosed();
    }

    @Test
    void namesTheExtensionThatIsInForce() {
        var headers = new java.util.concurrent.atomic.AtomicReference<Metadata>();
        var trailers = new java.util.concurrent.atomic.AtomicReference<Metadata>();
        client(Map.of("a2a-extensions", Caller.REPLAY_EXTENSION))
                .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
                .getTask(GetTaskRequest.newBuilder().setId("t1").build());
        assertThat(headers.get().get(key("a2a-extensions"))).isEqualTo(Caller.REPLAY_EXTENSION);
    }

    @Test
    void saysWhichPortIsTaken() {
        var taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        var failure = catchThrowableOfType(UnavailableException.class, () -> A2aGrpcServer.start(taken,
                new GrpcSettings(server.port(), MESSAGE_MAX, Duration.ofSeconds(1)), OFFERED, agent,
                _ -> Optional.of("ada"),
                _ -> JsonMapper.shared().createObjectNode()));
        assertThat(failure).hasMessageContaining(Integer.toString(server.port()))
                .hasMessageContaining("howdah.agent.grpc.port");
    }

    /** Reads nothing until it is told to. */
    private static final class PausedClient implements ClientResponseObserver<SubscribeToTaskRequest, StreamResponse> {
        private final CompletableFuture<Status.Code> ended = new CompletableFuture<>();
        private final CompletableFuture<ClientCallStreamObserver<SubscribeToTaskRequest>> call = new CompletableFuture<>();

        @Override
        public void beforeStart(ClientCallStreamObserver<SubscribeToTaskRequest> stream) {
            stream.disableAutoRequestWithInitial(0);
            call.complete(stream);
        }

        void readOn() {
            call.join().request(Integer.MAX_VALUE);
        }

        @Override
        public void onNext(StreamResponse value) {
            assertThat(value.getPayloadCase()).isNotEqualTo(StreamResponse.PayloadCase.PAYLOAD_NOT_SET);
        }

        @Override
        public void onError(Throwable thrown) {
            ended.complete(Status.fromThrowable(thrown).getCode());
        }

        @Override
        public void onCompleted() {
            ended.complete(Status.Code.OK);
        }
    }

    private A2AServiceBlockingStub client() {
        return client(Map.of());
    }

    private A2AServiceBlockingStub client(Map<String, String> more) {
        return stub(plus(plus(more, "x-api-key", KEY), "a2a-version", "1.0"));
    }

    private A2AServiceBlockingStub stub(Map<String, String> metadata) {
        return A2AServiceGrpc.newBlockingStub(channel).withInterceptors(headers(metadata))
                .withDeadlineAfter(WAIT_S, TimeUnit.SECONDS);
    }

    private static io.grpc.ClientInterceptor headers(Map<String, String> metadata) {
        var headers = new Metadata();
        metadata.forEach((name, value) -> headers.put(key(name), value));
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static Map<String, String> plus(Map<String, String> map, String key, String value) {
        var larger = new java.util.HashMap<>(map);
        larger.put(key, value);
        return larger;
    }

    private static SendMessageRequest send(String text) {
        return request(Part.newBuilder().setText(text).build());
    }

    private static SendMessageRequest request(Part part) {
        return SendMessageRequest.newBuilder().setMessage(Message.newBuilder().setMessageId("m1")
                .setRole(Role.ROLE_USER).addParts(part)).build();
    }

    private static SubscribeToTaskRequest subscribe() {
        return SubscribeToTaskRequest.newBuilder().setId("t1").build();
    }

    private static Part data(Value value) {
        return Part.newBuilder().setData(value).build();
    }

    private static Value number(double value) {
        return Value.newBuilder().setNumberValue(value).build();
    }

    private static ArtifactUpdate artifact(String text) {
        return new ArtifactUpdate("t1", "c1", new Artifact("a1", Optional.empty(), Optional.empty(),
                List.of(dev.howdah.agent.a2a.Part.text(text)), Optional.empty(), List.of()), true, false,
                Optional.empty());
    }

    private static void drain(Iterator<StreamResponse> stream) {
        stream.forEachRemaining(Objects::requireNonNull);
    }

    private void assertClosed() {
        Awaitility.await().atMost(Duration.ofSeconds(WAIT_S)).until(() -> agent.closed.getCount() == 0);
    }

    private static StatusRuntimeException refused(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run);
    }

    private static void assertInvalid(Runnable call, String field) {
        var refused = refused(call);
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(detail(refused, BadRequest.class).getFieldViolations(0).getField()).isEqualTo(field);
    }

    private static ErrorInfo info(StatusRuntimeException refused) {
        return detail(refused, ErrorInfo.class);
    }

    private static <T extends com.google.protobuf.Message> T detail(StatusRuntimeException refused, Class<T> type) {
        try {
            return Objects.requireNonNull(StatusProto.fromThrowable(refused)).getDetails(0).unpack(type);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
