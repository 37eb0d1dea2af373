package dev.howdah.server;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.agent.grpc.v1.A2AServiceGrpc;
import dev.howdah.agent.grpc.v1.A2AServiceGrpc.A2AServiceBlockingStub;
import dev.howdah.agent.grpc.v1.CancelTaskRequest;
import dev.howdah.agent.grpc.v1.DeleteTaskPushNotificationConfigRequest;
import dev.howdah.agent.grpc.v1.GetExtendedAgentCardRequest;
import dev.howdah.agent.grpc.v1.GetTaskPushNotificationConfigRequest;
import dev.howdah.agent.grpc.v1.GetTaskRequest;
import dev.howdah.agent.grpc.v1.ListTaskPushNotificationConfigsRequest;
import dev.howdah.agent.grpc.v1.ListTasksRequest;
import dev.howdah.agent.grpc.v1.SendMessageRequest;
import dev.howdah.agent.grpc.v1.StreamResponse;
import dev.howdah.agent.grpc.v1.SubscribeToTaskRequest;
import dev.howdah.agent.grpc.v1.TaskPushNotificationConfig;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The client of the binding over gRPC. What protobuf cannot say, such as a name that no enum has, it cannot send. */
final class GrpcClient implements BindingClient {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().usingTypeRegistry(JsonFormat.TypeRegistry
            .newBuilder().add(ErrorInfo.getDescriptor()).add(BadRequest.getDescriptor()).build());
    private static final int LIMIT_S = 60;
    private static final Map<String, Integer> CODES = Map.of("TASK_NOT_FOUND", 5, "TASK_NOT_CANCELABLE", 9,
            "PUSH_NOTIFICATION_NOT_SUPPORTED", 9, "UNSUPPORTED_OPERATION", 9, "CONTENT_TYPE_NOT_SUPPORTED", 3,
            "INVALID_AGENT_RESPONSE", 13, "EXTENDED_AGENT_CARD_NOT_CONFIGURED", 9, "EXTENSION_SUPPORT_REQUIRED", 9,
            "VERSION_NOT_SUPPORTED", 9, "", 3);

    private final ManagedChannel channel;

    GrpcClient(int port) {
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    /** For {@code howdah.agent.grpc.port}, of which 0 means off. */
    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String name() {
        return "GRPC";
    }

    @Override
    public Outcome call(String method, ObjectNode params, Beside beside) {
        var headers = new AtomicReference<Metadata>();
        var stub = stub(beside).withInterceptors(
                MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));
        try {
            var result = call(stub, method, params);
            return new Outcome(result, Optional.empty(),
                    Objects.requireNonNullElse(headers.get().get(key("a2a-extensions")), ""));
        } catch (StatusRuntimeException e) {
            return new Outcome(JSON.missingNode(), Optional.of(failure(e)), "");
        }
    }

    private static JsonNode call(A2AServiceBlockingStub stub, String method, ObjectNode params) {
        return switch (method) {
            case "SendMessage" -> ProtoJson.item(ProtoReader.item(json(stub.sendMessage(
                    message(SendMessageRequest.newBuilder(), params, SendMessageRequest.Builder::build)))));
            case "GetTask" -> ProtoJson.task(ProtoReader.task(json(stub.getTask(
                    message(GetTaskRequest.newBuilder(), params, GetTaskRequest.Builder::build)))));
            case "ListTasks" -> ProtoJson.page(ProtoReader.taskPage(json(stub.listTasks(
                    message(ListTasksRequest.newBuilder(), params, ListTasksRequest.Builder::build)))));
            case "CancelTask" -> ProtoJson.task(ProtoReader.task(json(stub.cancelTask(
                    message(CancelTaskRequest.newBuilder(), params, CancelTaskRequest.Builder::build)))));
            case "CreateTaskPushNotificationConfig" -> json(stub.createTaskPushNotificationConfig(
                    message(TaskPushNotificationConfig.newBuilder(), params,
                            TaskPushNotificationConfig.Builder::build)));
            case "GetTaskPushNotificationConfig" -> json(stub.getTaskPushNotificationConfig(
                    message(GetTaskPushNotificationConfigRequest.newBuilder(), params,
                            GetTaskPushNotificationConfigRequest.Builder::build)));
            case "ListTaskPushNotificationConfigs" -> json(stub.listTaskPushNotificationConfigs(
                    message(ListTaskPushNotificationConfigsRequest.newBuilder(), params,
                            ListTaskPushNotificationConfigsRequest.Builder::build)));
            case "DeleteTaskPushNotificationConfig" -> json(stub.deleteTaskPushNotificationConfig(
                    message(DeleteTaskPushNotificationConfigRequest.newBuilder(), params,
                            DeleteTaskPushNotificationConfigRequest.Builder::build)));
            case "GetExtendedAgentCard" -> json(stub.getExtendedAgentCard(
                    message(GetExtendedAgentCardRequest.newBuilder(), params,
                            GetExtendedAgentCardRequest.Builder::build)));
            default -> throw new IllegalArgumentException(method);
        };
    }

    @Override
    public Opened stream(String method, ObjectNode params, Beside beside) {
        var call = Context.current().withCancellation();
        var before = call.attach();
        try {
            var stub = stub(beside);
            var items = method.equals("SubscribeToTask")
                    ? stub.subscribeToTask(message(SubscribeToTaskRequest.newBuilder(), params,
                            SubscribeToTaskRequest.Builder::build))
                    : stub.sendStreamingMessage(message(SendMessageRequest.newBuilder(), params,
                            SendMessageRequest.Builder::build));
            // A call that is refused says so in place of its first item.
            Optional<StreamResponse> first = items.hasNext() ? Optional.of(items.next()) : Optional.empty();
            return new Opened(Optional.of(new Items(first, items, call)), Optional.empty());
        } catch (StatusRuntimeException e) {
            call.cancel(null);
            return new Opened(Optional.empty(), Optional.of(failure(e)));
        } finally {
            call.detach(before);
        }
    }

    /** What a call brings. */
    private static final class Items implements Events {
        private Optional<StreamResponse> first;
        private final Iterator<StreamResponse> items;
        private final Context.CancellableContext call;
        private String lastId = "";

        Items(Optional<StreamResponse> first, Iterator<StreamResponse> items, Context.CancellableContext call) {
            this.first = first;
            this.items = items;
            this.call = call;
        }

        @Override
        public Optional<JsonNode> next() {
            if (first.isEmpty() && !items.hasNext()) {
                return Optional.empty();
            }
            var item = ProtoJson.item(ProtoReader.item(json(first.orElseGet(items::next))));
            first = Optional.empty();
            var sequence = item.valueStream().findFirst().orElseThrow().path("metadata")
                    .path(Caller.REPLAY_EXTENSION).path("sequence");
            lastId = sequence.isNumber() ? Long.toString((long) sequence.doubleValue()) : "";
            return Optional.of(item);
        }

        @Override
        public String lastId() {
            return lastId;
        }

        @Override
        public void close() {
            call.cancel(null);
        }
    }

    @Override
    public int codeOf(String reason) {
        return CODES.getOrDefault(reason, 0);
    }

    @Override
    public void stop() {
        channel.shutdownNow();
    }

    private A2AServiceBlockingStub stub(Beside beside) {
        var headers = new Metadata();
        if (!beside.version().isEmpty()) {
            headers.put(key("a2a-version"), beside.version());
        }
        beside.extensions().forEach(uri -> headers.put(key("a2a-extensions"), uri));
        beside.key().ifPresent(key -> headers.put(key("x-api-key"), key));
        beside.idempotencyKey().ifPresent(key -> headers.put(key("idempotency-key"), key));
        beside.lastEventId().ifPresent(id -> headers.put(key("last-event-id"), id));
        return A2AServiceGrpc.newBlockingStub(channel).withDeadlineAfter(LIMIT_S, TimeUnit.SECONDS)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static <B extends Message.Builder, M> M message(B builder, ObjectNode json, Function<B, M> build) {
        try {
            JsonFormat.parser().ignoringUnknownFields().merge(json.toString(), builder);
            return build.apply(builder);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("protobuf cannot say " + json, e);
        }
    }

    private static JsonNode json(Message message) {
        try {
            return JSON.readTree(PRINTER.print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Failure failure(StatusRuntimeException refused) {
        var status = StatusProto.fromThrowable(refused);
        ArrayNode details = JSON.createArrayNode();
        Objects.requireNonNull(status).getDetailsList().forEach(each -> details.add(json(each)));
        return new Failure(refused.getStatus().getCode().value(),
                Objects.requireNonNullElse(refused.getStatus().getDescription(), ""), details);
    }
}
