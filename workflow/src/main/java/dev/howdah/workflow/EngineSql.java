package dev.howdah.workflow;

/** What the engine says to the database: sets in, sets out. */
final class EngineSql {
    /** Taken in the order of ids, by everyone, before anything else: two batches cannot deadlock. */
    static final String LOCK_EXECUTIONS = """
        SELECT id, workflow_id, workflow_version, status, parent_id, parent_node_id, total_nodes, completed_nodes,
               failed_nodes, skipped_nodes, active_nodes, last_sequence, error_message, error_node_id
          FROM workflow_executions
         WHERE id = ANY (:ids::uuid[])
         ORDER BY id
           FOR NO KEY UPDATE
        """;

    static final String INSERT_EXECUTIONS = """
        INSERT INTO workflow_executions (id, workflow_id, workflow_version, status, input, key, schedule, parent_id,
                                         parent_node_id, forked_from, total_nodes, started_at)
        SELECT id, workflow_id, workflow_version, 'running', input::jsonb, key, schedule, parent_id, parent_node_id,
               forked_from, total_nodes, now()
          FROM unnest(:ids::uuid[], :workflows::text[], :versions::int[], :inputs::text[], :keys::text[],
                      :schedules::text[], :parents::uuid[], :parentNodes::text[], :forkedFrom::uuid[], :totals::int[])
               AS given (id, workflow_id, workflow_version, input, key, schedule, parent_id, parent_node_id, forked_from,
                         total_nodes)
            ON CONFLICT (key) WHERE key IS NOT NULL AND completed_at IS NULL DO NOTHING
        RETURNING id
        """;

    static final String KEY_HOLDERS = """
        SELECT key, id
          FROM workflow_executions
         WHERE key = ANY (:keys::text[]) AND completed_at IS NULL
        """;

    /**
     * With what an execution has made once it has completed: the outputs of the nodes behind which nothing stands. Each row
     * is looked up by itself: a plan that was made while the table was small would scan it for ever.
     */
    static final String SAVE_EXECUTIONS = """
        WITH made AS (
          SELECT n.execution_id, jsonb_object_agg(n.node_id, n.outputs) AS output
            FROM unnest(:leafExecutions::uuid[], :leafNodes::text[]) AS leaf (execution_id, node_id)
            JOIN node_states n USING (execution_id, node_id)
           WHERE n.status = 'completed' AND n.outputs IS NOT NULL
           GROUP BY n.execution_id)
        UPDATE workflow_executions e
           SET status = given.status, completed_nodes = given.completed, failed_nodes = given.failed,
               skipped_nodes = given.skipped, active_nodes = given.active, last_sequence = given.last_sequence,
               error_message = given.error_message, error_node_id = given.error_node_id,
               output = CASE WHEN given.status = 'completed' THEN COALESCE(made.output, '{}') END,
               paused_at = CASE WHEN given.status = 'paused' THEN COALESCE(e.paused_at, now()) END,
               completed_at = CASE WHEN given.status IN ('completed', 'failed', 'cancelled')
                                   THEN COALESCE(e.completed_at, now()) END
          FROM unnest(:ids::uuid[], :statuses::text[], :completed::int[], :failed::int[], :skipped::int[], :active::int[],
                      :sequences::bigint[], :errors::text[], :errorNodes::text[])
               AS given (id, status, completed, failed, skipped, active, last_sequence, error_message, error_node_id)
         CROSS JOIN LATERAL (SELECT x.ctid AS place FROM workflow_executions x WHERE x.id = given.id OFFSET 0) AS row
          LEFT JOIN made ON made.execution_id = given.id
         WHERE e.ctid = row.place
        """;

    /** A time that runs already begins anew. */
    static final String START_DEADLINES = """
        INSERT INTO execution_deadlines (execution_id, due_at)
        SELECT id, now() + millis * interval '1 ms'
          FROM unnest(:ids::uuid[], :millis::bigint[]) AS given (id, millis)
            ON CONFLICT (execution_id) DO UPDATE
           SET due_at = EXCLUDED.due_at
        """;

    static final String END_DEADLINES = """
        DELETE FROM execution_deadlines
         WHERE execution_id = ANY (:ids::uuid[])
        """;

    static final String OVERDUE = """
        SELECT execution_id
          FROM execution_deadlines
         WHERE due_at <= now()
         ORDER BY due_at
         LIMIT :limit
        """;

    /** Of executions whose rows are held. */
    static final String TAKE_OVERDUE = """
        DELETE FROM execution_deadlines
         WHERE execution_id = ANY (:ids::uuid[]) AND due_at <= now()
        RETURNING execution_id
        """;

    static final String INSERT_NODES = """
        INSERT INTO node_states (execution_id, node_id, ordinal, parent_node_id, node_type, status, unmet, task_id, inputs)
        SELECT execution_id, node_id, ordinal, parent_node_id, node_type, status, unmet, task_id, inputs::jsonb
          FROM unnest(:executions::uuid[], :nodes::text[], :ordinals::int[], :parents::text[], :types::text[],
                      :statuses::text[], :unmet::int[], :tasks::uuid[], :inputs::text[])
               AS given (execution_id, node_id, ordinal, parent_node_id, node_type, status, unmet, task_id, inputs)
        """;

    static final String LOAD_NODES = """
        SELECT n.execution_id, n.node_id, n.ordinal, n.parent_node_id, n.node_type, n.status, n.unmet, n.live_inputs,
               n.task_id, n.attempt_count, n.failure_count, n.due_at, n.remaining, n.next_ordinal, n.error_message,
               n.error_type, n.quality_score
          FROM node_states n
          JOIN unnest(:executions::uuid[], :nodes::text[]) AS given (execution_id, node_id)
         USING (execution_id, node_id)
        """;

    static final String LOAD_ALL_NODES = """
        SELECT execution_id, node_id, ordinal, parent_node_id, node_type, status, unmet, live_inputs, task_id,
               attempt_count, failure_count, due_at, remaining, next_ordinal, error_message, error_type, quality_score
          FROM node_states
         WHERE execution_id = :execution
         ORDER BY node_id
        """;

    static final String LOAD_WAITING = """
        SELECT execution_id, node_id, ordinal, parent_node_id, node_type, status, unmet, live_inputs, task_id,
               attempt_count, failure_count, due_at, remaining, next_ordinal, error_message, error_type, quality_score
          FROM node_states
         WHERE execution_id = :execution AND status = 'waiting' AND node_type = :type
         ORDER BY node_id
        """;

    static final String NOW = "SELECT now()";

    static final String LOAD_CHILDREN = """
        SELECT execution_id, node_id, ordinal, parent_node_id, node_type, status, unmet, live_inputs, task_id,
               attempt_count, failure_count, due_at, remaining, next_ordinal, error_message, error_type, quality_score
          FROM node_states
         WHERE execution_id = :execution AND parent_node_id = :parent AND ordinal >= :from AND ordinal < :until
         ORDER BY ordinal
        """;

    static final String DELETE_CHILDREN = """
        DELETE FROM node_states
         WHERE execution_id = :execution AND parent_node_id = ANY (:parents::text[])
        """;

    /** Times follow from the status; what is not given stays, unless the node begins anew. */
    static final String SAVE_NODES = """
        UPDATE node_states n
           SET status = given.status, unmet = given.unmet, live_inputs = given.live_inputs, task_id = given.task_id,
               attempt_count = given.attempts, failure_count = given.failures, due_at = given.due_at,
               remaining = given.remaining, next_ordinal = given.next_ordinal, error_message = given.error_message,
               error_type = given.error_type, quality_score = given.quality_score,
               inputs = COALESCE(given.inputs::jsonb, n.inputs),
               outputs = CASE WHEN given.status IN ('completed', 'blocked', 'skipped')
                              THEN COALESCE(given.outputs::jsonb, n.outputs) END,
               heartbeat = CASE WHEN given.status <> 'pending' THEN n.heartbeat END,
               started_at = CASE WHEN given.status = 'running' THEN COALESCE(n.started_at, now())
                                 WHEN given.status <> 'pending' THEN n.started_at END,
               completed_at = CASE WHEN given.status IN ('completed', 'failed', 'skipped', 'blocked', 'cancelled')
                                   THEN COALESCE(n.completed_at, now()) END
          FROM unnest(:executions::uuid[], :nodes::text[], :statuses::text[], :unmet::int[], :liveInputs::int[],
                      :tasks::uuid[], :attempts::int[], :failures::int[], :dueAts::timestamptz[], :remaining::int[],
                      :nextOrdinals::int[], :errors::text[], :errorTypes::text[], :scores::float8[], :inputs::text[],
                      :outputs::text[])
               AS given (execution_id, node_id, status, unmet, live_inputs, task_id, attempts, failures, due_at,
                         remaining, next_ordinal, error_message, error_type, quality_score, inputs, outputs)
         WHERE n.execution_id = given.execution_id AND n.node_id = given.node_id
        """;

    static final String INSERT_EVENTS = """
        INSERT INTO execution_events (execution_id, sequence, event_type, node_id, message, data)
        SELECT execution_id, sequence, event_type, node_id, message, data::jsonb
          FROM unnest(:executions::uuid[], :sequences::bigint[], :types::text[], :nodes::text[], :messages::text[],
                      :data::text[])
               AS given (execution_id, sequence, event_type, node_id, message, data)
        """;

    /** What nodes that are about to run may look at. */
    static final String LOAD_OUTPUTS = """
        SELECT n.execution_id, n.node_id, n.outputs
          FROM node_states n
          JOIN unnest(:executions::uuid[], :nodes::text[]) AS given (execution_id, node_id)
         USING (execution_id, node_id)
         WHERE n.status = 'completed' AND n.outputs IS NOT NULL
        """;

    static final String LOAD_INPUTS = """
        SELECT id, input
          FROM workflow_executions
         WHERE id = ANY (:ids::uuid[])
        """;

    static final String LOAD_NODE_INPUTS = """
        SELECT n.execution_id, n.node_id, n.inputs, n.heartbeat
          FROM node_states n
          JOIN unnest(:executions::uuid[], :nodes::text[]) AS given (execution_id, node_id)
         USING (execution_id, node_id)
         WHERE n.inputs IS NOT NULL OR n.heartbeat IS NOT NULL
        """;

    static final String CHILD_OUTPUTS = """
        SELECT COALESCE(jsonb_agg(outputs ORDER BY ordinal), '[]')::text
          FROM node_states
         WHERE execution_id = :execution AND parent_node_id = :parent
        """;

    static final String CHILD_OUTPUTS_BY_ID = """
        SELECT COALESCE(jsonb_object_agg(substr(node_id, length(:parent) + 2), outputs), '{}')::text
          FROM node_states
         WHERE execution_id = :execution AND parent_node_id = :parent AND status = 'completed'
        """;

    static final String ENDINGS = """
        SELECT node_id, max(sequence) AS sequence
          FROM execution_events
         WHERE execution_id = :execution AND event_type = 'node_completed'
         GROUP BY node_id
        """;

    /** Takes the oldest message of the name that nobody has had. */
    static final String CONSUME_SIGNAL = """
        UPDATE execution_signals
           SET consumed_by = :node
         WHERE execution_id = :execution
           AND id = (SELECT min(s.id)
                       FROM execution_signals s
                      WHERE s.execution_id = :execution AND s.name = :name AND s.consumed_by IS NULL)
        RETURNING payload::text
        """;

    static final String INSERT_SIGNAL = """
        INSERT INTO execution_signals (execution_id, name, payload)
        VALUES (:execution, :name, :payload::jsonb)
        """;

    static final String SAVE_HEARTBEATS = """
        UPDATE node_states n
           SET heartbeat = given.details::jsonb
          FROM unnest(:executions::uuid[], :nodes::text[], :attempts::int[], :details::text[])
               AS given (execution_id, node_id, attempt, details)
         WHERE n.execution_id = given.execution_id AND n.node_id = given.node_id AND n.attempt_count = given.attempt
           AND n.status = 'running'
        """;

    /** Nodes that a worker should have, but whose task somebody ended: cancelled by hand, or lost too often. */
    static final String ORPHANS = """
        SELECT n.execution_id, n.node_id, n.task_id
          FROM workflow_executions e
          JOIN node_states n ON n.execution_id = e.id
         WHERE e.completed_at IS NULL AND e.active_nodes > 0 AND e.status = 'running'
           AND n.status IN ('ready', 'running') AND n.task_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM tasks t WHERE t.id = n.task_id)
         LIMIT :limit
        """;

    private EngineSql() {}
}
