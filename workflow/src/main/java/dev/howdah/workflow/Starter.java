package dev.howdah.workflow;

import dev.howdah.workflow.definition.NodeType;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Uuids;
import dev.howdah.queue.TraceContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Puts executions into being: their row, their nodes, the first event and the tasks of their first nodes. */
final class Starter {
    static final int NAME_MAX = 200;
    static final int SIGNAL_MAX = 1 << 20;
    private static final int KEY_MAX = 500;
    private static final int DEPTH_MAX = 20;

    static final String DEPTH = """
        WITH RECURSIVE above AS (
          SELECT parent_id, 1 AS depth
            FROM workflow_executions
           WHERE id = :id
           UNION ALL
          SELECT e.parent_id, above.depth + 1
            FROM above
            JOIN workflow_executions e ON e.id = above.parent_id
           WHERE above.depth <= :max)
        SELECT max(depth)
          FROM above
        """;

    static final String INSERT_FORK = """
        INSERT INTO workflow_executions (id, workflow_id, workflow_version, status, input, forked_from, total_nodes,
                                         started_at)
        SELECT :id, workflow_id, workflow_version, 'running', COALESCE(:input::jsonb, input), id, total_nodes, now()
          FROM workflow_executions
         WHERE id = :source
        """;

    static final String COPY_NODES = """
        INSERT INTO node_states (execution_id, node_id, ordinal, parent_node_id, node_type, status, unmet, live_inputs,
                                 attempt_count, failure_count, inputs, outputs, remaining, next_ordinal, started_at,
                                 completed_at, quality_score)
        SELECT :id, node_id, ordinal, parent_node_id, node_type, status, 0, live_inputs, attempt_count, failure_count,
               inputs, outputs, remaining, next_ordinal, started_at, completed_at, quality_score
          FROM node_states
         WHERE execution_id = :source
           AND split_part(node_id, '/', 1) = ANY (:nodes::text[])
        """;

    private final Definitions definitions;
    private final WorkflowSettings settings;

    Starter(Definitions definitions, WorkflowSettings settings) {
        this.definitions = definitions;
        this.settings = settings;
    }

    /** An execution that is about to be inserted. */
    private record Draft(UUID id, Plan plan, NewExecution given, @Nullable UUID parentId,
            @Nullable String parentNodeId, Optional<TraceContext> trace) {}

    /** What is to be started, and in which step of a trace. */
    record Given(NewExecution execution, Optional<TraceContext> trace) {
        /** In that of this thread. */
        static Given of(NewExecution execution) {
            return new Given(execution, TraceContext.current());
        }
    }

    void check(NewExecution execution) {
        var faults = new ArrayList<InvalidInputException.Fault>();
        if (!execution.input().isObject()) {
            faults.add(new InvalidInputException.Fault("input", "is no object", "give a JSON object"));
        }
        int size = execution.input().toString().length();
        if (size > settings.inputMax()) {
            faults.add(new InvalidInputException.Fault("input", "has " + size + " characters", "give at most "
                    + settings.inputMax() + " (howdah.workflow.input-max), or store it as a document or artifact"));
        }
        if (execution.key().filter(key -> key.isEmpty() || key.length() > KEY_MAX).isPresent()) {
            faults.add(new InvalidInputException.Fault("key", "is empty or too long", "use 1 to " + KEY_MAX
                    + " characters"));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException("execution-invalid", faults);
        }
    }

    /**
     * Starts executions in one transaction, as one set.
     *
     * @return their ids, in order; for one whose key is taken, the id of the execution that holds it
     */
    List<UUID> start(ExecutionBatch batch, List<Given> given) {
        var tx = batch.transaction();
        var plans = new HashMap<Map.Entry<String, Optional<Integer>>, Plan>();
        var drafts = given.stream().map(start -> new Draft(Uuids.next(),
                plans.computeIfAbsent(Map.entry(start.execution.workflowId(), start.execution.version()),
                        wanted -> definitions.toStart(tx, wanted.getKey(), wanted.getValue())),
                start.execution, null, null, start.trace)).toList();
        return insert(batch, drafts);
    }

    /**
     * Starts the execution that a node waits for.
     *
     * @throws InvalidInputException if executions are nested too deep: a workflow that starts itself would never end
     */
    UUID startChild(ExecutionBatch batch, ExecutionRow parent, NodeRow node, String workflow, Optional<Integer> version,
            JsonNode input) {
        int depth = batch.transaction().handle().createQuery(DEPTH).bind("id", parent.id).bind("max", DEPTH_MAX)
                .mapTo(Integer.class).one();
        if (depth >= DEPTH_MAX) {
            throw new InvalidInputException("execution-invalid", "workflow",
                    workflow + " would be nested " + (depth + 1)
                            + " deep",
                    "nest at most " + DEPTH_MAX + " deep");
        }
        var given = new NewExecution(workflow, version, input, Optional.empty(), Optional.empty());
        check(given);
        return insert(batch,
                List.of(new Draft(Uuids.next(), definitions.toStart(batch.transaction(), workflow, version),
                        given, parent.id, node.nodeId(), parent.trace)))
                .getFirst();
    }

    private List<UUID> insert(ExecutionBatch batch, List<Draft> drafts) {
        var handle = batch.transaction().handle();
        var inserted = handle.createQuery(EngineSql.INSERT_EXECUTIONS)
                .bind("ids", ExecutionBatch.array(drafts, Draft::id, UUID[]::new))
                .bind("workflows", ExecutionBatch.array(drafts, draft -> draft.plan.definition().id(), String[]::new))
                .bind("versions", ExecutionBatch.array(drafts, draft -> draft.plan.version(), Integer[]::new))
                .bind("inputs", ExecutionBatch.array(drafts, draft -> draft.given.input().toString(), String[]::new))
                .bind("keys", ExecutionBatch.array(drafts, draft -> draft.given.key().orElse(null), String[]::new))
                .bind("schedules",
                        ExecutionBatch.array(drafts, draft -> draft.given.schedule().orElse(null), String[]::new))
                .bind("parents", ExecutionBatch.array(drafts, Draft::parentId, UUID[]::new))
                .bind("parentNodes", ExecutionBatch.array(drafts, Draft::parentNodeId, String[]::new))
                .bind("forkedFrom", new UUID[drafts.size()])
                .bind("totals", ExecutionBatch.array(drafts, draft -> draft.plan.flow().size(), Integer[]::new))
                .mapTo(UUID.class).collect(Collectors.toSet());
        drafts.stream().filter(draft -> inserted.contains(draft.id)).forEach(draft -> begin(batch, draft));
        if (inserted.size() == drafts.size()) {
            return drafts.stream().map(Draft::id).toList();
        }
        var holders = new HashMap<String, UUID>();
        handle.createQuery(EngineSql.KEY_HOLDERS)
                .bind("keys", drafts.stream().flatMap(draft -> draft.given.key().stream()).toArray(String[]::new))
                .map((row, context) -> holders.put(row.getString("key"), row.getObject("id", UUID.class))).list();
        return drafts.stream().map(draft -> inserted.contains(draft.id)
                ? draft.id
                : Optional.ofNullable(holders.get(draft.given.key().orElse(""))).orElseThrow(
                        () -> new ConflictException("execution-key-taken", "the execution that held the key "
                                + draft.given.key().orElse("") + " has just ended", "start it again")))
                .toList();
    }

    private void begin(ExecutionBatch batch, Draft draft) {
        var execution = new ExecutionRow(draft.id, draft.plan, draft.parentId, draft.parentNodeId,
                draft.plan.flow().size(), ExecutionStatus.RUNNING);
        execution.trace = draft.trace;
        batch.add(execution);
        batch.event(execution, "workflow_started", null, null, Engine.object()
                .put("workflow_id", draft.plan.definition().id()).put("version", draft.plan.version())
                .put("total_nodes", execution.totalNodes));
        var rows = new ArrayList<NodeRow>();
        for (var node : draft.plan.definition().nodes()) {
            var row = new NodeRow(new NodeRow.Key(draft.id, node.id()), rows.size(), null, node.type());
            row.unmet = node.dependencies().size();
            rows.add(batch.add(row));
        }
        var transitions = new Transitions(batch, settings.outputMax());
        transitions.start(execution, rows);
        transitions.settle(execution);
    }

    /** A copy of what ended well, but for the node and everything behind it. */
    UUID fork(ExecutionBatch batch, ExecutionRow source, String nodeId, Optional<JsonNode> input) {
        var id = Uuids.next();
        var handle = batch.transaction().handle();
        handle.createUpdate(INSERT_FORK).bind("id", id).bind("source", source.id)
                .bind("input", input.map(JsonNode::toString).orElse(null)).execute();
        var plan = source.plan;
        var again = new HashSet<>(plan.allDependants(nodeId));
        again.add(nodeId);
        var kept = batch.loadAll(source).stream()
                .filter(node -> node.parentNodeId == null && node.status.isMet() && node.type != NodeType.COMPENSATE
                        && !again.contains(node.nodeId()))
                .map(NodeRow::nodeId).collect(Collectors.toSet());
        handle.createUpdate(COPY_NODES).bind("id", id).bind("source", source.id)
                .bind("nodes", kept.toArray(String[]::new)).execute();
        var execution = new ExecutionRow(id, plan, null, null, source.totalNodes, ExecutionStatus.RUNNING);
        batch.add(execution);
        batch.event(execution, "workflow_started", nodeId, null, Engine.object()
                .put("workflow_id", plan.definition().id()).put("version", plan.version())
                .put("total_nodes", execution.totalNodes).put("forked_from", source.id.toString()));
        int ordinal = 0;
        for (var node : plan.definition().nodes()) {
            if (!kept.contains(node.id())) {
                batch.add(new NodeRow(new NodeRow.Key(id, node.id()), ordinal, null, node.type()));
            }
            ordinal++;
        }
        batch.insertNodes();
        new Transitions(batch, settings.outputMax()).rerun(execution, Set.of());
        return id;
    }
}
