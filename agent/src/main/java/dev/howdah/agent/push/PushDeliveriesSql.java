package dev.howdah.agent.push;

/** What {@link PushDeliveries} asks the database. */
final class PushDeliveriesSql {
    static final String ADD = """
        INSERT INTO push_deliveries (id, task_id, config_id, sequence)
        SELECT id, task_id, config_id, sequence
          FROM unnest(:ids::uuid[], :tasks::uuid[], :configs::text[], :sequences::bigint[])
               AS given (id, task_id, config_id, sequence)
         ORDER BY task_id, config_id, sequence
            ON CONFLICT (task_id, config_id, sequence) DO NOTHING
        """;

    static final String LIST = """
        SELECT d.id, d.task_id, d.config_id, d.sequence, d.state, c.endpoint, d.attempts, d.due_at, d.last_status,
               d.last_error, d.created_at, d.ended_at
          FROM push_deliveries d
          JOIN agent_tasks t ON t.id = d.task_id
          LEFT JOIN push_configs c ON c.task_id = d.task_id AND c.id = d.config_id
         WHERE (:owner::text IS NULL OR t.owner = :owner::text)
           AND (:task::uuid IS NULL OR d.task_id = :task::uuid)
           AND (:state::text IS NULL OR d.state = :state::text)
           AND (:before::uuid IS NULL OR d.id < :before::uuid)
         ORDER BY d.id DESC
         LIMIT :limit
        """;

    static final String TASKS_OF = """
        SELECT DISTINCT d.task_id
          FROM push_deliveries d
          JOIN agent_tasks t ON t.id = d.task_id
         WHERE d.id = ANY (:ids) AND t.owner = :owner
        """;

    static final String RETRY = """
        UPDATE push_deliveries AS d
           SET state = 'pending', attempts = 0, due_at = now(), ended_at = NULL
          FROM agent_tasks t, push_configs c
         WHERE d.id = ANY (:ids) AND d.state = 'dead'
           AND t.id = d.task_id AND t.owner = :owner
           AND c.task_id = d.task_id AND c.id = d.config_id
        RETURNING d.id, d.task_id, d.config_id
        """;

    static final String DISCARD = """
        UPDATE push_deliveries AS d
           SET state = 'discarded', ended_at = now()
          FROM agent_tasks t
         WHERE d.id = ANY (:ids) AND d.state IN ('pending', 'dead')
           AND t.id = d.task_id AND t.owner = :owner
        RETURNING d.id
        """;

    static final String ENDPOINTS = """
        SELECT mine.endpoint, COALESCE(e.failures, 0) AS failures, e.opened_at, e.probe_at,
               COALESCE(e.probe_at <= now(), false) AS is_half_open, e.last_error, e.last_success, e.last_failure,
               mine.pending, mine.dead
          FROM (SELECT c.endpoint, count(d.id) FILTER (WHERE d.state = 'pending') AS pending,
                       count(d.id) FILTER (WHERE d.state = 'dead') AS dead
                  FROM agent_tasks t
                  JOIN push_configs c ON c.task_id = t.id
                  LEFT JOIN push_deliveries d ON d.task_id = c.task_id AND d.config_id = c.id
                       AND d.state IN ('pending', 'dead')
                 WHERE (:owner::text IS NULL OR t.owner = :owner::text) AND c.endpoint > :after
                 GROUP BY c.endpoint
                 ORDER BY c.endpoint
                 LIMIT :limit) AS mine
          LEFT JOIN push_endpoints e ON e.endpoint = mine.endpoint
         ORDER BY mine.endpoint
        """;

    /** Lanes in which something is overdue; most of them have a task already. */
    static final String OVERDUE = """
        SELECT DISTINCT d.task_id, d.config_id
          FROM push_deliveries d
          JOIN push_configs c ON c.task_id = d.task_id AND c.id = d.config_id
         WHERE d.state = 'pending' AND d.due_at < now() - interval '1 minute'
           AND (d.task_id, d.config_id) > (:task::uuid, :config)
         ORDER BY d.task_id, d.config_id
         LIMIT :limit
        """;

    static final String FORGET_ENDPOINTS = """
        DELETE FROM push_endpoints
         WHERE opened_at IS NULL AND GREATEST(last_success, last_failure) < now() - interval '30 days'
        """;

    private PushDeliveriesSql() {}
}
