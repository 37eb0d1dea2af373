package dev.howdah.server;

import dev.howdah.workflow.Definitions;
import dev.howdah.workflow.Execution;
import dev.howdah.workflow.ExecutionStatus;
import dev.howdah.workflow.Executions;
import dev.howdah.workflow.graph.GraphSvg;
import dev.howdah.workflow.NodeState;
import dev.howdah.workflow.Review;
import dev.howdah.workflow.Reviews;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.server.TaskViews.Page;
import dev.howdah.server.WorkflowViews.ArtifactView;
import dev.howdah.server.WorkflowViews.ExecutionLine;
import dev.howdah.server.WorkflowViews.ExecutionView;
import dev.howdah.server.WorkflowViews.GraphView;
import dev.howdah.server.WorkflowViews.NodeView;
import dev.howdah.server.WorkflowViews.ReviewView;
import dev.howdah.server.WorkflowViews.StartedView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looks at executions and controls them: those of definitions, and, as far as they have the means, those of programs. */
@RestController
@Tag(name = "Executions")
final class ExecutionsController {
    private static final int PAGE_MAX = 1000;
    private static final int BULK_PAGE = 100;
    private static final int BULK_MAX = 10_000;
    private static final int BULK_DEFAULT = 1000;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Howdah howdah;
    private final IdempotentRequests requests;

    ExecutionsController(Howdah howdah) {
        this.howdah = howdah;
        this.requests = new IdempotentRequests(howdah.database());
    }

    private Executions executions() {
        return howdah.workflows().executions();
    }

    @GetMapping("/api/executions")
    @Operation(summary = "Lists executions, newest first")
    Page<ExecutionLine> list(@RequestParam(defaultValue = "") String status, @RequestParam Optional<String> workflow,
            @RequestParam Optional<String> schedule, @RequestParam Optional<String> parent,
            @RequestParam Optional<String> cursor, @RequestParam(defaultValue = "50") int limit) {
        var found = executions().list(new Executions.Filter(filled(workflow), statuses(status), filled(schedule),
                filled(parent).map(ExecutionsController::id), filled(cursor).map(ExecutionsController::id), limit));
        return new Page<>(found.stream().map(ExecutionLine::of).toList(),
                found.size() == limit ? found.getLast().id().toString() : null);
    }

    private static Optional<String> filled(Optional<String> text) {
        return text.filter(given -> !given.isBlank());
    }

    @GetMapping("/api/executions/{id}")
    @Operation(summary = "An execution with its nodes: status, attempts, times, outputs and artifacts of each")
    ExecutionView get(@PathVariable String id) {
        return view(id(id));
    }

    private ExecutionView view(UUID id) {
        var execution = find(id);
        var artifacts = howdah.workflows().artifacts().list(id, Optional.empty(), PAGE_MAX).stream()
                .map(ArtifactView::of).filter(artifact -> artifact.nodeId() != null)
                .collect(Collectors.groupingBy(artifact -> Objects.requireNonNull(artifact.nodeId())));
        var children = executions().childCounts(id);
        return ExecutionView.of(execution, executions().nodes(id).stream()
                .map(node -> NodeView.of(node, artifacts, children)).toList());
    }

    @GetMapping("/api/executions/{id}/nodes/{node}")
    @Operation(summary = "A node of an execution")
    NodeView node(@PathVariable String id, @PathVariable String node) {
        return NodeView.of(findNode(id, node));
    }

    /** A page of children; {@code next} is what to give as {@code from}. */
    record ChildrenPage(List<NodeView> items, @Nullable Integer next) {}

    @GetMapping("/api/executions/{id}/nodes/{node}/children")
    @Operation(summary = "The items of a map or the nodes of a group, in their order; pass next as from to read on")
    ChildrenPage children(@PathVariable String id, @PathVariable String node,
            @RequestParam(defaultValue = "0") int from, @RequestParam(defaultValue = "100") int limit) {
        if (from < 0 || limit < 1 || limit > PAGE_MAX) {
            throw new InvalidInputException("nodes-invalid", "limit", limit + " or from " + from + " is out of range",
                    "use a limit of 1 to " + PAGE_MAX + ", and a from of 0 or more");
        }
        var parent = findNode(id, node);
        var children = executions().children(parent.executionId(), node, from, limit);
        return new ChildrenPage(children.stream().map(NodeView::of).toList(),
                children.size() == limit ? from + limit : null);
    }

    private NodeState findNode(String id, String node) {
        return executions().node(find(id(id)).id(), node).orElseThrow(() -> new NotFoundException("node-not-found",
                "execution " + id + " has no node " + node, "its nodes: GET /api/executions/" + id));
    }

    @GetMapping("/api/executions/{id}/graph")
    @Operation(summary = "The graph in React Flow's form, with the status of each node")
    GraphView graph(@PathVariable String id) {
        var execution = find(id(id));
        var statuses = executions().nodes(execution.id()).stream()
                .collect(Collectors.toMap(NodeState::nodeId, node -> TaskViews.label(node.status())));
        return GraphView.of(version(execution), node -> statuses.getOrDefault(node, "pending"));
    }

    @GetMapping("/api/executions/{id}/graph.svg")
    @Operation(summary = "The graph as a picture, with the status and duration of each node")
    ResponseEntity<String> svg(@PathVariable String id) {
        var execution = find(id(id));
        var progress = executions().nodes(execution.id()).stream().collect(Collectors.toMap(NodeState::nodeId,
                node -> new GraphSvg.Progress(TaskViews.label(node.status()), node.duration().or(() -> node.startedAt()
                        .map(start -> Duration.between(start, Instant.now()))))));
        return ResponseEntity.ok().header("Content-Type", "image/svg+xml;charset=UTF-8")
                // Its styles stand in it; opened by itself it is a document, which may do nothing else.
                .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .body(GraphSvg.of(version(execution).definition(), progress));
    }

    private Definitions.Version version(Execution execution) {
        return howdah.workflows().definitions().version(execution.workflowId(), execution.workflowVersion())
                .orElseThrow(() -> new NotFoundException("graph-not-found", "execution " + execution.id()
                        + " is of a program, which has no graph",
                        "see its events: GET /api/executions/"
                                + execution.id() + "/events"));
    }

    @PostMapping("/api/executions/{id}/pause")
    @Operation(summary = "Begins nothing new until it is resumed; what runs comes to its end")
    ExecutionView pause(@PathVariable String id) {
        return change(id, this::pause);
    }

    private void pause(UUID id) {
        if (isProgram(id)) {
            howdah.programs().pause(id);
        } else {
            howdah.workflows().pause(id);
        }
    }

    @PostMapping("/api/executions/{id}/resume")
    @Operation(summary = "Goes on")
    ExecutionView resume(@PathVariable String id) {
        return change(id, this::resume);
    }

    private void resume(UUID id) {
        if (isProgram(id)) {
            howdah.programs().resume(id);
        } else {
            howdah.workflows().resume(id);
        }
    }

    record CancelInput(@Nullable String reason) {}

    @PostMapping("/api/executions/{id}/cancel")
    @Operation(summary = "Stops an execution and those that it waits for; running handlers are interrupted")
    ExecutionView cancel(@PathVariable String id, @RequestBody(required = false) @Nullable CancelInput input) {
        var reason = input == null || input.reason == null ? "" : input.reason;
        return change(id, uuid -> cancel(uuid, reason));
    }

    private void cancel(UUID id, String reason) {
        if (isProgram(id)) {
            howdah.programs().cancel(id);
        } else {
            howdah.workflows().cancel(id, reason);
        }
    }

    record RetryInput(@Nullable String nodeId, @Nullable Boolean withDependants) {}

    @PostMapping("/api/executions/{id}/retry")
    @Operation(summary = "Runs again what did not end well; with node_id also that node, with_dependants everything behind it")
    ExecutionView retry(@PathVariable String id, @RequestBody(required = false) @Nullable RetryInput input) {
        if (input == null || input.nodeId == null) {
            return change(id, howdah.workflows()::retry);
        }
        return rerun(id, input.nodeId, Boolean.TRUE.equals(input.withDependants));
    }

    @PostMapping("/api/executions/{id}/nodes/{node}/reexecute")
    @Operation(summary = "The same as retry with that node_id; cascade is with_dependants")
    ExecutionView rerun(@PathVariable String id, @PathVariable String node,
            @RequestParam(defaultValue = "false") boolean cascade) {
        return change(id, uuid -> howdah.workflows().retry(uuid, node, cascade));
    }

    record SkipInput(@Nullable String nodeId, @Nullable String reason) {}

    @PostMapping("/api/executions/{id}/skip")
    @Operation(summary = "Does without a node: those behind it go on as if it had ended")
    ExecutionView skip(@PathVariable String id, @RequestBody SkipInput input) {
        var node = required("node_id", input.nodeId);
        return change(id, uuid -> howdah.workflows().skip(uuid, node, Objects.requireNonNullElse(input.reason, "")));
    }

    record ForkInput(@Nullable String nodeId, @Nullable JsonNode input) {}

    @PostMapping("/api/executions/{id}/fork")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "A new execution of the same version that takes over what ended well, but for the node and everything "
            + "behind it; with other input if it is given. With the header Idempotency-Key a request that is sent again "
            + "within a day gets the first answer")
    StartedView fork(@PathVariable String id, @RequestBody ForkInput input,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        var node = required("node_id", input.nodeId);
        var source = id(id);
        var given = Optional.ofNullable(input.input);
        Function<Transaction, UUID> fork = isProgram(source)
                ? tx -> howdah.programs().fork(tx, source, node, given)
                : tx -> howdah.workflows().fork(tx, source, node, given);
        var forked = key.map(name -> UUID.fromString(requests.once(name,
                "/api/executions/" + source + "/fork " + JSON.writeValueAsString(input),
                tx -> JSON.createObjectNode().put("execution_id", fork.apply(tx).toString())).path("execution_id")
                .asString())).orElseGet(() -> howdah.database().inTransaction(fork));
        return StartedView.of(find(forked));
    }

    @PostMapping("/api/executions/{id}/signals/{name}")
    @Operation(summary = "Delivers a message; the body is its payload. Whoever waits for it goes on, or it is kept for who will. "
            + "With the header Idempotency-Key a request that is sent again within a day delivers nothing more")
    ExecutionView signal(@PathVariable String id, @PathVariable String name,
            @RequestBody(required = false) @Nullable JsonNode payload,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        var message = payload == null ? JSON.createObjectNode() : payload;
        return change(id, uuid -> {
            Consumer<Transaction> signal = isProgram(uuid)
                    ? tx -> howdah.programs().signal(tx, uuid, name, message)
                    : tx -> howdah.workflows().signal(tx, uuid, name, message);
            key.ifPresentOrElse(given -> requests.once(given,
                    "/api/executions/" + uuid + "/signals/" + name + " " + message, tx -> {
                        signal.accept(tx);
                        return JSON.nullNode();
                    }), () -> howdah.database().useTransaction(signal));
        });
    }

    @GetMapping("/api/reviews")
    @Operation(summary = "What waits for a person, over all executions, those of the oldest first")
    Page<ReviewView> reviews(@RequestParam Optional<String> cursor, @RequestParam(defaultValue = "50") int limit) {
        if (limit < 1 || limit > PAGE_MAX) {
            throw new InvalidInputException("reviews-invalid", "limit", limit + " is out of range",
                    "use 1 to " + PAGE_MAX);
        }
        var reviews = new Reviews(howdah.database());
        var found = filled(cursor).map(text -> {
            int slash = text.indexOf('/');
            return reviews.after(id(slash < 0 ? text : text.substring(0, slash)), text.substring(slash + 1), limit);
        }).orElseGet(() -> reviews.oldest(limit));
        return new Page<>(found.stream().map(ReviewView::of).toList(), found.size() < limit
                ? null
                : found.getLast().executionId() + "/" + found.getLast().nodeId());
    }

    record ReviewInput(@Nullable Boolean approved, @Nullable String by, @Nullable String comment) {}

    @PostMapping("/api/executions/{id}/nodes/{node}/review")
    @Operation(summary = "Decides for a person about a node that waits for it")
    ExecutionView review(@PathVariable String id, @PathVariable String node, @RequestBody ReviewInput input) {
        var by = required("by", input.by);
        if (input.approved == null) {
            throw missing("approved");
        }
        var review = new Review(input.approved, by, Objects.requireNonNullElse(input.comment, ""));
        return change(id, uuid -> howdah.workflows().review(uuid, node, review));
    }

    /** Which executions a bulk action is about; of those only the ones to which it can be done. */
    record BulkFilter(@Nullable String status, @Nullable String workflow, @Nullable String schedule) {}

    record BulkExecutionsInput(@Nullable String action, @Nullable BulkFilter filter, @Nullable Integer limit,
            @Nullable Boolean dryRun) {}

    /** What is done to many, and to which. */
    private record BulkAction(Set<ExecutionStatus> statuses, Consumer<UUID> work) {}

    @PostMapping("/api/executions/bulk")
    @Operation(summary = "Cancels, retries, pauses or resumes executions that match, the newest first, at most limit; with "
            + "dry_run only counts them")
    Map<String, Object> bulk(@RequestBody BulkExecutionsInput input) {
        var action = switch (Objects.requireNonNullElse(input.action, "")) {
            case "cancel" -> new BulkAction(EnumSet.of(ExecutionStatus.PENDING, ExecutionStatus.RUNNING,
                    ExecutionStatus.PAUSED), id -> cancel(id, "cancelled with others"));
            case "retry" -> new BulkAction(EnumSet.of(ExecutionStatus.FAILED, ExecutionStatus.CANCELLED),
                    howdah.workflows()::retry);
            case "pause" -> new BulkAction(EnumSet.of(ExecutionStatus.RUNNING), this::pause);
            case "resume" -> new BulkAction(EnumSet.of(ExecutionStatus.PAUSED), this::resume);
            default -> throw new InvalidInputException("execution-bulk-invalid", "action", "\"" + input.action
                    + "\" is not known", "use cancel, retry, pause or resume");
        };
        int limit = Objects.requireNonNullElse(input.limit, BULK_DEFAULT);
        if (limit < 1 || limit > BULK_MAX) {
            throw new InvalidInputException("execution-bulk-invalid", "limit", limit + " is out of range",
                    "use 1 to " + BULK_MAX);
        }
        var found = matching(Objects.requireNonNullElse(input.filter, new BulkFilter(null, null, null)),
                action.statuses, limit);
        if (Boolean.TRUE.equals(input.dryRun)) {
            return Map.of("dry_run", true, "count", found.size(), "skipped", 0);
        }
        int skipped = 0;
        for (var id : found) {
            try {
                action.work.accept(id);
            } catch (ConflictException | NotFoundException e) {
                skipped++; // it came to another end meanwhile, or its kind cannot do that
            }
        }
        return Map.of("dry_run", false, "count", found.size() - skipped, "skipped", skipped);
    }

    private List<UUID> matching(BulkFilter filter, Set<ExecutionStatus> possible, int limit) {
        var wanted = statuses(Objects.requireNonNullElse(filter.status, ""));
        var statuses = wanted.isEmpty()
                ? possible
                : wanted.stream().filter(possible::contains).collect(Collectors.toSet());
        var found = new ArrayList<UUID>();
        if (statuses.isEmpty()) {
            return found;
        }
        var page = new Executions.Filter(Optional.ofNullable(filter.workflow), statuses,
                Optional.ofNullable(filter.schedule), Optional.empty(), Optional.empty(), BULK_PAGE);
        while (found.size() < limit) {
            var ids = executions().list(page).stream().map(Execution::id).toList();
            found.addAll(ids.subList(0, Math.min(ids.size(), limit - found.size())));
            if (ids.size() < BULK_PAGE) {
                break;
            }
            page = page.withBefore(ids.getLast());
        }
        return found;
    }

    private ExecutionView change(String text, Consumer<UUID> work) {
        var id = id(text);
        work.accept(id);
        return view(id);
    }

    private boolean isProgram(UUID id) {
        return find(id).workflowVersion() == 0;
    }

    private Execution find(UUID id) {
        return executions().find(id).orElseThrow(() -> unknown(id));
    }

    static NotFoundException unknown(UUID id) {
        return new NotFoundException("execution-not-found", "there is no execution " + id,
                "ended ones are kept for howdah.workflow.retention; list them at /api/executions");
    }

    private static String required(String field, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw missing(field);
        }
        return value;
    }

    private static InvalidInputException missing(String field) {
        return new InvalidInputException("field-missing", field, "is missing", "the fields are described at /docs");
    }

    private static Set<ExecutionStatus> statuses(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).filter(word -> !word.isEmpty())
                .map(ExecutionsController::status).collect(Collectors.toSet());
    }

    private static ExecutionStatus status(String word) {
        return Arrays.stream(ExecutionStatus.values())
                .filter(status -> TaskViews.label(status).equals(word.toLowerCase(Locale.ROOT))).findFirst()
                .orElseThrow(() -> new InvalidInputException("executions-invalid", "status", "\"" + word
                        + "\" is no status",
                        "use one or more of " + Arrays.stream(ExecutionStatus.values())
                                .map(TaskViews::label).collect(Collectors.joining(", ")) + ", separated by commas"));
    }

    static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("execution-id-invalid", "id", "\"" + text + "\" is no id of an execution",
                    "use the id that starting it answered, a UUID");
        }
    }
}
