-- Until when executions may take whose workflow limits their time; an execution that has ended has none.
CREATE TABLE execution_deadlines (
    execution_id uuid        PRIMARY KEY,
    due_at       timestamptz NOT NULL
);
CREATE INDEX execution_deadlines_due ON execution_deadlines (due_at);
