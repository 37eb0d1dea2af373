package dev.howdah.queue;

/** The statements of {@link PostgresTaskQueue}. */
final class PostgresTaskQueueSql {
    private static final String COLUMNS = """
        id, type, queue, state, priority, payload, created_at, run_at, started_at, ended_at, worker, attempt,
               max_attempts, key, result, error, timeout_ms, progress
        """;

    /** A key that is taken inserts nothing; {@link #KEY_HOLDERS} then finds who holds it. */
    static final String ENQUEUE = """
        INSERT INTO tasks (id, type, queue, priority, payload, key, max_attempts, attempts_end, timeout_ms, run_at)
        SELECT id, type, queue, priority, payload::jsonb, key, max_attempts, max_attempts, timeout_ms,
               COALESCE(run_at, now() + delay_ms * interval '1 ms')
          FROM unnest(:ids::uuid[], :types::text[], :queues::text[], :priorities::int[], :payloads::text[],
                      :keys::text[], :maxAttempts::int[], :timeouts::bigint[], :delays::bigint[],
                      :runAts::timestamptz[])
               AS given (id, type, queue, priority, payload, key, max_attempts, timeout_ms, delay_ms, run_at)
            ON CONFLICT (key) WHERE key IS NOT NULL AND state IN ('queued', 'started') DO NOTHING
        RETURNING id
        """;

    /** Three times as fast as INSERT; for tasks that are due at once and have no key. */
    static final String COPY = """
        COPY tasks (id, type, queue, priority, payload, max_attempts, attempts_end, timeout_ms) FROM STDIN
        """;

    static final String KEY_HOLDERS = """
        SELECT key, id
          FROM tasks
         WHERE key = ANY (:keys::text[])
           AND state IN ('queued', 'started')
        """;

    static final String REGISTER_QUEUES = """
        INSERT INTO queues (name)
        SELECT name
          FROM unnest(:names::text[]) AS name
         ORDER BY name
            ON CONFLICT DO NOTHING
        """;

    /** Claims of a limited queue take turns: who finds its row locked leaves that queue out this time. */
    static final String LOCK_LIMITED = """
        SELECT name, concurrency, rate,
               LEAST(burst, tokens + GREATEST(extract(epoch FROM now() - refilled_at), 0) * rate) AS tokens
          FROM queues
         WHERE paused_at IS NULL AND (concurrency IS NOT NULL OR rate IS NOT NULL)
         ORDER BY name
           FOR UPDATE SKIP LOCKED
        """;

    static final String ANY_LIMITED = """
        SELECT EXISTS (SELECT FROM queues
                        WHERE paused_at IS NULL AND (concurrency IS NOT NULL OR rate IS NOT NULL))
        """;

    static final String COUNT_STARTED = """
        SELECT queue, count(*) AS tasks
          FROM tasks
         WHERE state = 'started' AND queue = ANY (:names::text[])
         GROUP BY queue
        """;

    static final String TAKE_TOKENS = """
        UPDATE queues
           SET tokens = given.tokens, refilled_at = GREATEST(refilled_at, now())
          FROM unnest(:names::text[], :tokens::float8[]) AS given (name, tokens)
         WHERE queues.name = given.name
        """;

    /** Queue by queue, each at most as many as it has room for; then the best of all of them. */
    static final String CLAIM = """
        WITH open AS (
          SELECT name, :limit AS room
            FROM queues
           WHERE paused_at IS NULL AND concurrency IS NULL AND rate IS NULL
           UNION ALL
          SELECT name, room
            FROM unnest(:limitedNames::text[], :rooms::int[]) AS limited (name, room)),
        due AS MATERIALIZED ( -- once: as a plain subselect the planner may repeat it and exceed the limit
          SELECT best.id
            FROM open
           CROSS JOIN LATERAL (
             SELECT id, priority, run_at
               FROM tasks
              WHERE queue = open.name AND state = 'queued' AND run_at <= now() AND type = ANY (:types::text[])
              ORDER BY priority DESC, run_at, id
              LIMIT open.room
                FOR UPDATE SKIP LOCKED) AS best
           ORDER BY best.priority DESC, best.run_at, best.id
           LIMIT :limit)
        UPDATE tasks
           SET state = 'started', worker = :worker, started_at = now(),
               lease_until = now() + :leaseMillis * interval '1 ms', attempt = attempt + 1
         WHERE id = ANY (ARRAY (SELECT due.id FROM due)) -- as a join it may become a scan of the whole table
        RETURNING tasks.id, type, queue, priority, payload, attempt, attempts_end, worker, created_at, run_at,
                  lease_until, timeout_ms
        """;

    static final String HEARTBEAT = """
        UPDATE tasks
           SET lease_until = now() + :leaseMillis * interval '1 ms'
          FROM unnest(:ids::uuid[], :attempts::int[]) AS held (id, attempt)
         WHERE tasks.id = held.id
           AND tasks.attempt = held.attempt
           AND state = 'started'
        RETURNING tasks.id
        """;

    /**
     * Ends attempts under their fence; the same statement keeps those after which the task goes on. A released or snoozed attempt does not
     * count: its number is not used again, because it is the fence; the task gets one more instead.
     */
    static final String COMPLETE = """
        WITH ended AS (
          UPDATE tasks
             SET state = CASE WHEN outcome = 'finished' THEN 'finished'
                              WHEN outcome = 'failed' AND (tasks.attempt >= attempts_end OR NOT retryable)
                              THEN 'failed'
                              ELSE 'queued' END,
                 ended_at = CASE WHEN outcome = 'finished'
                                   OR (outcome = 'failed' AND (tasks.attempt >= attempts_end OR NOT retryable))
                                 THEN now() END,
                 run_at = CASE WHEN outcome IN ('failed', 'snoozed') THEN now() + delay_ms * interval '1 ms'
                               ELSE run_at END,
                 attempts_end = attempts_end + CASE WHEN outcome IN ('released', 'snoozed') THEN 1 ELSE 0 END,
                 lease_until = NULL,
                 result = given.result::jsonb,
                 error = CASE WHEN outcome IN ('released', 'snoozed') THEN tasks.error ELSE given.error END
            FROM unnest(:ids::uuid[], :attempts::int[], :outcomes::text[], :results::text[], :errors::text[],
                        :retryables::boolean[], :delays::bigint[])
                 AS given (id, attempt, outcome, result, error, retryable, delay_ms)
           WHERE tasks.id = given.id
             AND tasks.attempt = given.attempt
             AND state = 'started'
          RETURNING tasks.id, given.attempt, given.outcome, state, worker, started_at, given.error),
        kept AS (
          INSERT INTO task_attempts (task_id, attempt, outcome, worker, started_at, error)
          SELECT id, attempt, outcome, worker, started_at, error
            FROM ended
           WHERE state = 'queued')
        SELECT id
          FROM ended
        """;

    static final String REPORT_PROGRESS = """
        UPDATE tasks
           SET progress = given.progress::jsonb
          FROM unnest(:ids::uuid[], :attempts::int[], :progress::text[]) AS given (id, attempt, progress)
         WHERE tasks.id = given.id
           AND tasks.attempt = given.attempt
           AND state = 'started'
        """;

    static final String REPORT_LINES = """
        INSERT INTO task_log (task_id, attempt, line)
        SELECT given.id, given.attempt, given.line
          FROM unnest(:ids::uuid[], :attempts::int[], :lines::text[]) WITH ORDINALITY
               AS given (id, attempt, line, position)
          JOIN tasks ON tasks.id = given.id AND tasks.attempt = given.attempt AND tasks.state = 'started'
         ORDER BY position
        """;

    static final String LOG = """
        SELECT id, attempt, at, line
          FROM task_log
         WHERE task_id = :id AND id > :after
         ORDER BY id
         LIMIT :limit
        """;

    static final String RECOVER_LOST = """
        WITH lost AS MATERIALIZED (
          SELECT id
            FROM tasks
           WHERE state = 'started' AND lease_until < now()
           ORDER BY lease_until
           LIMIT :limit
             FOR UPDATE SKIP LOCKED),
        back AS (
          UPDATE tasks
             SET state = CASE WHEN attempt < attempts_end THEN 'queued' ELSE 'failed' END,
                 ended_at = CASE WHEN attempt < attempts_end THEN NULL ELSE now() END,
                 lease_until = NULL,
                 error = :error
            FROM lost
           WHERE tasks.id = lost.id
          RETURNING tasks.id, attempt, state, worker, started_at),
        kept AS (
          INSERT INTO task_attempts (task_id, attempt, outcome, worker, started_at, error)
          SELECT id, attempt, 'lost', worker, started_at, :error
            FROM back
           WHERE state = 'queued')
        SELECT id
          FROM back
        """;

    static final String CANCEL = """
        UPDATE tasks
           SET state = 'cancelled', ended_at = now(), lease_until = NULL
         WHERE id = :id
           AND state IN ('queued', 'started')
        RETURNING id
        """;

    /** The end that stood in the task goes to those of the attempts before it. */
    static final String RETRY = """
        WITH ended AS (
          SELECT task_id, attempt, outcome, worker, started_at, ended_at, error
            FROM task_history
           WHERE task_id = :id AND outcome IN ('failed', 'cancelled')
           ORDER BY ended_at DESC
           LIMIT 1),
        back AS (
          UPDATE tasks
             SET state = 'queued', run_at = now(), ended_at = NULL, attempts_end = attempt + max_attempts
           WHERE id = :id
             AND state IN ('failed', 'cancelled')
          RETURNING id),
        kept AS (
          INSERT INTO task_attempts (task_id, attempt, outcome, worker, started_at, ended_at, error)
          SELECT task_id, attempt, outcome, worker, started_at, ended_at, error
            FROM ended
            JOIN back ON back.id = ended.task_id)
        SELECT id
          FROM back
        """;

    static final String CANCEL_ALL = """
        WITH matching AS MATERIALIZED (
          SELECT id
            FROM tasks
           WHERE state = ANY (:states::text[])
             AND (:type::text IS NULL OR type = :type) AND (:queue::text IS NULL OR queue = :queue)
           ORDER BY id
           LIMIT :limit
             FOR UPDATE SKIP LOCKED)
        UPDATE tasks
           SET state = 'cancelled', ended_at = now(), lease_until = NULL
          FROM matching
         WHERE tasks.id = matching.id
        """;

    /** Of several tasks with one key only the newest comes back, and none whose key is held by a live one. */
    static final String RETRY_ALL = """
        WITH matching AS MATERIALIZED (
          SELECT id, key
            FROM tasks
           WHERE state = ANY (:states::text[])
             AND (:type::text IS NULL OR type = :type) AND (:queue::text IS NULL OR queue = :queue)
             AND (key IS NULL OR NOT EXISTS (SELECT FROM tasks live
                                              WHERE live.key = tasks.key AND live.state IN ('queued', 'started')))
           ORDER BY id
           LIMIT :limit
             FOR UPDATE SKIP LOCKED),
        newest AS (
          SELECT DISTINCT ON (COALESCE(key, id::text)) id
            FROM matching
           ORDER BY COALESCE(key, id::text), id DESC),
        kept AS (
          INSERT INTO task_attempts (task_id, attempt, outcome, worker, started_at, ended_at, error)
          SELECT tasks.id, attempt, state, worker, started_at, ended_at, error
            FROM tasks
            JOIN newest ON newest.id = tasks.id)
        UPDATE tasks
           SET state = 'queued', run_at = now(), ended_at = NULL, attempts_end = attempt + max_attempts
          FROM newest
         WHERE tasks.id = newest.id
        """;

    static final String DISCARD_ALL = """
        WITH matching AS MATERIALIZED (
          SELECT id
            FROM tasks
           WHERE state = ANY (:states::text[])
             AND (:type::text IS NULL OR type = :type) AND (:queue::text IS NULL OR queue = :queue)
           ORDER BY id
           LIMIT :limit
             FOR UPDATE SKIP LOCKED),
        attempts AS (DELETE FROM task_attempts USING matching WHERE task_id = matching.id),
        lines AS (DELETE FROM task_log USING matching WHERE task_id = matching.id)
        DELETE FROM tasks
         USING matching
         WHERE tasks.id = matching.id
        """;

    static final String COUNT_MATCHING = """
        SELECT count(*)
          FROM (SELECT FROM tasks
                 WHERE state = ANY (:states::text[])
                   AND (:type::text IS NULL OR type = :type) AND (:queue::text IS NULL OR queue = :queue)
                 LIMIT :max) AS matching
        """;

    static final String FIND = "SELECT " + COLUMNS + """
          FROM tasks
         WHERE id = ANY (:ids::uuid[])
        """;

    /** Ids are UUIDv7: their order is the order of creation. */
    static final String LIST = "SELECT " + COLUMNS + """
          FROM tasks
         WHERE (:before::uuid IS NULL OR id < :before::uuid)
           AND (cardinality(:states::text[]) = 0 OR state = ANY (:states::text[]))
           AND (:type::text IS NULL OR type = :type)
           AND (:queue::text IS NULL OR queue = :queue)
         ORDER BY id DESC
         LIMIT :limit
        """;

    static final String ATTEMPTS = """
        SELECT attempt, outcome, worker, started_at, ended_at, result, error
          FROM task_history
         WHERE task_id = :id
         ORDER BY ended_at, attempt
        """;

    static final String COUNT_BY_STATE = """
        SELECT state, count(*) AS tasks
          FROM tasks
         GROUP BY state
        """;

    static final String COUNT_BY_TYPE = """
        SELECT type, count(*) AS tasks
          FROM tasks
         WHERE created_at > now() - interval '24 hours'
         GROUP BY type
        """;

    static final String TIMES = """
        SELECT (SELECT avg(extract(epoch FROM ended_at - started_at) * 1000)
                  FROM (SELECT started_at, ended_at, state
                          FROM tasks
                         WHERE ended_at IS NOT NULL
                         ORDER BY ended_at DESC
                         LIMIT 1000) AS newest
                 WHERE state = 'finished') AS average_ms,
               (SELECT extract(epoch FROM now() - min(run_at)) * 1000
                  FROM tasks
                 WHERE state = 'queued' AND run_at <= now()) AS oldest_wait_ms,
               (SELECT count(*)
                  FROM tasks
                 WHERE state = 'finished' AND ended_at > now() - interval '1 minute') AS finished_last_minute
        """;

    static final String DELETE_ENDED = """
        WITH old AS MATERIALIZED (
          SELECT id
            FROM tasks
           WHERE ended_at < now() - :ageMillis * interval '1 ms'
           ORDER BY ended_at
           LIMIT :limit
             FOR UPDATE SKIP LOCKED),
        attempts AS (DELETE FROM task_attempts USING old WHERE task_id = old.id),
        lines AS (DELETE FROM task_log USING old WHERE task_id = old.id)
        DELETE FROM tasks
         USING old
         WHERE tasks.id = old.id
        """;

    private PostgresTaskQueueSql() {}
}
