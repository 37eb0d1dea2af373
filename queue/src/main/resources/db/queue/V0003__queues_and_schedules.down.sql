DROP FUNCTION enqueue_task(uuid, text, jsonb, text, integer, interval, integer, text);
DROP TABLE schedules;
DROP TABLE queues;
DROP TABLE task_log;
DELETE FROM task_history WHERE outcome = 'snoozed';
ALTER TABLE task_history
    DROP CONSTRAINT outcome_is_known,
    ADD CONSTRAINT outcome_is_known
        CHECK (outcome IN ('finished', 'failed', 'lost', 'cancelled', 'released'));
DROP INDEX tasks_running;
DROP INDEX tasks_to_claim;
CREATE INDEX tasks_to_claim ON tasks (priority DESC, run_at, id) WHERE state = 'queued';
ALTER TABLE tasks DROP COLUMN progress, DROP COLUMN timeout_ms;
