package dev.howdah.workflow;

import dev.howdah.workflow.definition.NodeType;
import dev.howdah.postgres.Transaction;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PostgresTaskQueue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What one transaction does to a set of executions. It holds their rows from the beginning, loads nodes as they are asked
 * for, and at the end writes everything that changed in one statement for each table, however many executions there are.
 */
final class ExecutionBatch {
    /** The type of the tasks that run nodes. */
    static final String NODE_TASK = "workflow.node";
    /** The type of the tasks that tell a waiting node to look whether it may go on. */
    static final String WAKE_TASK = "workflow.wake";
    /** The type of the tasks that cancel the executions that an execution had started. */
    static final String CANCEL_TASK = "workflow.cancel-children";
    static final String QUEUE = "workflows";

    /** A process may die while it runs a node; only the retry policy limits failures. */
    private static final int TASK_ATTEMPTS_MAX = 100;

    private final Transaction tx;
    private final PostgresTaskQueue queue;
    private final Map<UUID, ExecutionRow> executions = new LinkedHashMap<>();
    private final Map<NodeRow.Key, NodeRow> nodes = new LinkedHashMap<>();
    private final Map<UUID, ExecutionRow> changedExecutions = new LinkedHashMap<>();
    private final Map<NodeRow.Key, NodeRow> changedNodes = new LinkedHashMap<>();
    private final List<Event> events = new ArrayList<>();
    private final Map<NodeRow, NewTask> nodeTasks = new LinkedHashMap<>();
    private final List<NewTask> otherTasks = new ArrayList<>();
    private final List<NodeRow> newNodes = new ArrayList<>();
    private final List<ExecutionRow> completed = new ArrayList<>();
    private final List<UUID> tasksToCancel = new ArrayList<>();
    private final List<ExecutionRow> timed = new ArrayList<>();
    private @Nullable Instant now;

    private record Event(UUID execution, long sequence, String type, @Nullable String node, @Nullable String message,
            @Nullable String data) {}

    /**
     * Takes the executions' rows, in order of their ids. One of a program, or one that does not exist, is left out.
     *
     * @param definitions by id and version
     */
    ExecutionBatch(Transaction tx, PostgresTaskQueue queue, Definitions definitions, Set<UUID> ids) {
        this.tx = tx;
        this.queue = queue;
        tx.handle().createQuery(EngineSql.LOCK_EXECUTIONS).bind("ids", ids.toArray(UUID[]::new))
                .map((row, context) -> row.getInt("workflow_version") == 0
                        ? Optional.<ExecutionRow>empty()
                        : Optional.of(execution(row, definitions.get(tx, row.getString("workflow_id"),
                                row.getInt("workflow_version")))))
                .forEach(found -> found.ifPresent(execution -> executions.put(execution.id, execution)));
    }

    private static ExecutionRow execution(ResultSet row, Plan plan) throws SQLException {
        var execution = new ExecutionRow(row.getObject("id", UUID.class), plan,
                row.getObject("parent_id", UUID.class), row.getString("parent_node_id"), row.getInt("total_nodes"),
                ExecutionStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)));
        execution.completedNodes = row.getInt("completed_nodes");
        execution.failedNodes = row.getInt("failed_nodes");
        execution.skippedNodes = row.getInt("skipped_nodes");
        execution.activeNodes = row.getInt("active_nodes");
        execution.lastSequence = row.getLong("last_sequence");
        execution.errorMessage = row.getString("error_message");
        execution.errorNodeId = row.getString("error_node_id");
        return execution;
    }

    /** The database's time, by which everything waits. */
    Instant now() {
        if (now == null) {
            now = tx.handle().createQuery(EngineSql.NOW).mapTo(OffsetDateTime.class).one().toInstant();
        }
        return now;
    }

    Transaction transaction() {
        return tx;
    }

    Optional<ExecutionRow> execution(UUID id) {
        return Optional.ofNullable(executions.get(id));
    }

    /** One that this transaction has just inserted. */
    void add(ExecutionRow execution) {
        executions.put(execution.id, execution);
        changed(execution);
    }

    /** One that is to be inserted: as it is in the end, ready at most. */
    NodeRow add(NodeRow node) {
        nodes.put(node.key, node);
        newNodes.add(node);
        return node;
    }

    /** Fetches what is not here yet, in one statement. */
    void load(Collection<NodeRow.Key> keys) {
        var missing = keys.stream().distinct().filter(key -> !nodes.containsKey(key)).toList();
        if (!missing.isEmpty()) {
            tx.handle().createQuery(EngineSql.LOAD_NODES)
                    .bind("executions", missing.stream().map(NodeRow.Key::executionId).toArray(UUID[]::new))
                    .bind("nodes", missing.stream().map(NodeRow.Key::nodeId).toArray(String[]::new))
                    .map((row, context) -> node(row))
                    .forEach(node -> nodes.put(node.key, node));
        }
    }

    /** Every node of an execution, children included, in order of their ids. */
    List<NodeRow> loadAll(ExecutionRow execution) {
        return known(tx.handle().createQuery(EngineSql.LOAD_ALL_NODES).bind("execution", execution.id)
                .map((row, context) -> node(row)).list());
    }

    /** Nodes of a type that wait, children included, in order of their ids. */
    List<NodeRow> loadWaiting(ExecutionRow execution, NodeType type) {
        return known(tx.handle().createQuery(EngineSql.LOAD_WAITING).bind("execution", execution.id)
                .bind("type", label(type)).map((row, context) -> node(row)).list());
    }

    /** Children of a node by their ordinals. */
    List<NodeRow> loadChildren(NodeRow parent, int from, int until) {
        return known(tx.handle().createQuery(EngineSql.LOAD_CHILDREN)
                .bind("execution", parent.key.executionId()).bind("parent", parent.nodeId())
                .bind("from", from).bind("until", until)
                .map((row, context) -> node(row)).list());
    }

    /** As they are known here already, if they are: they may have been changed. */
    private List<NodeRow> known(List<NodeRow> loaded) {
        return loaded.stream().map(node -> {
            var here = nodes.putIfAbsent(node.key, node);
            return here == null ? node : here;
        }).toList();
    }

    Optional<NodeRow> node(UUID execution, String node) {
        var key = new NodeRow.Key(execution, node);
        load(List.of(key));
        return Optional.ofNullable(nodes.get(key));
    }

    private static NodeRow node(ResultSet row) throws SQLException {
        var node = new NodeRow(new NodeRow.Key(row.getObject("execution_id", UUID.class), row.getString("node_id")),
                row.getInt("ordinal"), row.getString("parent_node_id"),
                NodeType.valueOf(row.getString("node_type").toUpperCase(Locale.ROOT)));
        node.status = NodeStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT));
        node.unmet = row.getInt("unmet");
        node.liveInputs = row.getInt("live_inputs");
        node.taskId = row.getObject("task_id", UUID.class);
        node.attemptCount = row.getInt("attempt_count");
        node.failureCount = row.getInt("failure_count");
        var due = row.getObject("due_at", OffsetDateTime.class);
        node.dueAt = due == null ? null : due.toInstant();
        node.remaining = row.getObject("remaining", Integer.class);
        node.nextOrdinal = row.getObject("next_ordinal", Integer.class);
        node.errorMessage = row.getString("error_message");
        node.errorType = row.getString("error_type");
        node.qualityScore = row.getObject("quality_score", Double.class);
        return node;
    }

    void changed(ExecutionRow execution) {
        changedExecutions.put(execution.id, execution);
    }

    void changed(NodeRow node) {
        changedNodes.put(node.key, node);
    }

    /** Appends to what happened in the execution. */
    void event(ExecutionRow execution, String type, @Nullable String node, @Nullable String message,
            @Nullable JsonNode data) {
        events.add(new Event(execution.id, ++execution.lastSequence, type, node, message,
                data == null ? null : data.toString()));
        changed(execution);
    }

    /** What happened in this batch. */
    List<String> eventTypes() {
        return events.stream().map(Event::type).toList();
    }

    /** A worker is to run the node, at once or not before its time. */
    void runTask(NodeRow node, @Nullable Instant notBefore) {
        var task = NewTask.of(NODE_TASK, payload(node)).withQueue(QUEUE).withMaxAttempts(TASK_ATTEMPTS_MAX)
                .withTrace(execution(node.key.executionId()).flatMap(execution -> execution.trace));
        nodeTasks.put(node, notBefore == null ? task : task.withRunAt(notBefore));
        changed(node);
    }

    /** A worker is to look whether the node may go on, once the task has ended that it waits for. */
    void wakeAfterTask(ExecutionRow execution, NodeRow node, UUID task, Optional<JsonNode> answer) {
        var payload = Engine.object().put("execution", execution.id.toString()).put("node", node.nodeId())
                .put("attempt", node.attemptCount).put("task", task.toString());
        answer.ifPresent(known -> payload.set("answer", known));
        otherTasks.add(wakeTask(payload).withTrace(execution.trace).afterEndOf(List.of(task)));
    }

    /** The execution that waits for this one is to look. */
    void wakeParent(ExecutionRow execution) {
        if (execution.parentId != null && execution.parentNodeId != null) {
            otherTasks.add(wakeTask(Engine.object().put("execution", execution.parentId.toString())
                    .put("node", execution.parentNodeId).put("child", execution.id.toString()))
                    .withTrace(execution.trace));
        }
    }

    /** From now on it may take as long as its workflow says. */
    void startTime(ExecutionRow execution) {
        if (execution.plan.definition().timeout().isPresent()) {
            timed.add(execution);
        }
    }

    /** The executions that nodes of this one wait for are to be cancelled. */
    void cancelChildren(ExecutionRow execution) {
        otherTasks.add(NewTask.of(CANCEL_TASK, Engine.object().put("parent", execution.id.toString())).withQueue(QUEUE)
                .withMaxAttempts(TASK_ATTEMPTS_MAX).withTrace(execution.trace));
    }

    private static NewTask wakeTask(JsonNode payload) {
        return NewTask.of(WAKE_TASK, payload).withQueue(QUEUE).withMaxAttempts(TASK_ATTEMPTS_MAX);
    }

    private static JsonNode payload(NodeRow node) {
        return Engine.object().put("execution", node.key.executionId().toString())
                .put("node", node.nodeId());
    }

    /** What the children of a map or group have made: a list, or an object by their ids. */
    String gatherChildren(NodeRow parent) {
        insertNodes();
        saveNodes(); // those that have just ended count, too
        return tx.handle().createQuery(parent.type == NodeType.MAP
                ? EngineSql.CHILD_OUTPUTS
                : EngineSql.CHILD_OUTPUTS_BY_ID)
                .bind("execution", parent.key.executionId()).bind("parent", parent.nodeId())
                .mapTo(String.class).one();
    }

    /** With which event each node of the execution ended well. */
    Map<String, Long> endings(ExecutionRow execution) {
        var endings = new HashMap<String, Long>();
        tx.handle().createQuery(EngineSql.ENDINGS).bind("execution", execution.id)
                .map((row, context) -> endings.put(row.getString("node_id"), row.getLong("sequence"))).list();
        events.stream().filter(event -> event.execution.equals(execution.id) && event.node != null
                && event.type.equals("node_completed")).forEach(event -> endings.put(event.node, event.sequence));
        return endings;
    }

    void deleteChildren(ExecutionRow execution, Collection<String> parents) {
        tx.handle().createUpdate(EngineSql.DELETE_CHILDREN).bind("execution", execution.id)
                .bind("parents", parents.toArray(String[]::new)).execute();
        nodes.values().removeIf(node -> node.key.executionId().equals(execution.id) && node.parentNodeId != null
                && parents.contains(node.parentNodeId));
    }

    /** No worker is to run the node any more: neither the task that it has nor the one that it was to get. */
    void withdrawTask(NodeRow node) {
        nodeTasks.remove(node);
        if (node.taskId != null) {
            tasksToCancel.add(node.taskId);
            node.taskId = null;
        }
        changed(node);
    }

    /** All nodes have ended well: its output is to be put together. */
    void completed(ExecutionRow execution) {
        completed.add(execution);
    }

    /** Writes what changed, and has those woken who follow the executions. */
    void flush() {
        enqueue();
        if (!tasksToCancel.isEmpty()) {
            queue.cancel(tx, tasksToCancel);
        }
        insertNodes();
        saveNodes();
        insertEvents();
        saveExecutions();
        saveDeadlines();
    }

    private void saveDeadlines() {
        if (!timed.isEmpty()) {
            tx.handle().createUpdate(EngineSql.START_DEADLINES).bind("ids", array(timed, row -> row.id, UUID[]::new))
                    .bind("millis", array(timed, row -> row.plan.definition().timeout().orElseThrow().toMillis(),
                            Long[]::new))
                    .execute();
        }
        var ended = changedExecutions.values().stream()
                .filter(row -> row.status.isEnded() && row.plan.definition().timeout().isPresent()).toList();
        if (!ended.isEmpty()) {
            tx.handle().createUpdate(EngineSql.END_DEADLINES).bind("ids", array(ended, row -> row.id, UUID[]::new))
                    .execute();
        }
    }

    private void enqueue() {
        if (!nodeTasks.isEmpty()) {
            var ids = queue.enqueue(tx, List.copyOf(nodeTasks.values())).iterator();
            nodeTasks.keySet().forEach(node -> {
                node.taskId = ids.next();
                changed(node);
            });
        }
        if (!otherTasks.isEmpty()) {
            queue.enqueue(tx, otherTasks);
        }
    }

    /** So that a statement finds them that are to be inserted. */
    void insertNodes() {
        if (!newNodes.isEmpty()) {
            newNodes.forEach(node -> changedNodes.remove(node.key)); // inserted as they are
            tx.handle().createUpdate(EngineSql.INSERT_NODES)
                    .bind("executions", array(newNodes, node -> node.key.executionId(), UUID[]::new))
                    .bind("nodes", array(newNodes, NodeRow::nodeId, String[]::new))
                    .bind("ordinals", array(newNodes, node -> node.ordinal, Integer[]::new))
                    .bind("parents", array(newNodes, node -> node.parentNodeId, String[]::new))
                    .bind("types", array(newNodes, node -> label(node.type), String[]::new))
                    .bind("statuses", array(newNodes, node -> label(node.status), String[]::new))
                    .bind("unmet", array(newNodes, node -> node.unmet, Integer[]::new))
                    .bind("tasks", array(newNodes, node -> node.taskId, UUID[]::new))
                    .bind("inputs", array(newNodes, node -> node.inputs, String[]::new))
                    .execute();
            newNodes.clear();
        }
    }

    private void saveNodes() {
        var rows = List.copyOf(changedNodes.values());
        if (!rows.isEmpty()) {
            tx.handle().createUpdate(EngineSql.SAVE_NODES)
                    .bind("executions", array(rows, node -> node.key.executionId(), UUID[]::new))
                    .bind("nodes", array(rows, NodeRow::nodeId, String[]::new))
                    .bind("statuses", array(rows, node -> label(node.status), String[]::new))
                    .bind("unmet", array(rows, node -> node.unmet, Integer[]::new))
                    .bind("liveInputs", array(rows, node -> node.liveInputs, Integer[]::new))
                    .bind("tasks", array(rows, node -> node.taskId, UUID[]::new))
                    .bind("attempts", array(rows, node -> node.attemptCount, Integer[]::new))
                    .bind("failures", array(rows, node -> node.failureCount, Integer[]::new))
                    .bind("dueAts", array(rows, node -> node.dueAt == null
                            ? null
                            : node.dueAt.atOffset(ZoneOffset.UTC), OffsetDateTime[]::new))
                    .bind("remaining", array(rows, node -> node.remaining, Integer[]::new))
                    .bind("nextOrdinals", array(rows, node -> node.nextOrdinal, Integer[]::new))
                    .bind("errors", array(rows, node -> node.errorMessage, String[]::new))
                    .bind("errorTypes", array(rows, node -> node.errorType, String[]::new))
                    .bind("scores", array(rows, node -> node.qualityScore, Double[]::new))
                    .bind("inputs", array(rows, node -> node.inputs, String[]::new))
                    .bind("outputs", array(rows, node -> node.outputs, String[]::new))
                    .execute();
            changedNodes.clear();
        }
    }

    private void insertEvents() {
        if (!events.isEmpty()) {
            tx.handle().createUpdate(EngineSql.INSERT_EVENTS)
                    .bind("executions", array(events, Event::execution, UUID[]::new))
                    .bind("sequences", array(events, Event::sequence, Long[]::new))
                    .bind("types", array(events, Event::type, String[]::new))
                    .bind("nodes", array(events, Event::node, String[]::new))
                    .bind("messages", array(events, Event::message, String[]::new))
                    .bind("data", array(events, Event::data, String[]::new))
                    .execute();
        }
    }

    private void saveExecutions() {
        var rows = List.copyOf(changedExecutions.values());
        if (rows.isEmpty()) {
            return;
        }
        var leaves = completed.stream().flatMap(execution -> execution.plan.leaves().stream()
                .map(leaf -> new NodeRow.Key(execution.id, leaf))).toList();
        tx.handle().createUpdate(EngineSql.SAVE_EXECUTIONS)
                .bind("leafExecutions", array(leaves, NodeRow.Key::executionId, UUID[]::new))
                .bind("leafNodes", array(leaves, NodeRow.Key::nodeId, String[]::new))
                .bind("ids", array(rows, row -> row.id, UUID[]::new))
                .bind("statuses", array(rows, row -> label(row.status), String[]::new))
                .bind("completed", array(rows, row -> row.completedNodes, Integer[]::new))
                .bind("failed", array(rows, row -> row.failedNodes, Integer[]::new))
                .bind("skipped", array(rows, row -> row.skippedNodes, Integer[]::new))
                .bind("active", array(rows, row -> row.activeNodes, Integer[]::new))
                .bind("sequences", array(rows, row -> row.lastSequence, Long[]::new))
                .bind("errors", array(rows, row -> row.errorMessage, String[]::new))
                .bind("errorNodes", array(rows, row -> row.errorNodeId, String[]::new))
                .execute();
    }

    /** The executions in which something happened. */
    Set<UUID> changedExecutions() {
        return Set.copyOf(changedExecutions.keySet());
    }

    static <T, V> @Nullable V[] array(List<T> rows, Function<T, @Nullable V> value,
            Function<Integer, @Nullable V[]> of) {
        var array = of.apply(rows.size());
        for (int i = 0; i < array.length; i++) {
            array[i] = value.apply(rows.get(i));
        }
        return array;
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
