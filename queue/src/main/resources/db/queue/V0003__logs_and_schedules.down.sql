CREATE OR REPLACE FUNCTION cleanup_old_tasks(p_days integer DEFAULT 7) RETURNS bigint LANGUAGE sql AS $$
  WITH gone AS (
    DELETE FROM task_history t
     WHERE t.ended_at < now() - make_interval(days => p_days)
    RETURNING t.id),
  attempts AS (DELETE FROM task_attempts a USING gone WHERE a.task_id = gone.id)
  SELECT count(*) FROM gone
$$;
DROP FUNCTION enqueue_task(uuid, text, jsonb, text, integer, interval, integer, text);
DROP TABLE task_rates, schedules, task_log;
