CREATE TABLE tasks (
    id           uuid        PRIMARY KEY,
    type         text        NOT NULL,
    queue        text        NOT NULL DEFAULT 'default',
    state        text        NOT NULL DEFAULT 'queued',
    priority     integer     NOT NULL DEFAULT 0,
    payload      jsonb       NOT NULL,
    key          text,
    attempt      integer     NOT NULL DEFAULT 0,
    attempts_end integer     NOT NULL DEFAULT 3, -- the attempt that is the last one; a retry by hand raises it
    max_attempts integer     NOT NULL DEFAULT 3,
    created_at   timestamptz NOT NULL DEFAULT now(),
    run_at       timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz,
    ended_at     timestamptz,
    worker       text,
    lease_until  timestamptz,
    result       jsonb,
    error        text,
    timeout_ms   bigint,
    progress     jsonb, -- what the handler reported last: {"percent", "message"}
    CONSTRAINT state_is_known CHECK (state IN ('queued', 'started', 'finished', 'failed', 'cancelled')),
    CONSTRAINT started_has_worker_and_lease
        CHECK ((state = 'started') = (lease_until IS NOT NULL) AND (state <> 'started' OR worker IS NOT NULL)),
    CONSTRAINT ended_has_ended_at CHECK ((state IN ('finished', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
    CONSTRAINT attempts_are_limited CHECK (attempt >= 0 AND attempt <= attempts_end),
    CONSTRAINT only_finished_has_result CHECK (result IS NULL OR state = 'finished'),
    CONSTRAINT timeout_is_positive CHECK (timeout_ms > 0)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

-- In the order of claiming, queue by queue, and only what can be claimed: the index stays small whatever is kept.
CREATE INDEX tasks_to_claim ON tasks (queue, priority DESC, run_at, id) WHERE state = 'queued';
CREATE INDEX tasks_running ON tasks (queue, lease_until) WHERE state = 'started';
CREATE INDEX tasks_by_end ON tasks (ended_at) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX one_live_task_per_key ON tasks (key) WHERE key IS NOT NULL AND state IN ('queued', 'started');

-- How attempts ended after which the task went on. The end of the last one stands in the task itself, so that a task that
-- succeeds at once, as most do, costs no row here. Deleted with its task, without a foreign key: its checks would cost more
-- than the rows.
CREATE TABLE task_attempts (
    task_id    uuid        NOT NULL,
    attempt    integer     NOT NULL,
    outcome    text        NOT NULL,
    worker     text,
    started_at timestamptz,
    ended_at   timestamptz NOT NULL DEFAULT now(),
    error      text,
    CONSTRAINT outcome_is_known CHECK (outcome IN ('failed', 'lost', 'cancelled', 'released', 'snoozed'))
);
CREATE INDEX task_attempts_by_task ON task_attempts (task_id, ended_at);

-- How every attempt ended.
CREATE VIEW task_history AS
SELECT task_id, attempt, outcome, worker, started_at, ended_at, NULL::jsonb AS result, error
  FROM task_attempts
 UNION ALL
SELECT id, attempt, state, worker, started_at, ended_at, result,
       CASE WHEN state = 'cancelled' THEN 'cancelled by request' ELSE error END
  FROM tasks
 WHERE ended_at IS NOT NULL;

-- For clients in other languages: claim, report, tidy up. A claim holds for the lease; report with the attempt that
-- the claim answered, and a report that comes too late changes nothing.

CREATE FUNCTION get_next_task(p_worker text, p_types text[] DEFAULT NULL, p_lease interval DEFAULT '10 minutes')
    RETURNS TABLE (task_id uuid, task_type text, task_payload jsonb, task_attempt integer, task_max_attempts integer)
    LANGUAGE sql AS $$
  WITH due AS MATERIALIZED (
    SELECT t.id
      FROM tasks t
     WHERE t.state = 'queued' AND t.run_at <= now() AND (p_types IS NULL OR t.type = ANY (p_types))
     ORDER BY t.priority DESC, t.run_at, t.id
     LIMIT 1
       FOR UPDATE SKIP LOCKED)
  UPDATE tasks t
     SET state = 'started', worker = p_worker, started_at = now(), lease_until = now() + p_lease,
         attempt = t.attempt + 1
    FROM due
   WHERE t.id = due.id
  RETURNING t.id, t.type, t.payload, t.attempt, t.max_attempts
$$;

-- p_status: finished, failed (queued again while attempts are left), or started to extend the lease.
CREATE FUNCTION update_task_status(p_task uuid, p_attempt integer, p_status text, p_result jsonb DEFAULT NULL,
    p_error text DEFAULT NULL, p_lease interval DEFAULT '10 minutes', p_retry_after interval DEFAULT '10 seconds')
    RETURNS boolean
    LANGUAGE plpgsql AS $$
DECLARE
  moved integer;
BEGIN
  IF p_status NOT IN ('finished', 'failed', 'started') THEN
    RAISE EXCEPTION 'status "%" cannot be reported; use finished, failed or started', p_status
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF p_status = 'started' THEN
    UPDATE tasks t
       SET lease_until = now() + p_lease
     WHERE t.id = p_task AND t.state = 'started' AND t.attempt = p_attempt;
    GET DIAGNOSTICS moved = ROW_COUNT;
    RETURN moved = 1;
  END IF;
  WITH ended AS (
    UPDATE tasks t
       SET state = CASE WHEN p_status = 'failed' AND t.attempt < t.attempts_end THEN 'queued' ELSE p_status END,
           run_at = CASE WHEN p_status = 'failed' THEN now() + p_retry_after ELSE t.run_at END,
           ended_at = CASE WHEN p_status = 'finished' OR t.attempt >= t.attempts_end THEN now() END,
           lease_until = NULL,
           result = CASE WHEN p_status = 'finished' THEN COALESCE(p_result, t.result) END,
           error = CASE WHEN p_status = 'failed' THEN COALESCE(p_error, t.error) END
     WHERE t.id = p_task AND t.state = 'started' AND t.attempt = p_attempt
    RETURNING t.id, t.attempt, t.state, t.worker, t.started_at),
  kept AS (
    INSERT INTO task_attempts (task_id, attempt, outcome, worker, started_at, error)
    SELECT e.id, e.attempt, p_status, e.worker, e.started_at, p_error
      FROM ended e
     WHERE e.state = 'queued')
  SELECT count(*) INTO moved FROM ended;
  RETURN moved = 1;
END
$$;

CREATE FUNCTION cleanup_old_tasks(p_days integer DEFAULT 7) RETURNS bigint LANGUAGE sql AS $$
  WITH gone AS (
    DELETE FROM tasks t
     WHERE t.ended_at < now() - make_interval(days => p_days)
    RETURNING t.id),
  attempts AS (DELETE FROM task_attempts a USING gone WHERE a.task_id = gone.id)
  SELECT count(*) FROM gone
$$;

CREATE VIEW task_statistics AS
SELECT t.type AS task_type, t.state AS status, count(*) AS count,
       avg(extract(epoch FROM t.ended_at - t.started_at)) FILTER (WHERE t.state = 'finished') AS avg_duration_seconds,
       max(t.ended_at) FILTER (WHERE t.state = 'finished') AS last_completed
  FROM tasks t
 GROUP BY t.type, t.state;
