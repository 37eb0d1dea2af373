DROP VIEW task_statistics;
DROP FUNCTION cleanup_old_tasks(integer);
DROP FUNCTION update_task_status(uuid, integer, text, jsonb, text, interval, interval);
DROP FUNCTION get_next_task(text, text[], interval);
DROP VIEW task_history;
DROP TABLE task_attempts;
DROP TABLE tasks;
