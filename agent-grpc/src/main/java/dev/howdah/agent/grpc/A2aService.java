package dev.howdah.agent.grpc;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageOrBuilder;
import dev.howdah.agent.a2a.A2aOperations;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.agent.grpc.v1.A2AServiceGrpc.A2AServiceImplBase;
import dev.howdah.agent.grpc.v1.AgentCard;
import dev.howdah.agent.grpc.v1.CancelTaskRequest;
import dev.howdah.agent.grpc.v1.DeleteTaskPushNotificationConfigRequest;
import dev.howdah.agent.grpc.v1.GetExtendedAgentCardRequest;
import dev.howdah.agent.grpc.v1.GetTaskPushNotificationConfigRequest;
import dev.howdah.agent.grpc.v1.GetTaskRequest;
import dev.howdah.agent.grpc.v1.ListTaskPushNotificationConfigsRequest;
import dev.howdah.agent.grpc.v1.ListTaskPushNotificationConfigsResponse;
import dev.howdah.agent.grpc.v1.ListTasksRequest;
import dev.howdah.agent.grpc.v1.ListTasksResponse;
import dev.howdah.agent.grpc.v1.SendMessageRequest;
import dev.howdah.agent.grpc.v1.SendMessageResponse;
import dev.howdah.agent.grpc.v1.StreamResponse;
import dev.howdah.agent.grpc.v1.SubscribeToTaskRequest;
import dev.howdah.agent.grpc.v1.Task;
import dev.howdah.agent.grpc.v1.TaskPushNotificationConfig;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * The operations over gRPC. A request becomes the JSON that the other bindings receive and is read by the same reader; an
 * answer is made of the JSON that they send.
 */
final class A2aService extends A2AServiceImplBase {
    /** How long to wait for an event before looking again whether the stream is over. */
    private static final Duration EVENT_WAIT = Duration.ofSeconds(30);

    private final A2aOperations operations;
    private final Function<Caller, ? extends JsonNode> extendedCard;
    private final OpenCalls calls;
    private final Duration readerTimeout;

    /**
     * Serves operations.
     *
     * @param extendedCard makes the card for a caller, or throws what the protocol says when there is none
     */
    A2aService(A2aOperations operations, Function<Caller, ? extends JsonNode> extendedCard, OpenCalls calls,
            Duration readerTimeout) {
        this.operations = operations;
        this.extendedCard = extendedCard;
        this.calls = calls;
        this.readerTimeout = readerTimeout;
    }

    /** A request as it was read, and who sent it. */
    private record Request(Caller caller, JsonNode json) {
        static Request of(MessageOrBuilder message, Caller sender) {
            var json = ProtoMessages.json(message);
            return new Request(new Caller(sender.principal(), ProtoReader.tenant(json), sender.extensions(),
                    sender.idempotencyKey(), sender.resumeAfter()), json);
        }
    }

    @Override
    public void sendMessage(SendMessageRequest message, StreamObserver<SendMessageResponse> observer) {
        var sender = CallerInterceptor.CALLER.get();
        calls.answerInBackground(call(observer), () -> {
            var request = Request.of(message, sender);
            var sent = operations.send(request.caller(), ProtoReader.sendMessage(request.json()));
            complete(observer, ProtoMessages.fill(SendMessageResponse.newBuilder(), ProtoJson.item(sent)).build());
        });
    }

    @Override
    public void sendStreamingMessage(SendMessageRequest message, StreamObserver<StreamResponse> observer) {
        stream(message, observer,
                request -> operations.stream(request.caller(), ProtoReader.sendMessage(request.json())));
    }

    @Override
    public void subscribeToTask(SubscribeToTaskRequest message, StreamObserver<StreamResponse> observer) {
        stream(message, observer, request -> operations.subscribe(request.caller(), ProtoReader.id(request.json())));
    }

    @Override
    public void getTask(GetTaskRequest message, StreamObserver<Task> observer) {
        answer(message, observer, request -> ProtoMessages.fill(Task.newBuilder(), ProtoJson.task(
                operations.get(request.caller(), ProtoReader.getTask(request.json())))).build());
    }

    @Override
    public void listTasks(ListTasksRequest message, StreamObserver<ListTasksResponse> observer) {
        answer(message, observer, request -> ProtoMessages.fill(ListTasksResponse.newBuilder(), ProtoJson.page(
                operations.list(request.caller(), ProtoReader.listTasks(request.json())))).build());
    }

    @Override
    public void cancelTask(CancelTaskRequest message, StreamObserver<Task> observer) {
        answer(message, observer, request -> ProtoMessages.fill(Task.newBuilder(), ProtoJson.task(
                operations.cancel(request.caller(), ProtoReader.id(request.json())))).build());
    }

    @Override
    public void createTaskPushNotificationConfig(TaskPushNotificationConfig message,
            StreamObserver<TaskPushNotificationConfig> observer) {
        answer(message, observer, request -> ProtoMessages.fill(TaskPushNotificationConfig.newBuilder(),
                ProtoJson.pushConfig(operations.createPushConfig(request.caller(),
                        ProtoReader.pushConfig(request.json()))))
                .build());
    }

    @Override
    public void getTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest message,
            StreamObserver<TaskPushNotificationConfig> observer) {
        answer(message, observer, request -> {
            var key = ProtoReader.pushConfigKey(request.json());
            return ProtoMessages.fill(TaskPushNotificationConfig.newBuilder(), ProtoJson.pushConfig(
                    operations.getPushConfig(request.caller(), key.taskId(), key.id()))).build();
        });
    }

    @Override
    public void listTaskPushNotificationConfigs(ListTaskPushNotificationConfigsRequest message,
            StreamObserver<ListTaskPushNotificationConfigsResponse> observer) {
        answer(message, observer, request -> {
            var page = ProtoReader.listPushConfigs(request.json());
            return ProtoMessages.fill(ListTaskPushNotificationConfigsResponse.newBuilder(), ProtoJson.page(operations
                    .listPushConfigs(request.caller(), page.taskId(), page.pageSize(), page.pageToken()))).build();
        });
    }

    @Override
    public void deleteTaskPushNotificationConfig(DeleteTaskPushNotificationConfigRequest message,
            StreamObserver<Empty> observer) {
        answer(message, observer, request -> {
            var key = ProtoReader.pushConfigKey(request.json());
            operations.deletePushConfig(request.caller(), key.taskId(), key.id());
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public void getExtendedAgentCard(GetExtendedAgentCardRequest message, StreamObserver<AgentCard> observer) {
        answer(message, observer, request -> ProtoMessages.fill(AgentCard.newBuilder(),
                extendedCard.apply(request.caller())).build());
    }

    private <A> void answer(MessageOrBuilder message, StreamObserver<A> observer, Function<Request, A> operation) {
        var sender = CallerInterceptor.CALLER.get();
        calls.answer(call(observer), () -> complete(observer, operation.apply(Request.of(message, sender))));
    }

    private static <A> void complete(StreamObserver<A> observer, A answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }

    private void stream(MessageOrBuilder message, StreamObserver<StreamResponse> observer,
            Function<Request, TaskStream> opener) {
        var sender = CallerInterceptor.CALLER.get();
        var gate = new ReaderGate(call(observer), readerTimeout);
        calls.answerInBackground(call(observer), () -> {
            try (var stream = opener.apply(Request.of(message, sender))) {
                send(stream, observer, gate);
            }
            observer.onCompleted();
        });
    }

    private static void send(TaskStream stream, StreamObserver<StreamResponse> observer, ReaderGate gate)
            throws InterruptedException {
        while (!stream.isOver()) {
            gate.pass();
            var element = stream.next(EVENT_WAIT);
            if (element.isPresent()) {
                observer.onNext(ProtoMessages.fill(StreamResponse.newBuilder(),
                        ProtoJson.item(element.orElseThrow().item())).build());
            }
        }
    }

    /** Servers are always given this kind. */
    private static ServerCallStreamObserver<?> call(StreamObserver<?> observer) {
        return (ServerCallStreamObserver<?>) observer;
    }
}
