-- What handlers wrote while they ran; deleted with its task.
CREATE TABLE task_log (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id uuid        NOT NULL,
    attempt integer     NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    line    text        NOT NULL
);
CREATE INDEX task_log_by_task ON task_log (task_id, id);

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

-- What ended, by minute; each process adds rows of its own, so that none is updated often.
CREATE TABLE task_rates (
    minute     timestamptz NOT NULL,
    queue      text        NOT NULL,
    finished   bigint      NOT NULL,
    failed     bigint      NOT NULL, -- for good
    retried    bigint      NOT NULL, -- attempts after which the task went on
    wait_ms    bigint      NOT NULL, -- from when it could run to its start, in total
    run_ms     bigint      NOT NULL,
    run_ms_max bigint      NOT NULL
);
CREATE INDEX task_rates_by_minute ON task_rates (minute);

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
  INSERT INTO lanes (queue, priority) VALUES (p_queue, p_priority) ON CONFLICT DO NOTHING;
  IF EXISTS (SELECT FROM queues q WHERE q.name = p_queue AND q.draining_at IS NOT NULL) THEN
    RAISE EXCEPTION 'queue "%" is draining and takes no new tasks', p_queue
      USING HINT = 'resume it with: howdah queue resume ' || p_queue, ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  INSERT INTO tasks (id, type, queue, priority, payload, key, max_attempts, attempts_end, ready, run_at)
  VALUES (p_id, p_type, p_queue, p_priority, p_payload, p_key, p_max_attempts, p_max_attempts,
          p_delay <= interval '0', now() + p_delay)
      ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
  RETURNING id INTO stored;
  IF stored IS NULL THEN
    SELECT t.id INTO stored FROM tasks t WHERE t.key = p_key;
  END IF;
  RETURN stored;
END
$$;

CREATE OR REPLACE FUNCTION cleanup_old_tasks(p_days integer DEFAULT 7) RETURNS bigint LANGUAGE sql AS $$
  WITH gone AS (
    DELETE FROM task_history t
     WHERE t.ended_at < now() - make_interval(days => p_days)
    RETURNING t.id),
  attempts AS (DELETE FROM task_attempts a USING gone WHERE a.task_id = gone.id),
  lines AS (DELETE FROM task_log l USING gone WHERE l.task_id = gone.id)
  SELECT count(*) FROM gone
$$;
