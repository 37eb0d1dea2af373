package dev.howdah.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Artifacts by size: in the row, in chunks, and in an S3-compatible store. */
class ArtifactsTest {
    private static final NewArtifact FILE = new NewArtifact("data", "a b.bin", "", "application/octet-stream",
            new byte[0]);

    @Test
    void keepsSmallAndLargeContentAndSaysHowLargeItIs() throws IOException {
        try (var running = new Running(Map.of())) {
            running.apply("id: w\nnodes: [{id: n, type: task, executor: echo}]");
            var id = running.start("w", "{}");
            for (int size : new int[]{0, 1, Artifacts.INLINE_MAX, Artifacts.INLINE_MAX + 1, Artifacts.CHUNK_BYTES,
                    3 * Artifacts.CHUNK_BYTES + 7}) {
                var content = bytes(size);
                var artifact = running.workflows.artifacts().write(id, Optional.empty(), FILE,
                        new ByteArrayInputStream(content));
                assertThat(artifact.sizeBytes()).isEqualTo(size);
                assertThat(artifact.sha256()).hasSize(64);
                assertThat(read(running, artifact.id())).isEqualTo(content);
            }
            assertThat(running.number("SELECT count(*) FROM artifact_chunks")).isEqualTo(1 + 1 + 4);
            assertThatThrownBy(() -> running.workflows.artifacts().write(new UUID(1, 1), Optional.empty(), FILE,
                    new ByteArrayInputStream(new byte[1]))).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> running.workflows.artifacts().read(new UUID(1, 1), new ByteArrayOutputStream()))
                    .isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void refusesWhatIsOverTheLimit() {
        try (var running = new Running(Map.of(), WorkflowSettings.defaults().withArtifactMax(1000))) {
            running.apply("id: w\nnodes: [{id: n, type: task, executor: echo}]");
            var id = running.start("w", "{}");
            assertThatThrownBy(() -> running.workflows.artifacts().write(id, Optional.empty(), FILE,
                    new ByteArrayInputStream(new byte[1001]))).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("howdah.workflow.artifact-max");
            assertThat(running.number("SELECT count(*) FROM artifacts")).isZero();
        }
    }

    @Test
    void keepsLargeContentInTheStoreThatIsConfiguredAndRemovesItWithTheExecution() throws IOException {
        var objects = new ConcurrentHashMap<String, byte[]>();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            var path = exchange.getRequestURI().getRawPath();
            boolean signed = exchange.getRequestHeaders().getFirst("Authorization")
                    .startsWith("AWS4-HMAC-SHA256 Credential=key/");
            var body = exchange.getRequestBody().readAllBytes();
            var answer = switch (exchange.getRequestMethod()) {
                case "PUT" -> {
                    objects.put(path, body);
                    yield new byte[0];
                }
                case "DELETE" -> {
                    objects.remove(path);
                    yield new byte[0];
                }
                default -> objects.getOrDefault(path, new byte[0]);
            };
            exchange.sendResponseHeaders(signed ? 200 : 403, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        var bucket = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/bucket/howdah");
        try (var running = new Running(Map.of(), WorkflowSettings.defaults()
                .withS3(new WorkflowSettings.S3(bucket, "here", "key", "secret")))) {
            running.apply("id: w\nnodes: [{id: n, type: task, executor: echo}]");
            var id = running.start("w", "{}");
            running.end(id);
            var content = bytes(Artifacts.INLINE_MAX + 1);
            var artifact = running.workflows.artifacts().write(id, Optional.empty(), FILE,
                    new ByteArrayInputStream(content));
            assertThat(artifact.s3Uri().orElseThrow()).startsWith(bucket + "/" + id).endsWith("/a%20b.bin");
            assertThat(objects).hasSize(1);
            assertThat(read(running, artifact.id())).isEqualTo(content);
            try (var _ = running.workflows.artifacts().prepare(id, FILE, new ByteArrayInputStream(content))) {
                assertThat(objects).hasSize(2);
            }
            assertThat(objects).as("what nobody wrote down is removed").hasSize(1);
            running.database.withHandle(handle -> handle.execute(
                    "UPDATE workflow_executions SET completed_at = now() - interval '60 days'"));
            running.workflows.upkeep().deleteEnded();
            assertThat(objects).isEmpty();
        } finally {
            server.stop(0);
        }
    }

    private static byte[] read(Running running, UUID id) throws IOException {
        var out = new ByteArrayOutputStream();
        running.workflows.artifacts().read(id, out);
        return out.toByteArray();
    }

    private static byte[] bytes(int size) {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
