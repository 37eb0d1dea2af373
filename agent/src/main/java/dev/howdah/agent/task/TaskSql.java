package dev.howdah.agent.task;

/** Statements on agents' tasks; those that write take sets. */
final class TaskSql {
    /** New tasks with the messages that begin them; a key that is taken already shows in the number of those that are new. */
    static final String CREATE = """
        WITH given AS MATERIALIZED (
          SELECT id, owner, context_id, skill, run_id, metadata, message, key, request_hash
            FROM unnest(:ids::uuid[], :owners::text[], :contexts::text[], :skills::text[], :runs::uuid[],
                        :metadata::text[], :messages::text[], :keys::text[], :hashes::text[])
                 AS given (id, owner, context_id, skill, run_id, metadata, message, key, request_hash)),
        contexts AS (
          INSERT INTO agent_contexts (owner, id)
          SELECT DISTINCT owner, context_id
            FROM given
           ORDER BY owner, context_id
              ON CONFLICT DO NOTHING),
        requests AS (
          INSERT INTO agent_requests (owner, key, request_hash, task_id)
          SELECT owner, key, request_hash, id
            FROM given
           ORDER BY owner, key
              ON CONFLICT DO NOTHING
          RETURNING key),
        tasks AS (
          INSERT INTO agent_tasks (id, owner, context_id, skill, run_id, metadata, last_sequence)
          SELECT id, owner, context_id, skill, run_id, metadata::jsonb, 1
            FROM given
          RETURNING status_at),
        events AS (
          INSERT INTO agent_events (task_id, sequence, kind, payload)
          SELECT id, 1, 'message', message::jsonb
            FROM given)
        SELECT (SELECT count(*) FROM requests) AS requests, (SELECT max(status_at) FROM tasks) AS now
        """;

    /**
     * Whoever changes tasks holds their rows. Here and in {@link #STORE} each is looked up by itself, in the order of the ids: a
     * plan that was made while the table was small would scan it until somebody analyzes it.
     */
    static final String LOCK = """
        SELECT held.id, owner, context_id, skill, state, status_message, status_at, last_sequence, run_id, fence,
               continuation, metadata, now()::timestamptz(3) AS now
          FROM (SELECT id FROM unnest(:ids::uuid[]) AS given (id) ORDER BY id) AS given
         CROSS JOIN LATERAL (SELECT id, owner, context_id, skill, state, status_message, status_at, last_sequence, run_id,
                                    fence, continuation, metadata
                               FROM agent_tasks
                              WHERE agent_tasks.id = given.id
                                FOR UPDATE) AS held
        """;

    /** Of rows that are held. */
    static final String STORE = """
        WITH events AS (
          INSERT INTO agent_events (task_id, sequence, kind, payload)
          SELECT task_id, sequence, kind, payload::jsonb
            FROM unnest(:eventTasks::uuid[], :sequences::bigint[], :kinds::text[], :payloads::text[])
                 AS given (task_id, sequence, kind, payload))
        UPDATE agent_tasks
           SET state = given.state, status_message = given.status_message::jsonb,
               status_at = CASE WHEN given.has_status THEN now() ELSE status_at END,
               last_sequence = given.last_sequence, run_id = given.run_id, fence = given.fence,
               skill = COALESCE(given.skill, agent_tasks.skill), continuation = given.continuation::jsonb,
               ended_at = CASE WHEN given.is_over THEN now() END
          FROM unnest(:ids::uuid[], :states::text[], :statusMessages::text[], :hasStatus::boolean[],
                      :lastSequences::bigint[], :runs::uuid[], :fences::int[], :skills::text[], :continuations::text[],
                      :over::boolean[])
               AS given (id, state, status_message, has_status, last_sequence, run_id, fence, skill, continuation, is_over)
         CROSS JOIN LATERAL (SELECT ctid AS place FROM agent_tasks AS held WHERE held.id = given.id OFFSET 0) AS held
         WHERE agent_tasks.ctid = held.place
        """;

    static final String TAKE_REQUEST = """
        INSERT INTO agent_requests (owner, key, request_hash, task_id)
        VALUES (:owner, :key, :hash, :task)
            ON CONFLICT DO NOTHING
        """;

    static final String FIND_REQUEST = """
        SELECT request_hash, task_id
          FROM agent_requests
         WHERE owner = :owner AND key = :key
        """;

    static final String FIND = """
        SELECT id, owner, context_id, skill, state, status_message, status_at, last_sequence, run_id, fence, continuation,
               metadata, now()::timestamptz(3) AS now
          FROM agent_tasks
         WHERE id = ANY (:ids::uuid[])
        """;

    static final String LIST = """
        SELECT id, owner, context_id, skill, state, status_message, status_at, last_sequence, run_id, fence, continuation,
               metadata, now()::timestamptz(3) AS now
          FROM agent_tasks
         WHERE owner = :owner
           AND (status_at, id) < (COALESCE(:beforeAt::timestamptz, 'infinity'), COALESCE(:beforeId::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
           AND status_at >= COALESCE(:since::timestamptz, '-infinity')
           AND (:state::text IS NULL OR state = :state::text)
         ORDER BY status_at DESC, id DESC
         LIMIT :limit
        """;

    static final String LIST_OF_CONTEXT = """
        SELECT id, owner, context_id, skill, state, status_message, status_at, last_sequence, run_id, fence, continuation,
               metadata, now()::timestamptz(3) AS now
          FROM agent_tasks
         WHERE owner = :owner AND context_id = :context
           AND (status_at, id) < (COALESCE(:beforeAt::timestamptz, 'infinity'), COALESCE(:beforeId::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
           AND status_at >= COALESCE(:since::timestamptz, '-infinity')
           AND (:state::text IS NULL OR state = :state::text)
         ORDER BY status_at DESC, id DESC
         LIMIT :limit
        """;

    static final String COUNT = """
        SELECT count(*)
          FROM agent_tasks
         WHERE owner = :owner
           AND status_at >= COALESCE(:since::timestamptz, '-infinity')
           AND (:context::text IS NULL OR context_id = :context::text)
           AND (:state::text IS NULL OR state = :state::text)
        """;

    /** The latest messages of each, newest first; the last one may be that of the present status. */
    static final String MESSAGES = """
        SELECT e.task_id, e.sequence, e.kind, e.payload, e.created_at
          FROM unnest(:ids::uuid[], :upTo::bigint[]) AS given (id, up_to)
         CROSS JOIN LATERAL (SELECT task_id, sequence, kind, payload, created_at
                               FROM agent_events
                              WHERE task_id = given.id AND sequence <= given.up_to
                                AND (kind = 'message' OR kind = 'status' AND payload -> 'message' IS NOT NULL)
                              ORDER BY sequence DESC
                              LIMIT :limit) AS e
        """;

    static final String ARTIFACTS = """
        SELECT task_id, sequence, kind, payload, created_at
          FROM agent_events
          JOIN unnest(:ids::uuid[], :upTo::bigint[]) AS given (id, up_to) ON task_id = given.id AND sequence <= up_to
         WHERE kind = 'artifact'
         ORDER BY task_id, sequence
        """;

    /** What happened after what is known, of many tasks. */
    static final String EVENTS = """
        SELECT e.task_id, e.sequence, e.kind, e.payload, e.created_at
          FROM unnest(:ids::uuid[], :after::bigint[]) AS known (id, after)
         CROSS JOIN LATERAL (SELECT task_id, sequence, kind, payload, created_at
                               FROM agent_events
                              WHERE task_id = known.id AND sequence > known.after
                              ORDER BY sequence
                              LIMIT :limit) AS e
         ORDER BY e.task_id, e.sequence
        """;

    /** Tasks whose run has been ended by others: given up by the queue, or cancelled there. */
    static final String ORPHANS = """
        SELECT agent_tasks.id, task_history.state, task_history.error
          FROM agent_tasks
          JOIN task_history ON task_history.id = agent_tasks.run_id
         WHERE agent_tasks.ended_at IS NULL AND agent_tasks.state IN ('submitted', 'working')
         LIMIT :limit
        """;

    /** Whatever belongs to them goes with them. */
    static final String DELETE = """
        WITH gone AS (
          DELETE FROM agent_tasks
           WHERE id = ANY (ARRAY (SELECT id
                                    FROM agent_tasks
                                   WHERE ended_at < now() - :ageMillis * interval '1 ms'
                                   ORDER BY ended_at
                                   LIMIT :limit
                                     FOR UPDATE SKIP LOCKED))
          RETURNING id, owner, context_id),
        events AS (DELETE FROM agent_events USING gone WHERE task_id = gone.id),
        requests AS (DELETE FROM agent_requests USING gone WHERE task_id = gone.id),
        configs AS (DELETE FROM push_configs USING gone WHERE task_id = gone.id),
        deliveries AS (DELETE FROM push_deliveries USING gone WHERE task_id = gone.id)
        SELECT count(*)
          FROM gone
        """;

    /** Conversations of which nothing is left. */
    static final String DELETE_EMPTY_CONTEXTS = """
        DELETE FROM agent_contexts
         WHERE (owner, id) IN (SELECT owner, id
                                 FROM agent_contexts AS context
                                WHERE created_at < now() - :ageMillis * interval '1 ms'
                                  AND NOT EXISTS (SELECT
                                                    FROM agent_tasks
                                                   WHERE agent_tasks.owner = context.owner AND context_id = context.id)
                                LIMIT :limit
                                  FOR UPDATE SKIP LOCKED)
        """;

    private TaskSql() {}
}
