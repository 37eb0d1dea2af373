-- Tasks of remote agents that tasks of the queue wait for; gone when the waiting is over.
CREATE TABLE remote_tasks (
    task_id    uuid        NOT NULL, -- of the queue
    agent      text        NOT NULL, -- its name, or its address
    message_id text        NOT NULL,
    sending_at timestamptz, -- from then on the message may have arrived
    remote_id  text, -- what the agent calls its task; null as long as that is not known
    state      text, -- as it was seen last
    callback   bytea, -- SHA-256 of the token by which the agent says that there is something to see
    wakes      integer     NOT NULL DEFAULT 0, -- how often it has said so
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT remote_tasks_key PRIMARY KEY (task_id),
    CONSTRAINT known_was_sent CHECK (remote_id IS NULL OR sending_at IS NOT NULL),
    CONSTRAINT known_has_state CHECK ((remote_id IS NULL) = (state IS NULL))
);
CREATE UNIQUE INDEX remote_tasks_of_callback ON remote_tasks (callback) WHERE callback IS NOT NULL;

-- Executions of workflows that were called as skills, by the tasks of the queue that wait for them.
CREATE TABLE skill_executions (
    task_id      uuid        NOT NULL, -- of the queue
    execution_id uuid        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT skill_executions_key PRIMARY KEY (task_id)
);
