package dev.howdah.server;

import dev.howdah.workflow.example.BuiltInWorkflows;
import dev.howdah.workflow.Definitions;
import dev.howdah.workflow.NewExecution;
import dev.howdah.workflow.definition.NodeType;
import dev.howdah.workflow.definition.WorkflowDefinition;
import dev.howdah.workflow.Workflows;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.server.WorkflowViews.GraphView;
import dev.howdah.server.WorkflowViews.StartedView;
import dev.howdah.server.WorkflowViews.WorkflowVersionView;
import dev.howdah.server.WorkflowViews.WorkflowLine;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@RestController
@Tag(name = "Workflows")
final class WorkflowsController {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int REQUIREMENT_MAX = 10_000;
    private static final int PAGE_MAX = 1000;
    private static final String STUDIO = "studio";

    private final Howdah howdah;
    private final IdempotentRequests requests;

    WorkflowsController(Howdah howdah) {
        this.howdah = howdah;
        this.requests = new IdempotentRequests(howdah.database());
    }

    private Definitions definitions() {
        return howdah.workflows().definitions();
    }

    @GetMapping("/api/workflows")
    @Operation(summary = "All workflows in their newest version, by id; the header Link names the next page")
    ResponseEntity<List<WorkflowLine>> list(@RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "1000") int limit) {
        if (limit < 1 || limit > PAGE_MAX) {
            throw new InvalidInputException("workflows-invalid", "limit", limit + " is out of range",
                    "use 1 to " + PAGE_MAX);
        }
        var lines = definitions().list(after, limit).stream().map(WorkflowLine::of).toList();
        var answer = ResponseEntity.ok();
        if (lines.size() == limit) {
            answer.header(HttpHeaders.LINK, "</api/workflows?after=" + lines.getLast().workflowId() + "&limit=" + limit
                    + ">; rel=\"next\"");
        }
        return answer.body(lines);
    }

    @PostMapping("/api/workflows")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Makes a workflow: with nodes and edges of its own, or with the phases of the built-in of its type")
    WorkflowLine create(@RequestBody ObjectNode body) {
        var given = body.has("nodes") || body.has("workflow") ? body : fromBuiltIn(body);
        var definition = definitions().parse(given.toString());
        if (definitions().latest(definition.id()).isPresent()) {
            throw new ConflictException("workflow-exists", "there is a workflow " + definition.id(),
                    "choose another name, or apply a new version: PUT /api/workflows/" + definition.id());
        }
        return WorkflowLine.of(definitions().apply(definition));
    }

    private static ObjectNode fromBuiltIn(ObjectNode body) {
        var type = body.path("type").asString("linear");
        var builtIn = BuiltInWorkflows.all().stream().filter(known -> known.id().equals("sdlc_" + type)).findFirst()
                .orElseThrow(() -> new InvalidInputException("workflow-invalid", "type", "\"" + type
                        + "\" has no phases of its own", "use linear or parallel, or give nodes and edges"));
        if (body.path("name").asString("").isBlank()) {
            throw new InvalidInputException("workflow-invalid", "name", "is missing", "use 1 to 255 characters");
        }
        var definition = builtIn.toJson();
        definition.remove(List.of("id", "description"));
        for (var field : body.properties()) {
            if (!List.of("id", "name", "type", "description", "metadata").contains(field.getKey())) {
                throw new InvalidInputException("workflow-invalid", field.getKey(), "is not known",
                        "give name, type and description, or a whole definition");
            }
            definition.set(field.getKey(), field.getValue());
        }
        return definition;
    }

    @PutMapping(value = "/api/workflows/{id}", consumes = MediaType.ALL_VALUE)
    @Operation(summary = "Applies a definition, JSON or YAML: the next version, unless the newest one is the same. With "
            + "unknown_tasks=allow its tasks may be of types that no worker has yet")
    WorkflowVersionView apply(@PathVariable String id, @RequestBody byte[] body,
            @RequestParam(name = "unknown_tasks", defaultValue = "refuse") String unknownTasks,
            @RequestHeader(name = HttpHeaders.CONTENT_TYPE, defaultValue = "") String contentType) {
        boolean isUnknownAllowed = isUnknownAllowed(unknownTasks);
        var text = withId(text(body, contentType), id);
        var definition = isUnknownAllowed ? WorkflowDefinition.parse(text) : definitions().parse(text);
        if (!definition.id().equals(id)) {
            throw new InvalidInputException("workflow-invalid", "id",
                    "\"" + definition.id() + "\" is not the id in the path, "
                            + id,
                    "use the same");
        }
        return WorkflowVersionView.of(isUnknownAllowed
                ? definitions().applyUnknown(definition)
                : definitions().apply(definition));
    }

    /** The path names it, so a JSON definition need not. */
    private static String withId(String text, String id) {
        if (text.startsWith("{")) {
            try {
                if (JSON.readTree(text) instanceof ObjectNode object && !object.has("id") && !object.has("workflow_id")
                        && !object.has("workflow")) {
                    return object.put("id", id).toString();
                }
            } catch (RuntimeException e) {
                return text; // whoever reads it next tells what is wrong, and where
            }
        }
        return text;
    }

    @PostMapping(value = "/api/workflows/validate", consumes = MediaType.ALL_VALUE)
    @Operation(summary = "Checks a definition, JSON or YAML, against what there is; stores nothing and tells every fault, or how "
            + "the definition reads as JSON")
    Map<String, Object> validate(@RequestBody byte[] body,
            @RequestParam(name = "unknown_tasks", defaultValue = "refuse") String unknownTasks,
            @RequestHeader(name = HttpHeaders.CONTENT_TYPE, defaultValue = "") String contentType) {
        var text = text(body, contentType);
        try {
            var definition = isUnknownAllowed(unknownTasks)
                    ? WorkflowDefinition.parse(text)
                    : definitions().parse(text);
            return Map.of("valid", true, "workflow_id", definition.id(), "nodes", definition.nodes().size(), "edges",
                    definition.edges().size(), "definition", definition.toJson(), "errors", List.of());
        } catch (InvalidInputException e) {
            return Map.of("valid", false, "errors", Problem.errors(e));
        }
    }

    private static boolean isUnknownAllowed(String word) {
        return switch (word) {
            case "allow" -> true;
            case "refuse" -> false;
            default -> throw new InvalidInputException("workflow-invalid", "unknown_tasks", "\"" + word
                    + "\" is not known", "use allow or refuse");
        };
    }

    private static String text(byte[] body, String contentType) {
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            // YAML in its flow style looks like JSON, but for the line before it.
            return contentType.toLowerCase(Locale.ROOT).contains("yaml") && text.stripLeading().startsWith("{")
                    ? "---\n" + text
                    : text;
        } catch (CharacterCodingException e) {
            throw new InvalidInputException("workflow-invalid", "", "the definition is no UTF-8", "encode it as UTF-8");
        }
    }

    @GetMapping("/api/workflows/{id}")
    @Operation(summary = "A workflow in React Flow's form, with the places of its nodes; the newest version or a certain one")
    GraphView get(@PathVariable String id, @RequestParam Optional<Integer> version) {
        return GraphView.of(version.map(number -> find(id, number)).orElseGet(() -> latest(id)), node -> "pending");
    }

    @GetMapping("/api/workflows/{id}/versions")
    @Operation(summary = "The versions of a workflow, newest first")
    Map<String, List<WorkflowLine>> versions(@PathVariable String id) {
        latest(id);
        return Map.of("items", definitions().versions(id).stream().map(WorkflowLine::of).toList());
    }

    @GetMapping("/api/workflows/{id}/versions/{version}")
    @Operation(summary = "A version with its definition, as it can be applied again")
    WorkflowVersionView version(@PathVariable String id, @PathVariable int version) {
        return WorkflowVersionView.of(find(id, version));
    }

    private Definitions.Version latest(String id) {
        return definitions().latest(id).orElseThrow(() -> unknown(id, ""));
    }

    private Definitions.Version find(String id, int version) {
        return definitions().version(id, version).orElseThrow(() -> unknown(id, " of version " + version));
    }

    static NotFoundException unknown(String id, String version) {
        return new NotFoundException("workflow-not-found", "there is no workflow " + id + version,
                "see: howdah workflow list");
    }

    /**
     * What an execution is started with.
     *
     * @param requirement becomes {@code input.requirement}
     * @param initialContext the input
     * @param key at most one execution with it is under way
     */
    record ExecuteInput(@Nullable String requirement, @Nullable JsonNode initialContext, @Nullable Integer version,
            @Nullable String key) {
        NewExecution toExecution(String workflow) {
            var execution = NewExecution.of(workflow, input(requirement, initialContext));
            execution = version == null ? execution : execution.withVersion(version);
            return key == null ? execution : execution.withKey(key);
        }
    }

    private static JsonNode input(@Nullable String requirement, @Nullable JsonNode context) {
        var input = context == null ? JSON.createObjectNode() : context.deepCopy();
        if (requirement != null && (requirement.isBlank() || requirement.length() > REQUIREMENT_MAX)) {
            throw new InvalidInputException("execution-invalid", "requirement", "has " + requirement.length()
                    + " characters", "use 1 to " + REQUIREMENT_MAX);
        }
        if (requirement != null && input instanceof ObjectNode object) {
            object.put("requirement", requirement);
        }
        return input;
    }

    @PostMapping("/api/workflows/{id}/execute")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Starts an execution. With the header Idempotency-Key a request that is sent again within a day gets the "
            + "first answer")
    StartedView execute(@PathVariable String id, @RequestBody(required = false) @Nullable ExecuteInput body,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        var input = Objects.requireNonNullElseGet(body, () -> new ExecuteInput(null, null, null, null));
        return start(input.toExecution(id), key, "/api/workflows/" + id + "/execute " + JSON.writeValueAsString(input));
    }

    private StartedView start(NewExecution execution, Optional<String> key, String request) {
        var workflows = howdah.workflows();
        var id = key.map(name -> UUID.fromString(requests.once(name, request, tx -> JSON.createObjectNode()
                .put("execution_id", workflows.start(tx, execution).toString())).path("execution_id").asString()))
                .orElseGet(() -> workflows.start(execution));
        return StartedView.of(workflows.executions().find(id).orElseThrow(() -> ExecutionsController.unknown(id)));
    }

    /** A graph that the caller brings along. */
    record StudioInput(@Nullable String workflowId, @Nullable String name, @Nullable String description,
            @Nullable JsonNode nodes, @Nullable JsonNode edges, @Nullable String requirement,
            @Nullable JsonNode initialContext, @Nullable JsonNode metadata) {
        JsonNode definition() {
            var definition = JSON.createObjectNode();
            if (name == null || workflowId != null) {
                definition.put("id", Objects.requireNonNullElse(workflowId, STUDIO));
            }
            definition.put("name", Objects.requireNonNullElse(name, Objects.requireNonNullElse(workflowId, STUDIO)))
                    .put("description", Objects.requireNonNullElse(description, ""));
            definition.set("nodes", nodes == null ? JSON.createArrayNode() : nodes);
            definition.set("edges", edges == null ? JSON.createArrayNode() : edges);
            return metadata == null ? definition : definition.set("metadata", metadata);
        }
    }

    @PostMapping("/api/workflow/execute")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Stores the caller's nodes and edges as a version of workflow_id (or of the name, or of studio) and "
            + "starts an execution of it")
    StartedView executeOwn(@RequestBody StudioInput input,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        var execution = NewExecution.of(STUDIO, input(input.requirement, input.initialContext));
        var version = definitions().apply(definitions().parse(input.definition().toString()));
        return start(new NewExecution(version.definition().id(), Optional.of(version.version()), execution.input(),
                Optional.empty(), Optional.empty()), key, "/api/workflow/execute " + JSON.writeValueAsString(input));
    }

    record Persona(String id, String name, List<String> workflows) {}

    @GetMapping("/api/personas")
    @Operation(summary = "Who works on phases: the executors that phases of the built-in workflows name")
    List<Persona> personas() {
        var users = new TreeMap<String, Map<String, String>>();
        for (var workflow : BuiltInWorkflows.all()) {
            for (var node : workflow.nodes()) {
                if (node.type() == NodeType.PHASE) {
                    users.computeIfAbsent(node.executor(), key -> new TreeMap<>()).put(workflow.id(), node.name());
                }
            }
        }
        return users.entrySet().stream().map(user -> new Persona(user.getKey(),
                user.getKey().substring(0, 1).toUpperCase(Locale.ROOT) + user.getKey().substring(1).replace('_', ' '),
                List.copyOf(user.getValue().keySet()))).toList();
    }
}
