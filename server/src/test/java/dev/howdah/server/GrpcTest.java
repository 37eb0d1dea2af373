package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.howdah.agent.card.AgentCards;
import dev.howdah.agent.grpc.v1.A2AServiceGrpc;
import dev.howdah.agent.grpc.v1.A2AServiceGrpc.A2AServiceBlockingStub;
import dev.howdah.agent.grpc.v1.GetExtendedAgentCardRequest;
import dev.howdah.agent.grpc.v1.ListTasksRequest;
import dev.howdah.agent.grpc.v1.Message;
import dev.howdah.agent.grpc.v1.Part;
import dev.howdah.agent.grpc.v1.Role;
import dev.howdah.agent.grpc.v1.SendMessageRequest;
import dev.howdah.agent.grpc.v1.TaskState;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.UnavailableException;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The server's agent over gRPC. */
class GrpcTest {
    private static final String KEY = "0123456789abcdef-key";

    @Test
    void runsASkillAsATask() {
        int port = GrpcClient.freePort();
        try (var server = TestServer.start(Map.of("howdah.agent.grpc.port", Integer.toString(port)), true)) {
            var channel = channel(port);
            var task = client(channel, Map.of()).sendMessage(call("get_dependencies")).getTask();
            assertThat(task.getStatus().getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
            assertThat(task.getArtifacts(0).getParts(0).hasData()).isTrue();
            assertThat(server.get("/.well-known/agent-card.json").json().path("supportedInterfaces").valueStream()
                    .filter(each -> each.path("protocolBinding").asString().equals("GRPC"))
                    .map(each -> each.path("url").asString())).containsExactly("127.0.0.1:" + port);
            var extended = client(channel, Map.of()).getExtendedAgentCard(GetExtendedAgentCardRequest.newBuilder()
                    .build());
            assertThat(extended.getCapabilities().getExtensionsList()).extracting(each -> each.getUri())
                    .contains(AgentCards.SCHEMAS_EXTENSION);
            channel.shutdownNow();
        }
    }

    @Test
    void asksForTheKey() {
        int port = GrpcClient.freePort();
        try (var server = TestServer.start(Map.of("howdah.agent.grpc.port", Integer.toString(port),
                "howdah.server.api-key", KEY), false)) {
            var channel = channel(port);
            for (var wrong : new String[]{"", "0123456789abcdef-kez"}) {
                assertThat(catchThrowableOfType(StatusRuntimeException.class, () -> client(channel,
                        Map.of("x-api-key", wrong)).listTasks(ListTasksRequest.getDefaultInstance())).getStatus()
                        .getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            }
            assertThat(client(channel, Map.of("authorization", "Bearer " + KEY))
                    .listTasks(ListTasksRequest.getDefaultInstance()).getTotalSize()).isZero();
            channel.shutdownNow();
            assertThat(server.get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void saysThatItsPortIsTaken() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = Integer.toString(taken.getLocalPort());
            assertThatThrownBy(() -> TestServer.start(Map.of("howdah.agent.grpc.port", port), false).close())
                    .isInstanceOf(UnavailableException.class).hasMessageContaining(port)
                    .hasMessageContaining("howdah.agent.grpc.port");
        }
    }

    @Test
    void needsTasksInPostgres() {
        assertThatThrownBy(() -> HowdahSettings.from(Configuration.of(Map.of("howdah.agent.grpc.port", "9090",
                "howdah.queue.postgresql", "false", "howdah.queue.redis-url", "redis://localhost:6379"))))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("howdah.agent.grpc.port");
    }

    private static SendMessageRequest call(String skill) {
        var input = Struct.newBuilder().putFields("repo", Value.newBuilder().setStringValue("a/b").build());
        var call = Struct.newBuilder().putFields("skill", Value.newBuilder().setStringValue(skill).build())
                .putFields("input", Value.newBuilder().setStructValue(input).build());
        return SendMessageRequest.newBuilder().setMessage(Message.newBuilder().setMessageId("m1")
                .setRole(Role.ROLE_USER).addParts(Part.newBuilder().setData(Value.newBuilder().setStructValue(call))))
                .build();
    }

    private static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    private static A2AServiceBlockingStub client(ManagedChannel channel, Map<String, String> more) {
        var headers = new Metadata();
        headers.put(Metadata.Key.of("a2a-version", Metadata.ASCII_STRING_MARSHALLER), "1.0");
        more.forEach((name, value) -> headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        return A2AServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
}
