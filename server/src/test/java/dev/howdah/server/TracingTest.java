package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Configuration;
import dev.howdah.queue.TraceContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TracingTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

    private Tracing tracing(int samplePercent) {
        return OtlpTracing.of(SimpleSpanProcessor.create(exporter), new TracingSettings(Optional.empty(),
                Map.of(), "howdah", samplePercent));
    }

    private List<SpanData> spans(SpanKind kind) {
        return exporter.getFinishedSpanItems().stream().filter(span -> span.getKind() == kind
                && span.getTraceId().equals(TRACE)).sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
                .toList();
    }

    @Test
    void followsARequestThroughAWorkflow() {
        try (var server = TestServer.traced(tracing(0), Map.of())) {
            var started = server.post("/api/workflows/sdlc_linear/execute", "{\"requirement\": \"A form by which "
                    + "readers send us what they think of an article\"}", TraceContext.HEADER,
                    "00-" + TRACE + "-" + CALLER + "-01");
            assertThat(started.status()).as(started.text()).isEqualTo(201);
            var id = started.json().path("execution_id").asString();
            await().atMost(LIMIT).until(() -> spans(SpanKind.CONSUMER).size() == 6);

            var request = spans(SpanKind.SERVER).getFirst();
            assertThat(request.getName()).startsWith("POST /api/workflows/{");
            assertThat(request.getParentSpanId()).isEqualTo(CALLER);
            assertThat(request.getAttributes().asMap().toString()).contains("http.response.status_code=201");
            var nodes = spans(SpanKind.CONSUMER);
            for (int i = 0; i < nodes.size(); i++) {
                var before = i == 0 ? request : nodes.get(i - 1);
                assertThat(nodes.get(i).getName()).isEqualTo("process workflow.node");
                assertThat(nodes.get(i).getParentSpanId()).as("node " + i).isEqualTo(before.getSpanId());
                assertThat(nodes.get(i).getLinks()).singleElement().satisfies(link -> assertThat(link.getSpanContext()
                        .getSpanId()).isEqualTo(before.getSpanId()));
                assertThat(nodes.get(i).getAttributes().asMap().toString()).contains("howdah.execution.id=" + id);
            }
            assertThat(spans(SpanKind.CLIENT)).anySatisfy(statement -> assertThat(statement.getName())
                    .isEqualTo("SELECT workflow_executions"));
        }
    }

    @Test
    void aTaskCarriesItsTraceAcrossTheDatabase() {
        try (var server = TestServer.traced(tracing(100), Map.of())) {
            server.post("/api/relationships", "{\"relationships\": {\"a/api\": {\"consumers\": [{\"repo\": \"a/c\", "
                    + "\"interface_files\": [\"x\"], \"change_triggers\": [\"endpoints\"]}]}}}");
            server.post("/api/webhook/change-notification", """
                {"source_repo": "a/api", "commit_sha": "0123456", "commit_message": "Drop an endpoint",
                 "branch": "main"}""", TraceContext.HEADER, "00-" + TRACE + "-" + CALLER + "-01");
            await().atMost(LIMIT).until(() -> !spans(SpanKind.CONSUMER).isEmpty());
            var request = spans(SpanKind.SERVER).getFirst();
            var task = spans(SpanKind.CONSUMER).getFirst();
            assertThat(task.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(task.getAttributes().asMap().toString()).contains("messaging.system=howdah",
                    "messaging.destination.name=");
            assertThat(spans(SpanKind.CLIENT)).allSatisfy(statement -> assertThat(statement.getAttributes().asMap()
                    .toString()).contains("db.system.name=postgresql"));
        }
    }

    @Test
    void keepsNothingOfWhatTheCallerDoesNotKeep() {
        try (var server = TestServer.traced(tracing(100), Map.of())) {
            assertThat(server.get("/api/tasks", TraceContext.HEADER, "00-" + TRACE + "-" + CALLER + "-00").status())
                    .isEqualTo(200);
            assertThat(server.get("/api/tasks", TraceContext.HEADER, "no trace at all").status()).isEqualTo(200);
            assertThat(server.get("/health/live").status()).isEqualTo(200);
            await().atMost(LIMIT).until(() -> exporter.getFinishedSpanItems().stream()
                    .anyMatch(span -> span.getName().equals("GET /api/tasks")));
            assertThat(exporter.getFinishedSpanItems()).noneMatch(span -> span.getTraceId().equals(TRACE))
                    .noneMatch(span -> span.getName().contains("/health"));
        }
    }

    @Test
    void aWrongCollectorStopsTheStart() {
        var configuration = Configuration.of(Map.of("howdah.tracing.endpoint", "localhost:4318",
                "howdah.tracing.headers", "no-value"));
        TracingSettings.from(configuration);
        assertThatThrownBy(configuration::check).hasMessageContaining("http://localhost:4318")
                .hasMessageContaining("name=value").message().doesNotContain("no-value");
        var right = TracingSettings.from(Configuration.of(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:4318", "howdah.tracing.headers", "x-key=abc=")));
        assertThat(right.headers()).containsEntry("x-key", "abc=");
        assertThat(right.toString()).doesNotContain("abc");
    }

    @Test
    void aCollectorThatIsAwayHoldsUpNobody() {
        try (var server = TestServer.start(Map.of("howdah.tracing.endpoint", "http://127.0.0.1:9"), true)) {
            assertThat(server.howdah().tracing().isOn()).isTrue();
            assertThat(server.get("/api/tasks").status()).isEqualTo(200);
        }
    }
}
