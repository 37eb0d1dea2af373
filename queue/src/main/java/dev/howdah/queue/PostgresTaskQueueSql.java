package dev.howdah.queue;

/** The statements of {@link PostgresTaskQueue}. */
final class PostgresTaskQueueSql {
    /** Claims of one attempt number that hold; their leases are those of what they were taken with. */
    static final String HEARTBEAT = """
        WITH held AS MATERIALIZED (
          SELECT id, claim_id
            FROM tasks
           WHERE id = ANY (:ids::uuid[]) AND attempt = :attempt AND state = 'started'),
        extended AS (
          UPDATE claims
             SET lease_until = now() + :leaseMillis * interval '1 ms'
           WHERE id = ANY (ARRAY (SELECT DISTINCT held.claim_id FROM held)))
        SELECT id
          FROM held
        """;

    static final String REPORT_PROGRESS = """
        UPDATE tasks
           SET progress = given.progress::jsonb
          FROM unnest(:ids::uuid[], :attempts::int[], :progress::text[]) AS given (id, attempt, progress)
         WHERE tasks.id = given.id
           AND tasks.id = ANY (:ids::uuid[])
           AND tasks.attempt = given.attempt
           AND state = 'started'
        """;

    static final String REPORT_LINES = """
        INSERT INTO task_log (task_id, attempt, line)
        SELECT given.id, given.attempt, given.line
          FROM unnest(:ids::uuid[], :attempts::int[], :lines::text[]) WITH ORDINALITY
               AS given (id, attempt, line, position)
          JOIN tasks ON tasks.id = given.id AND tasks.attempt = given.attempt AND tasks.state = 'started'
         ORDER BY given.position
        """;

    private static final String HISTORY_COLUMNS = """
        (id, queue, type, state, priority, attempt, max_attempts, payload, created_at, run_at,
                                    started_at, worker, timeout_ms, result_ttl_ms, partition, key, progress, error)
        """;

    static final String ANY_LOST = "SELECT EXISTS (SELECT FROM claims WHERE lease_until < now())";

    /** Claims whose lease ran out, and what of their tasks has not ended. */
    static final String RECOVER_LOST = """
        WITH gone AS MATERIALIZED (
          DELETE FROM claims
           WHERE id = ANY (ARRAY (SELECT id
                                    FROM claims
                                   WHERE lease_until < now()
                                   ORDER BY lease_until
                                   LIMIT :limit
                                     FOR UPDATE SKIP LOCKED))
          RETURNING id, worker, tasks),
        lost AS MATERIALIZED (
          SELECT tasks.id, tasks.attempt, tasks.started_at, attempt >= attempts_end AS is_final,
                 (SELECT gone.worker FROM gone WHERE gone.id = claim_id) AS worker
            FROM tasks
           WHERE tasks.id = ANY (ARRAY (SELECT held.id FROM gone CROSS JOIN LATERAL unnest(gone.tasks) AS held (id)))
             AND claim_id = ANY (ARRAY (SELECT gone.id FROM gone))
           ORDER BY tasks.id
             FOR UPDATE),
        back AS (
          UPDATE tasks
             SET state = 'queued', claim_id = NULL, error = :error
            FROM lost
           WHERE tasks.id = lost.id AND NOT lost.is_final),
        went_on AS (
          INSERT INTO task_attempts (task_id, attempt, outcome, worker, started_at, error)
          SELECT id, attempt, 'lost', worker, started_at, :error
            FROM lost
           WHERE NOT is_final),
        ended AS (
          DELETE FROM tasks
           USING lost
           WHERE tasks.id = lost.id AND lost.is_final
          RETURNING tasks.id, queue, type, priority, tasks.attempt, max_attempts, payload, created_at, run_at,
                    tasks.started_at, lost.worker, timeout_ms, result_ttl_ms, partition, key, progress),
        kept AS (
          INSERT INTO task_history
        """ + HISTORY_COLUMNS + """
          SELECT id, queue, type, 'failed', priority, attempt, max_attempts, payload, created_at, run_at, started_at,
                 worker, timeout_ms, result_ttl_ms, partition, key, progress, :error
            FROM ended)
        SELECT lost.id, lost.is_final AND tasks.has_dependents AS is_parent
          FROM lost
          JOIN tasks ON tasks.id = lost.id -- as the statement found it
        """;

    static final String CANCEL = """
        WITH held AS MATERIALIZED (
          SELECT tasks.id, claims.worker
            FROM tasks
            LEFT JOIN claims ON claims.id = tasks.claim_id
           WHERE tasks.id = ANY (:ids::uuid[])
           ORDER BY tasks.id
             FOR UPDATE OF tasks),
        ended AS (
          DELETE FROM tasks
           USING held
           WHERE tasks.id = held.id
          RETURNING tasks.id, queue, type, priority, attempt, max_attempts, payload, created_at, run_at, started_at,
                    held.worker, timeout_ms, result_ttl_ms, partition, key, progress, error, has_dependents),
        kept AS (
          INSERT INTO task_history
        """ + HISTORY_COLUMNS + """
          SELECT id, queue, type, 'cancelled', priority, attempt, max_attempts, payload, created_at, run_at, started_at,
                 worker, timeout_ms, result_ttl_ms, partition, key, progress, error
            FROM ended),
        edges AS (DELETE FROM task_dependencies WHERE task_id = ANY (ARRAY (SELECT ended.id FROM ended)))
        SELECT id, has_dependents AS is_parent
          FROM ended
        """;

    /** The end that stood in the history goes to the attempts before it. */
    static final String RETRY = """
        WITH ended AS (
          DELETE FROM task_history
           WHERE id = ANY (:ids::uuid[])
             AND state IN ('failed', 'cancelled')
          RETURNING id, queue, type, state, priority, attempt, max_attempts, payload, created_at, started_at, ended_at,
                    worker, timeout_ms, result_ttl_ms, partition, key, error),
        back AS (
          INSERT INTO tasks (id, queue, type, priority, attempt, attempts_end, max_attempts, payload, created_at,
                             started_at, timeout_ms, result_ttl_ms, partition, key, error)
          SELECT id, queue, type, priority, attempt, attempt + max_attempts, max_attempts, payload, created_at,
                 started_at, timeout_ms, result_ttl_ms, partition, key, error
            FROM ended
           ORDER BY id),
        kept AS (
          INSERT INTO task_attempts (task_id, attempt, outcome, worker, started_at, ended_at, error)
          SELECT id, attempt, state, worker, started_at, ended_at,
                 CASE WHEN state = 'cancelled' THEN COALESCE(error, 'cancelled by request') ELSE error END
            FROM ended)
        SELECT id
          FROM ended
        """;

    /** Of several tasks with one key only the newest comes back, and none whose key is held by a live one. */
    static final String RETRYABLE = """
        WITH matching AS MATERIALIZED (
          SELECT id, key
            FROM task_history
           WHERE state <> 'finished' AND state = ANY (:states::text[])
             AND (:type::text IS NULL OR type = :type) AND (:queue::text IS NULL OR queue = :queue)
             AND (:partition::text IS NULL OR partition = :partition)
             AND id BETWEEN :first AND :last AND (cardinality(:ids::uuid[]) = 0 OR id = ANY (:ids::uuid[]))
             AND (key IS NULL OR NOT EXISTS (SELECT FROM tasks WHERE tasks.key = task_history.key))
           ORDER BY id
           LIMIT :limit
             FOR UPDATE SKIP LOCKED)
        SELECT DISTINCT ON (COALESCE(key, id::text)) id
          FROM matching
         ORDER BY COALESCE(key, id::text), id DESC
        """;

    static final String CANCELLABLE = """
        SELECT id
          FROM tasks
         WHERE state = ANY (:states::text[])
           AND (:type::text IS NULL OR type = :type) AND (:queue::text IS NULL OR queue = :queue)
           AND (:partition::text IS NULL OR partition = :partition)
           AND id BETWEEN :first AND :last AND (cardinality(:ids::uuid[]) = 0 OR id = ANY (:ids::uuid[]))
         ORDER BY id
         LIMIT :limit
           FOR UPDATE SKIP LOCKED
        """;

    static final String DISCARD_ALL = """
        WITH matching AS MATERIALIZED (
          SELECT id
            FROM task_history
           WHERE state = ANY (:states::text[])
             AND (:type::text IS NULL OR type = :type) AND (:queue::text IS NULL OR queue = :queue)
             AND (:partition::text IS NULL OR partition = :partition)
             AND id BETWEEN :first AND :last AND (cardinality(:ids::uuid[]) = 0 OR id = ANY (:ids::uuid[]))
           ORDER BY id
           LIMIT :limit
             FOR UPDATE SKIP LOCKED),
        attempts AS (DELETE FROM task_attempts USING matching WHERE task_id = matching.id),
        lines AS (DELETE FROM task_log USING matching WHERE task_id = matching.id)
        DELETE FROM task_history
         WHERE id = ANY (ARRAY (SELECT matching.id FROM matching))
        """;

    static final String COUNT_MATCHING = """
        SELECT count(*)
          FROM (SELECT FROM all_tasks
                 WHERE state = ANY (:states::text[])
                   AND (:type::text IS NULL OR type = :type) AND (:queue::text IS NULL OR queue = :queue)
                   AND (:partition::text IS NULL OR partition = :partition)
                   AND id BETWEEN :first AND :last AND (cardinality(:ids::uuid[]) = 0 OR id = ANY (:ids::uuid[]))
                 LIMIT :max) AS matching
        """;

    static final String DELETE_ENDED = """
        WITH old AS MATERIALIZED (
          SELECT id
            FROM task_history
           WHERE ended_at < now() - :ageMillis * interval '1 ms'
           LIMIT :limit
             FOR UPDATE SKIP LOCKED),
        attempts AS (DELETE FROM task_attempts USING old WHERE task_id = old.id),
        lines AS (DELETE FROM task_log USING old WHERE task_id = old.id)
        DELETE FROM task_history
         WHERE id = ANY (ARRAY (SELECT old.id FROM old))
        """;

    private PostgresTaskQueueSql() {}
}
