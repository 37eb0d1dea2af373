package dev.howdah.workflow.example;

import dev.howdah.workflow.definition.Contracts;
import dev.howdah.workflow.definition.Expressions;
import dev.howdah.workflow.NodeHandler;
import dev.howdah.workflow.NodeResult;
import dev.howdah.workflow.NodeRun;
import dev.howdah.workflow.definition.NodeType;
import dev.howdah.workflow.definition.Scope;
import dev.howdah.workflow.definition.WorkflowDefinition;
import dev.howdah.workflow.definition.WorkflowLimits;
import dev.howdah.workflow.definition.WorkflowNode;
import dev.howdah.workflow.definition.WorkflowType;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.queue.PermanentFailure;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class BuiltInWorkflowsTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** One attempt outside an engine. */
    private record Run(String nodeId, JsonNode config, JsonNode input, Map<String, JsonNode> dependencyOutputs,
            Optional<JsonNode> item) implements NodeRun {
        @Override
        public UUID executionId() {
            return new UUID(0, 1);
        }

        @Override
        public String nodeName() {
            return nodeId;
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public Optional<JsonNode> lastHeartbeat() {
            return Optional.empty();
        }

        @Override
        public void heartbeat(JsonNode details) {
            // nobody waits for it
        }

        @Override
        public void progress(int percent, String message) {
            // nobody looks
        }

        @Override
        public void log(String line) {
            // nobody reads
        }

        @Override
        public boolean isStopped() {
            return false;
        }
    }

    private final Map<String, JsonNode> outputs = new LinkedHashMap<>();
    private final Map<String, Double> qualities = new LinkedHashMap<>();
    private final Map<String, String> artifacts = new LinkedHashMap<>();

    private static WorkflowDefinition builtIn(String id) {
        return BuiltInWorkflows.all().stream().filter(definition -> definition.id().equals(id)).findFirst()
                .orElseThrow();
    }

    /** Runs a workflow's nodes in a row, as an engine would, but with nothing kept. */
    private void play(WorkflowDefinition definition, JsonNode input, Map<String, NodeHandler> handlers)
            throws Exception {
        var open = new ArrayList<>(definition.nodes());
        open.removeIf(node -> node.type() == NodeType.COMPENSATE);
        while (!open.isEmpty()) {
            var node = open.stream().filter(candidate -> open.stream()
                    .noneMatch(other -> candidate.dependencies().contains(other.id()))).findFirst().orElseThrow();
            open.remove(node);
            var scope = Scope.of(input, outputs);
            if (node.condition().isEmpty() || Expressions.shared().condition(node.condition().get(), scope)) {
                outputs.put(node.id(), output(node, scope, handlers));
            }
        }
    }

    private JsonNode output(WorkflowNode node, Scope scope, Map<String, NodeHandler> handlers) throws Exception {
        return switch (node.type()) {
            case PHASE -> phase(node, scope, handlers);
            case CONDITION -> JSON.objectNode().put("result",
                    Expressions.shared().condition(node.config().path("expression").asString(), scope));
            case PARALLEL_GROUP -> {
                var all = JSON.objectNode();
                for (var child : node.children()) {
                    all.set(child.id(), phase(child, scope, handlers));
                }
                yield all;
            }
            case MAP -> {
                var all = JSON.arrayNode();
                for (var item : Expressions.shared().value(node.config().path("items").asString(), scope)) {
                    all.add(phase(node.children().getFirst(), scope.withItem(item, all.size()), handlers));
                }
                yield all;
            }
            default -> throw new AssertionError(node.type());
        };
    }

    private JsonNode phase(WorkflowNode node, Scope scope, Map<String, NodeHandler> handlers) throws Exception {
        var before = new LinkedHashMap<>(outputs);
        before.keySet().retainAll(node.dependencies());
        var result = (NodeResult) requireNonNull(handlers.get(node.executor())).handle(new Run(node.id(),
                Expressions.shared().evaluate(node.config(), scope), scope.input(), before, scope.item()));
        node.gate()
                .ifPresent(gate -> assertThat(gate.passes(result.quality())).as(node.id() + result.quality()).isTrue());
        node.outputContract()
                .ifPresent(contract -> assertThat(Contracts.violations(contract, result.output())).isEmpty());
        qualities.put(node.id(), result.quality().orElse(-1));
        result.artifacts()
                .forEach(made -> artifacts.put(made.name(), new String(made.content(), StandardCharsets.UTF_8)));
        return result.output();
    }

    private static ObjectNode marketplace() {
        return (ObjectNode) builtIn("dog-marketplace").metadata().path("example_input");
    }

    @Test
    void comeInThreeShapes() {
        assertThat(builtIn("sdlc_linear").nodes()).hasSize(6);
        assertThat(builtIn("sdlc_linear").edges()).hasSize(5);
        assertThat(builtIn("sdlc_linear").type()).isEqualTo(WorkflowType.LINEAR);
        assertThat(builtIn("sdlc_parallel").nodes()).hasSize(6);
        assertThat(builtIn("sdlc_parallel").edges()).hasSize(6);
        assertThat(builtIn("sdlc_parallel").dependants("phase_design"))
                .containsExactly("phase_backend_development", "phase_frontend_development");
        for (var definition : BuiltInWorkflows.all()) {
            assertThat(WorkflowDefinition.parse(definition.toJson().toString(), WorkflowLimits.defaults(),
                    Map.of(NodeType.PHASE, PhaseHandlers.all()::containsKey))).isEqualTo(definition);
        }
    }

    @Test
    void dogMarketplacePassesItsGatesAndLeavesFilesForPeople() throws Exception {
        play(builtIn("dog-marketplace"), marketplace(), PhaseHandlers.all());
        assertThat(outputs).containsKeys("requirements", "build", "screens", "testing", "staging", "review")
                .doesNotContainKey("sign_off");
        assertThat(artifacts).containsKeys("requirements.md", "design.md", "openapi.yaml", "schema.sql", "app.py",
                "index.html", "screens/dogs.html", "test-report.md", "release.json", "review.md");
        assertThat(artifacts.get("requirements.md")).contains("As a **breeder**").contains("Acceptance criteria");
        assertThat(artifacts.get("schema.sql")).contains("CREATE TABLE dogs").contains("\"price\" numeric");
        assertThat(artifacts.get("test-report.md")).contains("every endpoint of the API has a handler | passed");
        assertThat(artifacts.get("review.md")).contains("Approved");
    }

    @Test
    void linearAndParallelRunToTheirEndWithAnyRequirement() throws Exception {
        for (var id : List.of("sdlc_linear", "sdlc_parallel")) {
            for (var requirement : List.of("Build a todo app", "Users can write notes with text.", "...",
                    "Blödsinn <b>&")) {
                outputs.clear();
                play(builtIn(id), JSON.objectNode().put("requirement", requirement), PhaseHandlers.all());
                assertThat(outputs).hasSize(6);
                assertThat(requireNonNull(outputs.get("phase_review")).propertyNames()).contains("phase", "status",
                        "output",
                        "artifacts",
                        "contracts", "execution_time");
            }
        }
    }

    @Test
    void qualityFollowsTheRequirement() throws Exception {
        var vague = JSON.objectNode().put("requirement", "It should be nice and fast. Everything is easy.");
        outputs.clear();
        play(builtIn("sdlc_linear"), vague, PhaseHandlers.all());
        double low = requireNonNull(qualities.get("phase_requirement_analysis"));
        play(builtIn("sdlc_linear"), marketplace(), PhaseHandlers.all());
        assertThat(qualities.get("phase_requirement_analysis")).isGreaterThan(low + 0.5);
        assertThat(qualities.get("phase_testing")).isGreaterThan(0.8);
    }

    @Test
    void testReportFindsWhatIsMissing() {
        var product = Product.of("Users can add dogs with price. Users can delete dogs.");
        var server = ProductTexts.server(product);
        var whole = PhaseChecks.of(product, Map.of("app.py", server));
        var broken = PhaseChecks.of(product, Map.of("app.py", server.replace("def delete_dog(", "def other(")));
        assertThat(whole).filteredOn(check -> check.name().contains("has a handler"))
                .allMatch(PhaseChecks.Check::passed);
        assertThat(broken).filteredOn(check -> check.name().contains("has a handler")).singleElement()
                .satisfies(check -> assertThat(check.details()).isEqualTo("not: DELETE /dogs/{id}"));
    }

    @Test
    void modelWritesTheDocumentsAndItsFailureFailsTheAttempt() throws Exception {
        play(builtIn("sdlc_linear"), marketplace(), PhaseHandlers.all(prompt -> "# By a model\n" + prompt.length()));
        assertThat(artifacts.get("requirements.md")).startsWith("# By a model");
        assertThat(artifacts.get("app.py")).contains("def list_dogs");
        outputs.clear();
        assertThatThrownBy(() -> play(builtIn("sdlc_linear"), marketplace(), PhaseHandlers.all(prompt -> {
            throw new IllegalStateException("no quota");
        }))).hasMessage("no quota");
        assertThatThrownBy(() -> play(builtIn("sdlc_linear"), marketplace(), PhaseHandlers.all(prompt -> " ")))
                .hasMessageContaining("empty answer");
    }

    @Test
    void phasesSayWhenTheRequirementIsMissing() {
        assertThatThrownBy(() -> play(builtIn("sdlc_linear"), JSON.objectNode(), PhaseHandlers.all()))
                .isInstanceOf(PermanentFailure.class).hasMessageContaining("requirement");
    }

    @Test
    void backendThatWasWrittenServesTheApi(@TempDir Path folder) throws Exception {
        play(builtIn("sdlc_linear"), marketplace(), PhaseHandlers.all());
        Files.writeString(folder.resolve("schema.sql"), artifacts.get("schema.sql"));
        Files.writeString(folder.resolve("app.py"), artifacts.get("app.py"));
        var process = new ProcessBuilder("python3", folder.resolve("app.py").toString(), "0").redirectErrorStream(true)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                var client = HttpClient.newHttpClient()) {
            var started = String.valueOf(lines.readLine());
            assertThat(started).startsWith("listening on port ");
            var base = "http://127.0.0.1:" + started.substring("listening on port ".length());
            var made = send(client, HttpRequest.newBuilder(URI.create(base + "/dogs"))
                    .POST(BodyPublishers.ofString("{\"name\": \"Rex\", \"price\": 12.5}")));
            assertThat(made.statusCode()).isEqualTo(201);
            assertThat(JsonMapper.shared().readTree(made.body()).path("name").asString()).isEqualTo("Rex");
            assertThat(send(client, HttpRequest.newBuilder(URI.create(base + "/dogs"))).body()).contains("Rex");
            assertThat(send(client, HttpRequest.newBuilder(URI.create(base + "/dogs"))
                    .POST(BodyPublishers.ofString("{\"wrong\": 1}"))).statusCode()).isEqualTo(400);
            assertThat(send(client, HttpRequest.newBuilder(URI.create(base + "/dogs/1"))
                    .PUT(BodyPublishers.ofString("{\"age\": 3}"))).body()).contains("\"age\": 3");
            assertThat(send(client, HttpRequest.newBuilder(URI.create(base + "/dogs/1")).DELETE()).statusCode())
                    .isEqualTo(200);
            assertThat(send(client, HttpRequest.newBuilder(URI.create(base + "/dogs/1"))).statusCode()).isEqualTo(404);
        } finally {
            process.destroyForcibly();
        }
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
