DROP TABLE skill_executions;
DROP TABLE remote_tasks;
