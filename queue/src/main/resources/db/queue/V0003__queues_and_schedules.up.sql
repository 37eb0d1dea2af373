-- What handlers wrote while they ran; deleted with its task.
CREATE TABLE task_log (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id uuid        NOT NULL,
    attempt integer     NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    line    text        NOT NULL
);
CREATE INDEX task_log_by_task ON task_log (task_id, id);

-- Every queue that tasks were put into, with what limits it.
CREATE TABLE queues (
    name        text             PRIMARY KEY,
    paused_at   timestamptz,
    concurrency integer, -- tasks started at once, over all workers
    rate        double precision, -- tasks claimed per second, over all workers
    burst       integer, -- tokens that may gather while nothing is claimed
    tokens      double precision NOT NULL DEFAULT 0,
    refilled_at timestamptz      NOT NULL DEFAULT now(),
    CONSTRAINT concurrency_is_positive CHECK (concurrency > 0),
    CONSTRAINT rate_has_burst CHECK ((rate IS NULL) = (burst IS NULL)),
    CONSTRAINT rate_is_positive CHECK (rate > 0 AND burst > 0)
);
INSERT INTO queues (name) SELECT DISTINCT queue FROM tasks ON CONFLICT DO NOTHING;

CREATE TABLE schedules (
    name         text        PRIMARY KEY,
    cron         text,
    every_ms     bigint,
    zone         text        NOT NULL,
    catch_up     text        NOT NULL,
    type         text        NOT NULL,
    queue        text        NOT NULL,
    priority     integer     NOT NULL,
    payload      jsonb       NOT NULL,
    max_attempts integer     NOT NULL,
    timeout_ms   bigint,
    paused_at    timestamptz,
    next_run_at  timestamptz NOT NULL,
    last_run_at  timestamptz,
    last_task_id uuid,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cron_or_interval CHECK ((cron IS NULL) <> (every_ms IS NULL)),
    CONSTRAINT catch_up_is_known CHECK (catch_up IN ('skip', 'one', 'all'))
);
CREATE INDEX schedules_by_next_run ON schedules (next_run_at) WHERE paused_at IS NULL;

-- For clients in other languages: puts a task into its queue; a key that is taken answers with its holder.
CREATE FUNCTION enqueue_task(p_id uuid, p_type text, p_payload jsonb, p_queue text DEFAULT 'default',
    p_priority integer DEFAULT 0, p_delay interval DEFAULT '0', p_max_attempts integer DEFAULT 3,
    p_key text DEFAULT NULL)
    RETURNS uuid
    LANGUAGE plpgsql AS $$
DECLARE
  stored uuid;
BEGIN
  INSERT INTO queues (name) VALUES (p_queue) ON CONFLICT DO NOTHING;
  INSERT INTO tasks (id, type, queue, priority, payload, key, max_attempts, attempts_end, run_at)
  VALUES (p_id, p_type, p_queue, p_priority, p_payload, p_key, p_max_attempts, p_max_attempts, now() + p_delay)
      ON CONFLICT (key) WHERE key IS NOT NULL AND state IN ('queued', 'started') DO NOTHING
  RETURNING id INTO stored;
  IF stored IS NULL THEN
    SELECT t.id INTO stored FROM tasks t WHERE t.key = p_key AND t.state IN ('queued', 'started');
  END IF;
  RETURN stored;
END
$$;

CREATE OR REPLACE FUNCTION cleanup_old_tasks(p_days integer DEFAULT 7) RETURNS bigint LANGUAGE sql AS $$
  WITH gone AS (
    DELETE FROM tasks t
     WHERE t.ended_at < now() - make_interval(days => p_days)
    RETURNING t.id),
  attempts AS (DELETE FROM task_attempts a USING gone WHERE a.task_id = gone.id),
  lines AS (DELETE FROM task_log l USING gone WHERE l.task_id = gone.id)
  SELECT count(*) FROM gone
$$;
