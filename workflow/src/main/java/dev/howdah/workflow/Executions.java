package dev.howdah.workflow;

import dev.howdah.workflow.definition.NodeType;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Executions and their nodes as they stand, for reading; those of definitions and of programs. Thread-safe. */
public final class Executions {
    private static final int PAGE_MAX = 1000;

    static final String FIND = """
        SELECT id, workflow_id, workflow_version, status, input, output, key, schedule, parent_id, forked_from,
               total_nodes, completed_nodes, failed_nodes, skipped_nodes, error_message, error_node_id, created_at,
               started_at, paused_at, completed_at
          FROM workflow_executions
         WHERE id = :id
        """;

    static final String LIST = """
        SELECT id, workflow_id, workflow_version, status, input, output, key, schedule, parent_id, forked_from,
               total_nodes, completed_nodes, failed_nodes, skipped_nodes, error_message, error_node_id, created_at,
               started_at, paused_at, completed_at
          FROM workflow_executions
         WHERE (:workflow::text IS NULL OR workflow_id = :workflow)
           AND (cardinality(:statuses::text[]) = 0 OR status = ANY (:statuses::text[]))
           AND (:schedule::text IS NULL OR schedule = :schedule)
           AND (:parent::uuid IS NULL OR parent_id = :parent::uuid)
           AND (:before::uuid IS NULL OR id < :before::uuid)
         ORDER BY id DESC
         LIMIT :limit
        """;

    static final String NODES = """
        SELECT execution_id, node_id, parent_node_id, node_type, status, task_id, attempt_count, inputs, outputs,
               heartbeat, due_at, remaining, started_at, completed_at, error_message, error_type, quality_score
          FROM node_states
         WHERE execution_id = :execution AND parent_node_id IS NULL
         ORDER BY ordinal
        """;

    static final String CHILDREN = """
        SELECT execution_id, node_id, parent_node_id, node_type, status, task_id, attempt_count, inputs, outputs,
               heartbeat, due_at, remaining, started_at, completed_at, error_message, error_type, quality_score
          FROM node_states
         WHERE execution_id = :execution AND parent_node_id = :parent AND ordinal >= :from
         ORDER BY ordinal
         LIMIT :limit
        """;

    static final String CHILD_COUNTS = """
        SELECT parent_node_id, status, count(*) AS children
          FROM node_states
         WHERE execution_id = :execution AND parent_node_id IS NOT NULL
         GROUP BY parent_node_id, status
        """;

    static final String NODE = """
        SELECT execution_id, node_id, parent_node_id, node_type, status, task_id, attempt_count, inputs, outputs,
               heartbeat, due_at, remaining, started_at, completed_at, error_message, error_type, quality_score
          FROM node_states
         WHERE execution_id = :execution AND node_id = :node
        """;

    private final Database database;

    public Executions(Database database) {
        this.database = database;
    }

    /**
     * Which executions are listed.
     *
     * @param statuses all if empty
     * @param before the last id of the page before
     * @param limit 1 to 1,000
     */
    public record Filter(Optional<String> workflowId, Set<ExecutionStatus> statuses, Optional<String> schedule,
            Optional<UUID> parentId, Optional<UUID> before, int limit) {
        public Filter {
            statuses = Set.copyOf(statuses);
            if (limit < 1 || limit > PAGE_MAX) {
                throw new InvalidInputException("executions-invalid", "limit", limit + " is out of range",
                        "use 1 to " + PAGE_MAX);
            }
        }

        /** The newest ones. */
        public static Filter newest(int limit) {
            return new Filter(Optional.empty(), Set.of(), Optional.empty(), Optional.empty(), Optional.empty(), limit);
        }

        public Filter withWorkflow(String id) {
            return new Filter(Optional.of(id), statuses, schedule, parentId, before, limit);
        }

        public Filter withStatuses(Set<ExecutionStatus> values) {
            return new Filter(workflowId, values, schedule, parentId, before, limit);
        }

        public Filter withSchedule(String name) {
            return new Filter(workflowId, statuses, Optional.of(name), parentId, before, limit);
        }

        public Filter withParent(UUID id) {
            return new Filter(workflowId, statuses, schedule, Optional.of(id), before, limit);
        }

        public Filter withBefore(UUID id) {
            return new Filter(workflowId, statuses, schedule, parentId, Optional.of(id), limit);
        }
    }

    public Optional<Execution> find(UUID id) {
        return database.read(handle -> find(handle, id));
    }

    static Optional<Execution> find(Handle handle, UUID id) {
        return handle.createQuery(FIND).bind("id", id).map((row, context) -> execution(row)).findOne();
    }

    /** Newest first. */
    public List<Execution> list(Filter filter) {
        return database.read(handle -> handle.createQuery(LIST)
                .bind("workflow", filter.workflowId.orElse(null))
                .bind("statuses", filter.statuses.stream().map(status -> status.name().toLowerCase(Locale.ROOT))
                        .toArray(String[]::new))
                .bind("schedule", filter.schedule.orElse(null))
                .bind("parent", filter.parentId.orElse(null))
                .bind("before", filter.before.orElse(null))
                .bind("limit", filter.limit)
                .map((row, context) -> execution(row)).list());
    }

    /** The nodes of a definition's execution, in the definition's order; children of maps and groups are left out. */
    public List<NodeState> nodes(UUID execution) {
        return database.read(handle -> handle.createQuery(NODES).bind("execution", execution)
                .map((row, context) -> node(row)).list());
    }

    /**
     * Items of a map or children of a group.
     *
     * @param from the first of them, from 0
     * @param limit 1 to 1,000
     */
    public List<NodeState> children(UUID execution, String parent, int from, int limit) {
        return database.read(handle -> handle.createQuery(CHILDREN).bind("execution", execution)
                .bind("parent", parent).bind("from", from).bind("limit", Math.clamp(limit, 1, PAGE_MAX))
                .map((row, context) -> node(row)).list());
    }

    /** How many children each map or group has in which status; those that have none are left out. */
    public Map<String, Map<NodeStatus, Integer>> childCounts(UUID execution) {
        return database.read(handle -> {
            var counts = new HashMap<String, Map<NodeStatus, Integer>>();
            handle.createQuery(CHILD_COUNTS).bind("execution", execution).map((row, context) -> counts
                    .computeIfAbsent(row.getString("parent_node_id"), key -> new EnumMap<>(NodeStatus.class))
                    .put(NodeStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)), row.getInt("children")))
                    .list();
            return counts;
        });
    }

    public Optional<NodeState> node(UUID execution, String node) {
        return database.read(handle -> handle.createQuery(NODE).bind("execution", execution).bind("node", node)
                .map((row, context) -> node(row)).findOne());
    }

    private static Execution execution(ResultSet row) throws SQLException {
        return new Execution(row.getObject("id", UUID.class), row.getString("workflow_id"),
                row.getInt("workflow_version"),
                ExecutionStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                json(row, "input").orElseGet(JsonMapper.shared()::createObjectNode), json(row, "output"),
                text(row, "key"), text(row, "schedule"), uuid(row, "parent_id"), uuid(row, "forked_from"),
                row.getInt("total_nodes"), row.getInt("completed_nodes"), row.getInt("failed_nodes"),
                row.getInt("skipped_nodes"), text(row, "error_message"), text(row, "error_node_id"),
                time(row, "created_at").orElseThrow(), time(row, "started_at"), time(row, "paused_at"),
                time(row, "completed_at"));
    }

    private static NodeState node(ResultSet row) throws SQLException {
        return new NodeState(row.getObject("execution_id", UUID.class), row.getString("node_id"),
                text(row, "parent_node_id"), NodeType.valueOf(row.getString("node_type").toUpperCase(Locale.ROOT)),
                NodeStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)), uuid(row, "task_id"),
                row.getInt("attempt_count"), json(row, "inputs"), json(row, "outputs"), json(row, "heartbeat"),
                time(row, "due_at"), Optional.ofNullable(row.getObject("remaining", Integer.class)),
                time(row, "started_at"), time(row, "completed_at"), text(row, "error_message"), text(row, "error_type"),
                Optional.ofNullable(row.getObject("quality_score", Double.class)));
    }

    private static Optional<String> text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    private static Optional<JsonNode> json(ResultSet row, String column) throws SQLException {
        return text(row, column).map(JsonMapper.shared()::readTree);
    }

    private static Optional<UUID> uuid(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, UUID.class));
    }

    private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

}
