DROP TABLE artifact_chunks;
DROP TABLE artifacts;
DROP TABLE execution_signals;
DROP TABLE execution_events;
DROP TABLE node_states;
DROP TABLE workflow_executions;
DROP TABLE workflow_definitions;
