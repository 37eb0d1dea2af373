package dev.howdah.workflow;

import dev.howdah.workflow.definition.NodeType;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.GroupCommit;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.Workers;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Workflows of definitions: what is stored of them, and everything that can be done to their executions. Whatever a method
 * answered is durable; the nodes are run by the {@link dev.howdah.queue.Worker}s that have {@link #handlers}, in any
 * process, and whoever is killed is replaced.
 *
 * <pre>{@code
 * var workflows = Workflows.open(database, queue, settings, Map.of("charge", this::charge), Map.of());
 * var worker = new Worker(queue, queueSettings, workflows.handlers());
 * workflows.definitions().apply(WorkflowDefinition.parse(yaml));
 * var id = workflows.start(NewExecution.of("order", input));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Workflows {
    private static final int START_BATCH_MAX = 500;

    private final Database database;
    private final Definitions definitions;
    private final Executions executions;
    private final Artifacts artifacts;
    private final Starter starter;
    private final Engine engine;
    private final NodeTasks nodeTasks;
    private final Map<String, TaskHandler> handlers;
    private final GroupCommit<Starter.Given, UUID> starts;
    private final Upkeep upkeep;

    private Workflows(Database database, PostgresTaskQueue queue, WorkflowSettings settings,
            Map<String, NodeHandler> nodeHandlers, Map<String, NodeHandler> skills,
            Map<NodeType, NodeHandler> served) {
        this.database = database;
        this.definitions = new Definitions(database, () -> executors(database, nodeHandlers.keySet(),
                skills.keySet(), served));
        this.executions = new Executions(database);
        this.artifacts = new Artifacts(database, settings);
        this.starter = new Starter(definitions, settings);
        this.engine = new Engine(database, queue, definitions, artifacts, settings, starter);
        this.nodeTasks = new NodeTasks(engine, artifacts, settings, Map.copyOf(nodeHandlers), Map.copyOf(skills),
                Map.copyOf(served));
        this.handlers = Map.of(ExecutionBatch.NODE_TASK, nodeTasks, ExecutionBatch.WAKE_TASK,
                new WakeTasks(engine, queue), ExecutionBatch.CANCEL_TASK, task -> cancelChildren(
                        UUID.fromString(task.payload().path("parent").asString())));
        this.starts = new GroupCommit<>(START_BATCH_MAX, given -> engine.change(Set.of(),
                batch -> starter.start(batch, given)));
        this.upkeep = new Upkeep(database, settings, engine, nodeTasks, artifacts);
    }

    private static Map<NodeType, Predicate<String>> executors(Database database, Set<String> handlers,
            Set<String> skills, Map<NodeType, NodeHandler> served) {
        var elsewhere = new Workers(database).list().stream().flatMap(worker -> worker.info().stream())
                .flatMap(info -> info.types().stream()).collect(Collectors.toSet());
        return Map.of(NodeType.PHASE, handlers::contains, NodeType.SKILL, skills::contains, NodeType.TASK,
                name -> handlers.contains(name) || elsewhere.contains(name), NodeType.MODEL,
                label -> served.containsKey(NodeType.MODEL), NodeType.AGENT,
                name -> Optional.ofNullable(served.get(NodeType.AGENT)).filter(agents -> agents.takes(name))
                        .isPresent());
    }

    /**
     * Workflows over a database.
     *
     * @param nodeHandlers what runs phases and tasks, by the names that their executors have; a task without one is enqueued
     *        under that type for workers elsewhere
     * @param skills what runs skills, by their names
     * @param served what runs nodes of types that have one handler: {@link NodeType#MODEL}, {@link NodeType#AGENT}; definitions with a type that is
     *        not served are refused
     */
    public static Workflows open(Database database, PostgresTaskQueue queue, WorkflowSettings settings,
            Map<String, NodeHandler> nodeHandlers, Map<String, NodeHandler> skills,
            Map<NodeType, NodeHandler> served) {
        return new Workflows(database, queue, settings, nodeHandlers, skills, served);
    }

    /** The same without such types. */
    public static Workflows open(Database database, PostgresTaskQueue queue, WorkflowSettings settings,
            Map<String, NodeHandler> nodeHandlers, Map<String, NodeHandler> skills) {
        return open(database, queue, settings, nodeHandlers, skills, Map.of());
    }

    /** To be given to a {@link dev.howdah.queue.Worker}. */
    public Map<String, TaskHandler> handlers() {
        return handlers;
    }

    /** What has to be done now and then; every process with a worker runs one. */
    public Upkeep upkeep() {
        return upkeep;
    }

    /** What this process has done since it started. */
    public WorkflowCounts counts() {
        return engine.counts();
    }

    public Definitions definitions() {
        return definitions;
    }

    public Executions executions() {
        return executions;
    }

    public Artifacts artifacts() {
        return artifacts;
    }

    /**
     * Starts an execution; returns when it is durable. Those of many callers share a commit.
     *
     * @return its id, or that of the execution under way that holds its key
     * @throws NotFoundException if there is no such workflow
     * @throws InvalidInputException if its input is no object or too large
     */
    public UUID start(NewExecution execution) {
        return start(List.of(execution)).getFirst();
    }

    /** Starts many, all or none. */
    public List<UUID> start(List<NewExecution> given) {
        given.forEach(starter::check);
        return given.isEmpty() ? List.of() : starts.write(given.stream().map(Starter.Given::of).toList());
    }

    /** Starts one if and when the caller's transaction commits. */
    public UUID start(Transaction tx, NewExecution execution) {
        starter.check(execution);
        return engine.change(tx, Set.of(), batch -> starter.start(batch, List.of(Starter.Given.of(execution))))
                .getFirst();
    }

    /**
     * Begins nothing new until it is resumed; what runs comes to its end.
     *
     * @throws ConflictException if it is not running
     */
    public void pause(UUID id) {
        change(id, (batch, execution) -> {
            require(execution, Set.of(ExecutionStatus.RUNNING), "paused");
            engine.transitions(batch).pause(execution);
        });
    }

    /**
     * Goes on.
     *
     * @throws ConflictException if it is not paused
     */
    public void resume(UUID id) {
        change(id, (batch, execution) -> {
            require(execution, Set.of(ExecutionStatus.PAUSED), "resumed");
            engine.transitions(batch).resume(execution);
        });
    }

    /**
     * Stops an execution and those that it waits for; running handlers are interrupted within the heartbeat.
     *
     * @param reason for people; may be empty
     * @throws ConflictException if it has ended
     */
    public void cancel(UUID id, String reason) {
        change(id, (batch, execution) -> {
            require(execution, Set.of(ExecutionStatus.PENDING, ExecutionStatus.RUNNING, ExecutionStatus.PAUSED),
                    "cancelled");
            engine.transitions(batch).cancel(execution, reason);
        });
    }

    /** Of an execution that ended badly, those that it waited for. */
    private JsonNode cancelChildren(UUID parent) {
        var live = Executions.Filter.newest(START_BATCH_MAX).withParent(parent)
                .withStatuses(Set.of(ExecutionStatus.PENDING, ExecutionStatus.RUNNING, ExecutionStatus.PAUSED));
        int cancelled = 0;
        for (var children = executions.list(live); !children.isEmpty(); children = executions.list(live)) {
            for (var child : children) {
                engine.change(Set.of(child.id()), batch -> {
                    batch.execution(child.id()).filter(execution -> !execution.status.isEnded()).ifPresent(
                            execution -> engine.transitions(batch).cancel(execution, "its parent ended"));
                    return child;
                });
                cancelled++;
            }
        }
        return Engine.object().put("cancelled", cancelled);
    }

    /**
     * Runs everything again that did not end well, and goes on from there.
     *
     * @throws ConflictException if it is under way or has completed
     */
    public void retry(UUID id) {
        change(id, (batch, execution) -> {
            require(execution, Set.of(ExecutionStatus.FAILED, ExecutionStatus.CANCELLED), "retried");
            batch.event(execution, "workflow_retried", null, null, null);
            engine.transitions(batch).rerun(execution, Set.of());
        });
    }

    /**
     * Runs a node again, with everything that did not end well, and goes on from there.
     *
     * @param withDependants whether everything behind it runs again as well, although it ended well
     * @throws ConflictException if the execution is under way, or a node that is to run again never began
     */
    public void retry(UUID id, String nodeId, boolean withDependants) {
        change(id, (batch, execution) -> {
            require(execution, Set.of(ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.CANCELLED),
                    "retried");
            node(batch, execution, nodeId);
            var again = new LinkedHashSet<>(Set.of(nodeId));
            if (withDependants) {
                again.addAll(execution.plan.allDependants(nodeId));
            }
            batch.event(execution, "workflow_retried", nodeId, null,
                    Engine.object().put("with_dependants", withDependants));
            engine.transitions(batch).rerun(execution, again);
        });
    }

    /**
     * Does without a node: those behind it go on as if it had ended.
     *
     * @throws ConflictException if it is running or has ended well, or the execution has completed
     */
    public void skip(UUID id, String nodeId, String why) {
        change(id, (batch, execution) -> {
            require(execution, Set.of(ExecutionStatus.RUNNING, ExecutionStatus.PAUSED, ExecutionStatus.FAILED),
                    "changed");
            if (execution.isFailing()) {
                throw new ConflictException("execution-state-conflict", "execution " + id
                        + " is about to fail: what runs comes to its end first", "skip the node once it has failed");
            }
            var node = node(batch, execution, nodeId);
            if (node.status == NodeStatus.RUNNING || node.status.isMet() || node.parentNodeId != null) {
                throw new ConflictException("node-state-conflict", "node " + nodeId + " cannot be skipped: it is "
                        + (node.parentNodeId == null ? label(node.status) : "a child of " + node.parentNodeId),
                        "nodes can be skipped that wait, or that did not end well");
            }
            engine.transitions(batch).skipByHand(execution, node, why);
        });
    }

    /**
     * A new execution of the same version that takes over what ended well, but for the node and everything behind it.
     *
     * @param input instead of the old one's, if present
     * @return its id
     */
    public UUID fork(UUID id, String nodeId, Optional<JsonNode> input) {
        return database.inTransaction(tx -> fork(tx, id, nodeId, input));
    }

    /** The same if and when the caller's transaction commits. */
    public UUID fork(Transaction tx, UUID id, String nodeId, Optional<JsonNode> input) {
        input.ifPresent(given -> starter.check(NewExecution.of("fork", given)));
        return engine.change(tx, Set.of(id), batch -> {
            var execution = batch.execution(id).orElseThrow(() -> unknown(id));
            node(batch, execution, nodeId);
            return starter.fork(batch, execution, nodeId, input);
        });
    }

    /**
     * Delivers a message: a node that waits for it goes on, or it is kept for one that will.
     *
     * @throws ConflictException if the execution has ended
     */
    public void signal(UUID id, String name, JsonNode payload) {
        database.useTransaction(tx -> signal(tx, id, name, payload));
    }

    /** The same if and when the caller's transaction commits; until then it holds the execution. */
    public void signal(Transaction tx, UUID id, String name, JsonNode payload) {
        if (payload.toString().length() > Starter.SIGNAL_MAX || name.isBlank() || name.length() > Starter.NAME_MAX) {
            throw new InvalidInputException("signal-invalid", "signal", "has an empty or long name, or a long payload",
                    "use a name of at most " + Starter.NAME_MAX + " and a payload of at most " + Starter.SIGNAL_MAX
                            + " characters");
        }
        change(tx, id, (batch, execution) -> {
            require(execution, Set.of(ExecutionStatus.RUNNING, ExecutionStatus.PAUSED), "sent a signal");
            new Waits(batch, engine.transitions(batch)).deliver(execution, name, payload);
        });
    }

    /**
     * Decides for a person about a node that waits for it.
     *
     * @throws ConflictException if it does not wait, such as when somebody has decided already
     */
    public void review(UUID id, String nodeId, Review review) {
        change(id, (batch, execution) -> {
            require(execution, Set.of(ExecutionStatus.RUNNING, ExecutionStatus.PAUSED), "reviewed");
            new Waits(batch, engine.transitions(batch)).review(execution, node(batch, execution, nodeId), review);
        });
    }

    private void change(UUID id, BiConsumer<ExecutionBatch, ExecutionRow> work) {
        database.useTransaction(tx -> change(tx, id, work));
    }

    private void change(Transaction tx, UUID id, BiConsumer<ExecutionBatch, ExecutionRow> work) {
        engine.change(tx, Set.of(id), batch -> {
            work.accept(batch, batch.execution(id).orElseThrow(() -> unknown(id)));
            return id;
        });
    }

    private static NodeRow node(ExecutionBatch batch, ExecutionRow execution, String nodeId) {
        return batch.node(execution.id, nodeId).orElseThrow(() -> new NotFoundException("node-not-found",
                "execution " + execution.id + " has no node " + nodeId,
                "its nodes: GET /api/executions/" + execution.id));
    }

    private static void require(ExecutionRow execution, Set<ExecutionStatus> statuses, String what) {
        if (!statuses.contains(execution.status)) {
            throw new ConflictException("execution-state-conflict", "execution " + execution.id + " cannot be " + what
                    + ": it is " + label(execution.status),
                    "possible while it is " + String.join(" or ",
                            statuses.stream().sorted().map(Workflows::label).toList()));
        }
    }

    private static NotFoundException unknown(UUID id) {
        return new NotFoundException("execution-not-found", "there is no execution " + id + " of a definition",
                "ended ones are kept for howdah.workflow.retention; a program's is controlled by its program");
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    Database database() {
        return database;
    }
}
