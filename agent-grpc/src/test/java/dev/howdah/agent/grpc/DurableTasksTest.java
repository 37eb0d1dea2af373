package dev.howdah.agent.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.howdah.agent.a2a.A2aSettings;
import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.grpc.v1.A2AServiceGrpc;
import dev.howdah.agent.grpc.v1.A2AServiceGrpc.A2AServiceBlockingStub;
import dev.howdah.agent.grpc.v1.CancelTaskRequest;
import dev.howdah.agent.grpc.v1.GetTaskRequest;
import dev.howdah.agent.grpc.v1.ListTasksRequest;
import dev.howdah.agent.grpc.v1.Message;
import dev.howdah.agent.grpc.v1.Role;
import dev.howdah.agent.grpc.v1.SendMessageConfiguration;
import dev.howdah.agent.grpc.v1.SendMessageRequest;
import dev.howdah.agent.grpc.v1.StreamResponse;
import dev.howdah.agent.grpc.v1.SubscribeToTaskRequest;
import dev.howdah.agent.grpc.v1.Task;
import dev.howdah.agent.grpc.v1.TaskState;
import dev.howdah.agent.task.Agent;
import dev.howdah.agent.task.AgentOutcome;
import dev.howdah.agent.task.AgentTasks;
import dev.howdah.agent.task.TaskSettings;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.Uuids;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The tasks of PostgreSQL over gRPC, from two instances. */
class DurableTasksTest {
    private static final Map<String, String> REPLAY = Map.of("a2a-extensions", Caller.REPLAY_EXTENSION);

    private final Database database = TestDatabase.create();
    private final Semaphore pieces = new Semaphore(0);
    /** Hands out a piece whenever it may; as many as the message says. */
    private final Agent agent = run -> {
        int count = Integer.parseInt(run.message().text());
        for (int i = 1; i <= count; i++) {
            pieces.acquire();
            run.artifact(Artifact.of("text", "text", List.of(Part.text("piece " + i))), i > 1, i == count);
        }
        return AgentOutcome.completed();
    };

    DurableTasksTest() {
        new Migrator(database, Migrations.ofModules("queue", "knowledge", "agent")).up();
    }

    @AfterEach
    void close() {
        database.close();
    }

    /** A process: tasks, a worker if it works, gRPC, and a channel to it. */
    private final class Instance implements AutoCloseable {
        private final AgentTasks tasks;
        private final Worker worker;
        private final A2aGrpcServer server;
        private final ManagedChannel channel;

        Instance(boolean isWorking) {
            var queue = new PostgresTaskQueue(database, QueueSettings.defaults());
            tasks = new AgentTasks(database, queue, agent, TaskSettings.defaults(), Optional.empty());
            worker = new Worker(queue, QueueSettings.defaults(), tasks.handlers());
            server = A2aGrpcServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    new GrpcSettings(0, 1 << 20, Duration.ofSeconds(20)),
                    A2aSettings.from(Configuration.of(Map.of())), tasks, key -> key,
                    _ -> JsonMapper.shared().createObjectNode());
            channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
            if (isWorking) {
                worker.start();
            }
        }

        A2AServiceBlockingStub client(String key, Map<String, String> more) {
            var headers = new Metadata();
            headers.put(Metadata.Key.of("x-api-key", Metadata.ASCII_STRING_MARSHALLER), key);
            headers.put(Metadata.Key.of("a2a-version", Metadata.ASCII_STRING_MARSHALLER), "1.0");
            more.forEach((name, value) -> headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
            return A2AServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        }

        A2AServiceBlockingStub ada() {
            return client("ada", Map.of());
        }

        @Override
        public void close() {
            channel.shutdownNow();
            server.close();
            tasks.close();
            worker.stop(Duration.ZERO);
        }
    }

    @Test
    void answersOnceTheTaskHasEnded() {
        try (var instance = new Instance(true)) {
            pieces.release(2);
            var task = instance.ada().sendMessage(send(2)).getTask();
            assertThat(task.getStatus().getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
            assertThat(task.getArtifacts(0).getPartsList()).extracting(part -> part.getText())
                    .containsExactly("piece 1", "piece 2");
            assertThat(instance.ada().getTask(get(task))).isEqualTo(task);
            assertThat(instance.ada().listTasks(ListTasksRequest.newBuilder().setIncludeArtifacts(true).build())
                    .getTasksList()).extracting(Task::getId).containsExactly(task.getId());
        }
    }

    @Test
    void hidesTasksFromOthersAndFromOtherTenants() {
        try (var instance = new Instance(true)) {
            pieces.release(1);
            var task = instance.ada().sendMessage(send(1)).getTask();
            for (Runnable foreign : List.<Runnable>of(() -> instance.client("bob", Map.of()).getTask(get(task)),
                    () -> instance.ada().getTask(get(task).toBuilder().setTenant("acme").build()),
                    () -> instance.ada().getTask(GetTaskRequest.newBuilder().setId("none").build()))) {
                assertThat(catchThrowableOfType(StatusRuntimeException.class, foreign::run).getStatus().getCode())
                        .isEqualTo(Status.Code.NOT_FOUND);
            }
        }
    }

    @Test
    void followsAtOneInstanceWhatAnotherDoes() {
        try (var working = new Instance(true); var other = new Instance(false)) {
            var task = working.ada().sendMessage(notWaiting(send(3))).getTask();
            var stream = other.ada().subscribeToTask(subscribe(task));
            assertThat(stream.next().getTask().getId()).isEqualTo(task.getId());
            pieces.release(3);
            assertThat(texts(rest(stream))).containsExactly("piece 1", "piece 2", "piece 3");
        }
    }

    @Test
    void resumesElsewhereBehindTheLastEventThatArrived() {
        try (var working = new Instance(true); var other = new Instance(false)) {
            var following = new Instance(false);
            var task = working.ada().sendMessage(notWaiting(send(4))).getTask();
            var stream = following.client("ada", REPLAY).subscribeToTask(subscribe(task));
            pieces.release(2);
            var seen = new ArrayList<StreamResponse>();
            while (texts(seen).size() < 2) {
                seen.add(stream.next());
            }
            following.close();
            pieces.release(2);
            var resuming = Map.of("a2a-extensions", Caller.REPLAY_EXTENSION, "last-event-id",
                    Long.toString(sequence(seen.getLast())));
            seen.addAll(rest(other.client("ada", resuming).subscribeToTask(subscribe(task))));
            assertThat(texts(seen)).containsExactly("piece 1", "piece 2", "piece 3", "piece 4");
            assertThat(seen.stream().map(DurableTasksTest::sequence)).doesNotHaveDuplicates().isSorted();
        }
    }

    @Test
    void cancelsFromAnyInstance() {
        try (var working = new Instance(true); var other = new Instance(false)) {
            var stream = working.ada().sendStreamingMessage(send(1));
            var task = stream.next().getTask();
            assertThat(other.ada().cancelTask(CancelTaskRequest.newBuilder().setId(task.getId()).build()).getStatus()
                    .getState()).isEqualTo(TaskState.TASK_STATE_CANCELED);
            assertThat(rest(stream).getLast().getStatusUpdate().getStatus().getState())
                    .isEqualTo(TaskState.TASK_STATE_CANCELED);
        }
    }

    @Test
    void answersTheSameMessageWithTheSameTask() {
        try (var instance = new Instance(true)) {
            pieces.release(1);
            var request = send(1);
            assertThat(instance.ada().sendMessage(request).getTask().getId())
                    .isEqualTo(instance.ada().sendMessage(request).getTask().getId());
        }
    }

    private static SendMessageRequest send(int count) {
        return SendMessageRequest.newBuilder().setMessage(Message.newBuilder()
                .setMessageId(Uuids.next().toString()).setRole(Role.ROLE_USER)
                .addParts(dev.howdah.agent.grpc.v1.Part.newBuilder().setText(Integer.toString(count)))).build();
    }

    private static SendMessageRequest notWaiting(SendMessageRequest request) {
        return request.toBuilder().setConfiguration(SendMessageConfiguration.newBuilder().setReturnImmediately(true))
                .build();
    }

    private static GetTaskRequest get(Task task) {
        return GetTaskRequest.newBuilder().setId(task.getId()).build();
    }

    private static SubscribeToTaskRequest subscribe(Task task) {
        return SubscribeToTaskRequest.newBuilder().setId(task.getId()).build();
    }

    private static List<StreamResponse> rest(Iterator<StreamResponse> stream) {
        var rest = new ArrayList<StreamResponse>();
        stream.forEachRemaining(rest::add);
        return rest;
    }

    private static List<String> texts(List<StreamResponse> items) {
        return items.stream().filter(StreamResponse::hasArtifactUpdate)
                .map(item -> item.getArtifactUpdate().getArtifact().getParts(0).getText()).toList();
    }

    private static long sequence(StreamResponse item) {
        var metadata = switch (item.getPayloadCase()) {
            case TASK -> item.getTask().getMetadata();
            case MESSAGE -> item.getMessage().getMetadata();
            case STATUS_UPDATE -> item.getStatusUpdate().getMetadata();
            case ARTIFACT_UPDATE -> item.getArtifactUpdate().getMetadata();
            case PAYLOAD_NOT_SET -> throw new AssertionError("an empty item");
        };
        return (long) metadata.getFieldsOrThrow(Caller.REPLAY_EXTENSION).getStructValue().getFieldsOrThrow("sequence")
                .getNumberValue();
    }
}
