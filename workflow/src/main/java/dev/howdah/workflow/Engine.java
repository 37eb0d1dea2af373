package dev.howdah.workflow;

import dev.howdah.workflow.definition.QualityGate;
import dev.howdah.workflow.definition.WorkflowNode;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import dev.howdah.queue.Claim;
import dev.howdah.queue.Completion;
import dev.howdah.postgres.GroupCommit;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.TaskRun;
import dev.howdah.queue.TraceContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Begins and ends attempts of nodes, those of many executions in one transaction: a node's end, its output, its artifacts,
 * the events, the end of its task and the tasks of the nodes that became ready commit together or not at all.
 *
 * <p>Every transaction first takes the rows of its executions, in the order of their ids. Behind that, counters are plain
 * numbers, sequences have no gap, and a state that was read is true until the commit.
 */
final class Engine {
    private static final int BATCH_MAX = 200;
    private static final JsonNode NOTHING = JsonMapper.shared().createObjectNode();

    private final Database database;
    private final PostgresTaskQueue queue;
    private final Definitions definitions;
    private final Artifacts artifacts;
    private final WorkflowSettings settings;
    private final Starter starter;
    private final WorkflowCounts counts = new WorkflowCounts();
    private final GroupCommit<TaskRun, Optional<NodeCall>> begins = new GroupCommit<>(BATCH_MAX, this::beginAll);
    private final GroupCommit<Ending, Boolean> endings = new GroupCommit<>(BATCH_MAX, this::endAll);

    Engine(Database database, PostgresTaskQueue queue, Definitions definitions, Artifacts artifacts,
            WorkflowSettings settings, Starter starter) {
        this.database = database;
        this.queue = queue;
        this.definitions = definitions;
        this.artifacts = artifacts;
        this.settings = settings;
        this.starter = starter;
    }

    /** An attempt and what it has come to. */
    private record Ending(NodeCall call, Outcome outcome, Optional<TraceContext> trace) {}

    /**
     * Takes a node into this process' hands.
     *
     * @return absent if there is nothing to do: the execution is paused or over, or the node is somebody else's; the task has
     *         ended then
     */
    Optional<NodeCall> begin(TaskRun task) {
        return begins.write(List.of(task)).getFirst();
    }

    /** Ends an attempt. What comes too late (cancelled or taken over meanwhile) changes nothing. */
    void end(NodeCall call, Outcome outcome) {
        endings.write(List.of(new Ending(call, outcome, TraceContext.current())));
    }

    /** A transaction on executions; those who follow them are woken after it. */
    <T> T change(Set<UUID> ids, Function<ExecutionBatch, T> work) {
        return database.inTransaction(tx -> change(tx, ids, work));
    }

    /** The same in the caller's transaction. */
    <T> T change(Transaction tx, Set<UUID> ids, Function<ExecutionBatch, T> work) {
        var batch = new ExecutionBatch(tx, queue, definitions, ids);
        T result = work.apply(batch);
        batch.flush();
        wake(batch);
        return result;
    }

    Transitions transitions(ExecutionBatch batch) {
        return new Transitions(batch, settings.outputMax());
    }

    /** What was committed so far. */
    WorkflowCounts counts() {
        return counts;
    }

    private void wake(ExecutionBatch batch) {
        batch.transaction().afterCommit(() -> batch.eventTypes().forEach(counts::add));
        batch.transaction()
                .afterCommit(() -> batch.changedExecutions().stream().map(ExecutionEvents::topicOf).distinct()
                        .forEach(database.notifications()::wake));
    }

    private static NodeRow.Key key(TaskRun task) {
        return new NodeRow.Key(UUID.fromString(task.payload().path("execution").asString()),
                task.payload().path("node").asString());
    }

    private List<Optional<NodeCall>> beginAll(List<TaskRun> tasks) {
        var keys = tasks.stream().map(Engine::key).toList();
        return change(executions(keys), batch -> {
            var transitions = transitions(batch);
            batch.load(keys);
            var begun = new ArrayList<TaskRun>();
            var over = new ArrayList<TaskRun>();
            for (int i = 0; i < tasks.size(); i++) {
                (beginOne(batch, transitions, keys.get(i), tasks.get(i)) ? begun : over).add(tasks.get(i));
            }
            if (!over.isEmpty()) {
                queue.complete(batch.transaction(), over.stream()
                        .<Completion>map(task -> new Completion.Finished(task.task(), NOTHING)).toList());
                batch.transaction().afterCommit(() -> over.forEach(TaskRun::markEnded));
            }
            var calls = calls(batch, begun);
            return tasks.stream().map(task -> Optional.ofNullable(calls.get(task.id()))).toList();
        });
    }

    /** Whether its handler is to run. */
    private boolean beginOne(ExecutionBatch batch, Transitions transitions, NodeRow.Key key, TaskRun task) {
        var execution = batch.execution(key.executionId()).orElse(null);
        var node = batch.node(key.executionId(), key.nodeId()).orElse(null);
        if (execution == null || node == null || execution.status.isEnded() || !task.id().equals(node.taskId)) {
            return false;
        }
        execution.trace = task.task().trace();
        if (execution.status == ExecutionStatus.PAUSED && node.status == NodeStatus.READY) {
            transitions.park(node);
            return false;
        }
        if (node.status == NodeStatus.WAITING) {
            new Waits(batch, transitions).timeIsOver(execution, node);
            transitions.startChildren();
            return false;
        }
        if (!node.status.isActive()) {
            return false;
        }
        transitions.begin(execution, node, definition(execution, node).retry().attempts());
        return true;
    }

    private static WorkflowNode definition(ExecutionRow execution, NodeRow node) {
        return execution.plan.find(node.nodeId()).orElseThrow();
    }

    /** What the handlers may look at, read in one statement for each kind. */
    private Map<UUID, NodeCall> calls(ExecutionBatch batch, List<TaskRun> tasks) {
        var calls = new HashMap<UUID, NodeCall>();
        if (tasks.isEmpty()) {
            return calls;
        }
        var handle = batch.transaction().handle();
        var keys = tasks.stream().map(Engine::key).toList();
        var inputs = inputs(handle, executions(keys));
        var items = new HashMap<NodeRow.Key, JsonNode>();
        var beats = new HashMap<NodeRow.Key, JsonNode>();
        var repeated = keys.stream().map(key -> batch.node(key.executionId(), key.nodeId()).orElseThrow())
                .filter(node -> node.parentNodeId != null || node.attemptCount > 1).map(node -> node.key).toList();
        read(handle, EngineSql.LOAD_NODE_INPUTS, repeated, Map.of("inputs", items::put, "heartbeat", beats::put));
        var wanted = new LinkedHashSet<NodeRow.Key>();
        for (var key : keys) {
            var execution = batch.execution(key.executionId()).orElseThrow();
            execution.plan.needs(key.nodeId()).forEach(id -> wanted.add(new NodeRow.Key(execution.id, id)));
        }
        var outputs = new HashMap<NodeRow.Key, JsonNode>();
        read(handle, EngineSql.LOAD_OUTPUTS, wanted, Map.of("outputs", outputs::put));
        for (int i = 0; i < tasks.size(); i++) {
            var key = keys.get(i);
            var execution = batch.execution(key.executionId()).orElseThrow();
            var row = batch.node(key.executionId(), key.nodeId()).orElseThrow();
            var seen = new HashMap<String, JsonNode>();
            execution.plan.needs(key.nodeId()).forEach(id -> Optional
                    .ofNullable(outputs.get(new NodeRow.Key(execution.id, id)))
                    .ifPresent(output -> seen.put(id, output)));
            calls.put(tasks.get(i).id(), new NodeCall(tasks.get(i), execution.plan, definition(execution, row), row,
                    inputs.getOrDefault(execution.id, NOTHING), seen,
                    Optional.ofNullable(row.parentNodeId == null ? null : items.get(key)),
                    Optional.ofNullable(beats.get(key))));
        }
        return calls;
    }

    private static Map<UUID, JsonNode> inputs(Handle handle, Set<UUID> executions) {
        var inputs = new HashMap<UUID, JsonNode>();
        handle.createQuery(EngineSql.LOAD_INPUTS).bind("ids", executions.toArray(UUID[]::new))
                .map((row, context) -> inputs.put(row.getObject("id", UUID.class),
                        JsonMapper.shared().readTree(row.getString("input"))))
                .list();
        return inputs;
    }

    /** Gives what stands in the columns to who takes them. */
    private static void read(Handle handle, String sql, Collection<NodeRow.Key> keys,
            Map<String, BiConsumer<NodeRow.Key, JsonNode>> columns) {
        if (!keys.isEmpty()) {
            handle.createQuery(sql)
                    .bind("executions", keys.stream().map(NodeRow.Key::executionId).toArray(UUID[]::new))
                    .bind("nodes", keys.stream().map(NodeRow.Key::nodeId).toArray(String[]::new))
                    .map((row, context) -> {
                        var key = new NodeRow.Key(row.getObject("execution_id", UUID.class), row.getString("node_id"));
                        for (var column : columns.entrySet()) {
                            var text = row.getString(column.getKey());
                            if (text != null) {
                                column.getValue().accept(key, JsonMapper.shared().readTree(text));
                            }
                        }
                        return key;
                    }).list();
        }
    }

    private static Set<UUID> executions(Collection<NodeRow.Key> keys) {
        var ids = new HashSet<UUID>();
        keys.forEach(key -> ids.add(key.executionId()));
        return ids;
    }

    private List<Boolean> endAll(List<Ending> ended) {
        var reports = ended.stream().flatMap(ending -> ending.call.task().drain().stream()).toList();
        if (!reports.isEmpty()) {
            queue.report(reports); // while the claims hold
        }
        return change(executions(ended.stream().map(ending -> ending.call.key()).toList()), batch -> {
            var transitions = transitions(batch);
            prefetch(batch, ended);
            var accepted = queue.complete(batch.transaction(), ended.stream().map(this::completion).toList());
            var results = new ArrayList<Boolean>();
            for (var ending : ended) {
                results.add(accepted.contains(ending.call.claim().id()) && apply(batch, transitions, ending));
            }
            transitions.startChildren();
            batch.transaction().afterCommit(() -> ended.forEach(ending -> ending.call.task().markEnded()));
            return results;
        });
    }

    /** What the endings will touch in any case, in one statement. */
    private static void prefetch(ExecutionBatch batch, List<Ending> ended) {
        var keys = new ArrayList<NodeRow.Key>();
        for (var ending : ended) {
            var key = ending.call.key();
            keys.add(key);
            int slash = key.nodeId().lastIndexOf('/');
            if (slash > 0) {
                keys.add(new NodeRow.Key(key.executionId(), key.nodeId().substring(0, slash)));
            } else {
                ending.call.plan().dependants(key.nodeId())
                        .forEach(id -> keys.add(new NodeRow.Key(key.executionId(), id)));
            }
        }
        batch.load(keys);
    }

    /** What becomes of the node's task: one whose attempt is to be repeated goes on later. */
    private Completion completion(Ending ending) {
        Claim claim = ending.call.claim();
        return pause(ending).<Completion>map(pause -> new Completion.Snoozed(claim, pause))
                .orElseGet(() -> new Completion.Finished(claim, NOTHING));
    }

    private Optional<Duration> pause(Ending ending) {
        var retry = ending.call.node().retry();
        return ending.outcome instanceof Outcome.Failed(var type, var _, var retryable) && retryable
                && ending.call.failures() + 1 < retry.attempts() && retry.isRetryable(type, type)
                        ? Optional.of(ending.call.retryPause())
                        : Optional.empty();
    }

    /** Whether the ending counts. */
    private boolean apply(ExecutionBatch batch, Transitions transitions, Ending ending) {
        var key = ending.call.key();
        var execution = batch.execution(key.executionId()).orElse(null);
        var node = batch.node(key.executionId(), key.nodeId()).orElse(null);
        if (execution == null || node == null || execution.status.isEnded() || node.status != NodeStatus.RUNNING
                || node.attemptCount != ending.call.attempt()) {
            return false;
        }
        execution.trace = ending.trace;
        if (!ending.call.config().equals(ending.call.node().config())) {
            node.inputs = ending.call.config().toString();
        }
        var waits = new Waits(batch, transitions);
        switch (ending.outcome) {
            case Outcome.Done done -> done(batch, transitions, execution, node, ending, done);
            case Outcome.Skipped(var why) -> transitions.skip(execution, node, why);
            case Outcome.Failed(var type, var message, var _) -> pause(ending).ifPresentOrElse(
                    pause -> transitions.retryLater(execution, node, type, message, pause),
                    () -> transitions.fail(execution, node, NodeStatus.FAILED, type, message));
            case Outcome.UntilTime(var due) -> transitions.await(execution, node, due, "node_waiting",
                    object().put("until", due.toString()));
            case Outcome.UntilPassed(var time) ->
                transitions.await(execution, node, batch.now().plus(time), "node_waiting",
                        object().put("until", batch.now().plus(time).toString()));
            case Outcome.UntilSignal(var name, var timeout) -> waits.signal(execution, node, name, timeout);
            case Outcome.UntilReviewed(var prompt, var due) -> transitions.await(execution, node,
                    due.map(batch.now()::plus).orElse(null), "review_requested", object().put("prompt", prompt));
            case Outcome.UntilNewTask(var task) -> {
                var id = queue.enqueue(batch.transaction(), task);
                batch.wakeAfterTask(execution, node, id, Optional.empty());
                transitions.awaitOwnTask(execution, node, id);
            }
            case Outcome.UntilTask(var task, var answer) -> {
                batch.wakeAfterTask(execution, node, task, Optional.of(answer));
                transitions.await(execution, node, null, "node_waiting", object().put("task", task.toString()));
            }
            case Outcome.UntilExecution(var workflow, var version, var input) -> {
                var child = starter.startChild(batch, execution, node, workflow, version, input);
                transitions.await(execution, node, null, "node_waiting", object().put("execution", child.toString()));
            }
            case Outcome.Expanded(var children, var concurrency) -> expand(transitions, execution, node, children,
                    concurrency);
        }
        return true;
    }

    private void done(ExecutionBatch batch, Transitions transitions, ExecutionRow execution, NodeRow node,
            Ending ending,
            Outcome.Done done) {
        var result = done.result();
        result.quality().ifPresent(score -> node.qualityScore = score);
        artifacts.store(batch.transaction(), execution.id, node.nodeId(), done.uploads());
        var gate = ending.call.node().gate().filter(threshold -> !threshold.passes(result.quality()));
        if (gate.isPresent()) {
            node.outputs = done.output();
            transitions.fail(execution, node, NodeStatus.BLOCKED, "quality-gate",
                    verdict(gate.get(), result));
        } else {
            transitions.complete(execution, node, done.output());
        }
    }

    private static String verdict(QualityGate gate, NodeResult result) {
        return result.quality().isPresent()
                ? "its quality " + result.quality().getAsDouble() + " is below the threshold " + gate.threshold()
                : "it told no quality, and its gate asks for " + gate.threshold();
    }

    private static void expand(Transitions transitions, ExecutionRow execution, NodeRow node,
            List<Outcome.Expanded.Child> children, int concurrency) {
        var rows = new ArrayList<NodeRow>();
        for (var child : children) {
            var row = new NodeRow(new NodeRow.Key(execution.id, node.nodeId() + "/" + child.id()), rows.size(),
                    node.nodeId(), child.type());
            row.inputs = child.item().map(JsonNode::toString).orElse(null);
            rows.add(row);
        }
        transitions.expand(execution, node, rows, concurrency);
    }

    /** Stores what handlers have noted, so that the next attempt can go on from there. */
    void saveHeartbeats(Map<NodeCall, JsonNode> beats) {
        var calls = List.copyOf(beats.keySet());
        if (!calls.isEmpty()) {
            database.withHandle(handle -> handle.createUpdate(EngineSql.SAVE_HEARTBEATS)
                    .bind("executions", calls.stream().map(NodeCall::executionId).toArray(UUID[]::new))
                    .bind("nodes", calls.stream().map(NodeCall::nodeId).toArray(String[]::new))
                    .bind("attempts", calls.stream().map(NodeCall::attempt).toArray(Integer[]::new))
                    .bind("details", calls.stream().map(call -> String.valueOf(beats.get(call))).toArray(String[]::new))
                    .execute());
        }
    }

    /** An orphan and the task that it had. */
    private record Orphan(NodeRow.Key key, UUID task) {}

    /**
     * Fails nodes whose task was ended by others: cancelled by hand, or lost with its process again and again.
     *
     * @return how many
     */
    int failOrphans(int limit) {
        var orphans = database.withHandle(handle -> handle.createQuery(EngineSql.ORPHANS).bind("limit", limit)
                .map((row, context) -> new Orphan(new NodeRow.Key(row.getObject("execution_id", UUID.class),
                        row.getString("node_id")), row.getObject("task_id", UUID.class)))
                .list());
        if (orphans.isEmpty()) {
            return 0;
        }
        return change(executions(orphans.stream().map(Orphan::key).toList()), batch -> {
            int failed = 0;
            for (var orphan : orphans) {
                var execution = batch.execution(orphan.key.executionId());
                var node = batch.node(orphan.key.executionId(), orphan.key.nodeId());
                // As it was found without the lock, it may have moved on.
                if (execution.isPresent() && node.isPresent() && orphan.task.equals(node.get().taskId)
                        && node.get().status.isActive() && queue.find(orphan.task).isPresent()) {
                    transitions(batch).fail(execution.get(), node.get(), NodeStatus.FAILED, "task-ended",
                            "its task " + orphan.task + " was cancelled, or lost with its process too often");
                    failed++;
                }
            }
            return failed;
        });
    }

    /** Ends executions that have taken longer than their workflow allows; how many. */
    int endOverdue(int limit) {
        var found = database.withHandle(handle -> handle.createQuery(EngineSql.OVERDUE).bind("limit", limit)
                .mapTo(UUID.class).set());
        if (found.isEmpty()) {
            return 0;
        }
        return change(found, batch -> {
            var overdue = batch.transaction().handle().createQuery(EngineSql.TAKE_OVERDUE)
                    .bind("ids", found.toArray(UUID[]::new)).mapTo(UUID.class).list();
            return (int) overdue.stream().flatMap(id -> batch.execution(id).stream())
                    .filter(transitions(batch)::timeIsOver).count();
        });
    }

    static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }
}
