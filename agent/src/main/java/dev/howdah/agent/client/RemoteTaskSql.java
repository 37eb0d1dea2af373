package dev.howdah.agent.client;

/** What is stored of tasks of remote agents while they are waited for. */
final class RemoteTaskSql {
    /** Nothing if it is known already. */
    static final String INSERT = """
        INSERT INTO remote_tasks (task_id, agent, message_id)
        VALUES (:task, :agent, :messageId)
            ON CONFLICT (task_id) DO NOTHING
        """;

    static final String FIND = """
        SELECT task_id, agent, message_id, sending_at, remote_id, state, wakes, callback IS NOT NULL AS has_callback,
               (extract(epoch FROM now() - created_at) * 1000)::bigint AS age_millis
          FROM remote_tasks
         WHERE task_id = :task
        """;

    static final String SENDING = """
        UPDATE remote_tasks
           SET sending_at = COALESCE(sending_at, now()), callback = :callback
         WHERE task_id = :task AND remote_id IS NULL
        """;

    static final String SENT = """
        UPDATE remote_tasks
           SET remote_id = :remoteId, state = :state
         WHERE task_id = :task
        """;

    static final String WAKE = """
        UPDATE remote_tasks
           SET wakes = wakes + 1
         WHERE callback = :callback
        RETURNING message_id
        """;

    static final String DELETE = """
        DELETE FROM remote_tasks
         WHERE task_id = :task
        """;

    private RemoteTaskSql() {}
}
