package dev.howdah.agent.push;

/** What {@link PushConfigs} asks the database. */
final class PushConfigsSql {
    /** Whoever changes what belongs to a task holds its row. */
    static final String LOCK_TASK = """
        SELECT id
          FROM agent_tasks
         WHERE id = :task
           FOR NO KEY UPDATE
        """;

    static final String COUNT_OTHERS = """
        SELECT count(*)
          FROM push_configs
         WHERE task_id = :task AND id <> :id
        """;

    static final String PUT = """
        INSERT INTO push_configs (task_id, id, url, endpoint, token, scheme, credentials)
        VALUES (:task, :id, :url, :endpoint, :token::jsonb, :scheme, :credentials::jsonb)
            ON CONFLICT (task_id, id) DO UPDATE
           SET url = EXCLUDED.url, endpoint = EXCLUDED.endpoint, token = EXCLUDED.token, scheme = EXCLUDED.scheme,
               credentials = EXCLUDED.credentials
        """;

    static final String GET = """
        SELECT task_id, id, url, token::text AS token, scheme
          FROM push_configs
         WHERE task_id = :task AND id = :id
        """;

    static final String LIST = """
        SELECT task_id, id, url, token::text AS token, scheme
          FROM push_configs
         WHERE task_id = :task AND id > :after
         ORDER BY id
         LIMIT :limit
        """;

    static final String DELETE = """
        DELETE FROM push_configs
         WHERE task_id = :task AND id = :id
        """;

    static final String DISCARD_PENDING = """
        UPDATE push_deliveries
           SET state = 'discarded', ended_at = now()
         WHERE task_id = :task AND config_id = :id AND state = 'pending'
        """;

    private PushConfigsSql() {}
}
