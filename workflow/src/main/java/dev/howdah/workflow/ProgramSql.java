package dev.howdah.workflow;

/** The statements of programs. Each writes an event first and the row of its execution after it: the event is the lock. */
final class ProgramSql {
    /** Executions of which none has a key. */
    static final String START = """
        WITH given AS MATERIALIZED (
          SELECT id, program, input, task_id
            FROM unnest(?::uuid[], ?::text[], ?::text[], ?::uuid[]) AS given (id, program, input, task_id)),
        started AS (
          INSERT INTO workflow_executions (id, workflow_id, workflow_version, input, task_id, started_at)
          SELECT id, program, 0, input::jsonb, task_id, now()
            FROM given)
        INSERT INTO execution_events (execution_id, sequence, event_type)
        SELECT id, 1, 'workflow_started'
          FROM given
        """;

    /** Nothing comes back if an execution with this key has not ended. */
    static final String START_KEYED = """
        INSERT INTO workflow_executions (id, workflow_id, workflow_version, input, key, started_at)
        VALUES (:id, :program, 0, :input::jsonb, :key, now())
            ON CONFLICT (key) WHERE key IS NOT NULL AND completed_at IS NULL DO NOTHING
        RETURNING id
        """;

    static final String KEY_HOLDER = """
        SELECT id
          FROM workflow_executions
         WHERE key = :key
           AND completed_at IS NULL
        """;

    static final String SET_TASK = """
        UPDATE workflow_executions
           SET task_id = :task
         WHERE id = :id
        """;

    /** Appends at the end that the runners know; whose place is taken has to see by what. */
    static final String APPEND = """
        WITH appended AS (
          INSERT INTO execution_events (execution_id, sequence, event_type, node_id, data)
          SELECT execution_id, sequence, event_type, node_id, data::jsonb
            FROM unnest(?::uuid[], ?::bigint[], ?::text[], ?::text[], ?::text[])
                 AS given (execution_id, sequence, event_type, node_id, data)
              ON CONFLICT DO NOTHING
          RETURNING execution_id)
        SELECT (SELECT count(*) FROM appended) AS appended,
               CASE WHEN (SELECT count(*) FROM appended) < ?
                    THEN ARRAY (SELECT appended.execution_id FROM appended) END AS ids
        """;

    /** Appends an event to each of several executions and changes their rows with it. A null leaves a column alone. */
    static final String CHANGE = """
        WITH given AS MATERIALIZED (
          SELECT id, sequence, event_type, node_id, data, status, output, error, task_id
            FROM unnest(?::uuid[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::uuid[])
                 AS given (id, sequence, event_type, node_id, data, status, output, error, task_id)),
        appended AS (
          INSERT INTO execution_events (execution_id, sequence, event_type, node_id, message, data)
          SELECT id, sequence, event_type, node_id, error, data::jsonb
            FROM given
              ON CONFLICT DO NOTHING
          RETURNING execution_id),
        changed AS (
          UPDATE workflow_executions
             SET status = COALESCE(given.status, workflow_executions.status),
                 output = COALESCE(given.output::jsonb, workflow_executions.output),
                 error_message = given.error,
                 error_node_id = CASE WHEN given.error IS NOT NULL THEN given.node_id END,
                 task_id = given.task_id,
                 completed_at = CASE WHEN given.status IS NOT NULL THEN now() END
            FROM given
            JOIN appended ON appended.execution_id = given.id
           WHERE workflow_executions.id = given.id)
        SELECT execution_id
          FROM appended
        """;

    /** By somebody who does not run the execution: at its end, wherever that is. Nothing comes back if that was taken. */
    static final String APPEND_AT_END = """
        INSERT INTO execution_events (execution_id, sequence, event_type, node_id, data)
        SELECT :id, max(sequence) + 1, :type, :node, :data::jsonb
          FROM execution_events
         WHERE execution_id = :id
        HAVING max(sequence) IS NOT NULL
            ON CONFLICT DO NOTHING
        RETURNING sequence
        """;

    static final String FIND = """
        SELECT workflow_id, workflow_version, status, input, output, error_message, error_node_id, task_id,
               COALESCE(started_at, created_at) AS started_at, now() AS read_at
          FROM workflow_executions
         WHERE id = :id
        """;

    static final String NOW = "SELECT now()";

    static final String SET_STATUS = """
        UPDATE workflow_executions
           SET status = :status,
               paused_at = CASE WHEN :status = 'paused' THEN now() END,
               completed_at = CASE WHEN :status = 'cancelled' THEN now() END
         WHERE id = :id
           AND status = ANY (:from::text[])
        """;

    static final String EVENTS = """
        SELECT sequence, event_type, node_id, data, created_at
          FROM execution_events
         WHERE execution_id = :id
           AND sequence > :after
         ORDER BY sequence
         LIMIT :limit
        """;

    static final String FIRST_OF_STEP = """
        SELECT min(sequence)
          FROM execution_events
         WHERE execution_id = :id
           AND node_id = :step
           AND event_type IN ('step_completed', 'step_failed', 'step_retrying')
        """;

    static final String FORK = """
        INSERT INTO workflow_executions (id, workflow_id, workflow_version, input, forked_from, task_id, started_at)
        SELECT :id, workflow_id, 0, COALESCE(:input::jsonb, input), id, :task, now()
          FROM workflow_executions
         WHERE id = :from
        """;

    static final String FORK_EVENTS = """
        INSERT INTO execution_events (execution_id, sequence, event_type, node_id, message, data, created_at)
        SELECT :id, sequence, event_type, node_id, message, data, created_at
          FROM execution_events
         WHERE execution_id = :from
           AND sequence < :before
        """;

    static final String ENDED = """
        SELECT id, workflow_id, status, output, error_message
          FROM workflow_executions
         WHERE id = ANY (:ids::uuid[])
           AND completed_at IS NOT NULL
        """;

    private ProgramSql() {}
}
