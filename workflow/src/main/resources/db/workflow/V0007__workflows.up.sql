-- Definitions never change: applying another one under the same id makes the next version, and an execution keeps its own.
CREATE TABLE workflow_definitions (
    id            text        NOT NULL,
    version       integer     NOT NULL,
    name          text        NOT NULL,
    description   text        NOT NULL DEFAULT '',
    workflow_type text        NOT NULL,
    definition    jsonb       NOT NULL, -- nodes, edges and metadata, as they were applied
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, version),
    CONSTRAINT type_is_known CHECK (workflow_type IN ('linear', 'parallel', 'custom')),
    CONSTRAINT version_is_positive CHECK (version > 0)
);

-- Whoever changes an execution's nodes holds its row: then counters add up, and its events have a sequence without a gap.
-- An execution of a program (version 0: written in Java, not as a definition) has no nodes; its events are its checkpoints.
CREATE TABLE workflow_executions (
    id               uuid        PRIMARY KEY, -- UUIDv7: sorts by creation
    workflow_id      text        NOT NULL,
    workflow_version integer     NOT NULL,
    status           text        NOT NULL DEFAULT 'running',
    input            jsonb       NOT NULL DEFAULT '{}', -- the initial context
    output           jsonb, -- the final context
    key              text, -- at most one execution with it that has not ended
    schedule         text, -- which started it
    parent_id        uuid, -- the execution that waits for this one
    parent_node_id   text,
    forked_from      uuid,
    task_id          uuid, -- of a program: the task that runs it
    total_nodes      integer     NOT NULL DEFAULT 0,
    completed_nodes  integer     NOT NULL DEFAULT 0,
    failed_nodes     integer     NOT NULL DEFAULT 0,
    skipped_nodes    integer     NOT NULL DEFAULT 0,
    active_nodes     integer     NOT NULL DEFAULT 0, -- ready or in a handler's hands, children included
    last_sequence    bigint      NOT NULL DEFAULT 0, -- of its events; of a program: see execution_events
    error_message    text,
    error_node_id    text,
    created_at       timestamptz NOT NULL DEFAULT now(),
    started_at       timestamptz,
    paused_at        timestamptz,
    completed_at     timestamptz,
    CONSTRAINT status_is_known CHECK (status IN ('pending', 'running', 'paused', 'completed', 'failed', 'cancelled')),
    CONSTRAINT ended_has_time CHECK ((status IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL)),
    CONSTRAINT counters_are_positive CHECK (completed_nodes >= 0 AND failed_nodes >= 0 AND skipped_nodes >= 0
                                            AND active_nodes >= 0)
) WITH (fillfactor = 70);
CREATE INDEX workflow_executions_of_workflow ON workflow_executions (workflow_id, id);
CREATE INDEX workflow_executions_live ON workflow_executions (id) WHERE completed_at IS NULL;
CREATE UNIQUE INDEX one_live_execution_per_key ON workflow_executions (key)
    WHERE key IS NOT NULL AND completed_at IS NULL;
CREATE INDEX workflow_executions_of_schedule ON workflow_executions (schedule, id) WHERE schedule IS NOT NULL;
CREATE INDEX workflow_executions_of_parent ON workflow_executions (parent_id) WHERE parent_id IS NOT NULL;

-- One row for each node of an execution, and for each item of a map or child of a group (node_id is then 'parent/item').
-- Without foreign keys: their checks would cost more than the rows; executions are deleted with all that belongs to them.
CREATE TABLE node_states (
    execution_id    uuid        NOT NULL,
    node_id         text        NOT NULL,
    ordinal         integer     NOT NULL, -- place in the definition; of an item: in the list
    parent_node_id  text,
    node_type       text        NOT NULL,
    status          text        NOT NULL DEFAULT 'pending',
    unmet           integer     NOT NULL DEFAULT 0, -- nodes that have to end before this one
    live_inputs     integer     NOT NULL DEFAULT 0, -- of those that ended: how many were not skipped
    task_id         uuid, -- which runs it, or waits to
    attempt_count   integer     NOT NULL DEFAULT 0, -- also those that died with their process
    failure_count   integer     NOT NULL DEFAULT 0, -- what the retry policy limits
    inputs          jsonb, -- its configuration with expressions evaluated; of an item: the item
    outputs         jsonb,
    heartbeat       jsonb, -- what its handler noted last
    due_at          timestamptz, -- until when it waits
    remaining       integer, -- of a map or group: children that have not ended
    next_ordinal    integer, -- of a map or group: the first child that was not started
    started_at      timestamptz,
    completed_at    timestamptz,
    error_message   text,
    error_type      text,
    quality_score   double precision,
    PRIMARY KEY (execution_id, node_id),
    CONSTRAINT status_is_known CHECK (status IN ('pending', 'ready', 'running', 'waiting', 'completed', 'failed', 'skipped',
                                                 'blocked', 'cancelled')),
    CONSTRAINT unmet_is_positive CHECK (unmet >= 0 AND remaining >= 0)
) WITH (fillfactor = 60);
CREATE INDEX node_states_of_parent ON node_states (execution_id, parent_node_id, ordinal) WHERE parent_node_id IS NOT NULL;

-- What happened, in commit order and without a gap. Of a program these are the checkpoints as well: its runner appends with
-- the next sequence, and the key tells a runner that another one has taken over.
CREATE TABLE execution_events (
    execution_id uuid        NOT NULL,
    sequence     bigint      NOT NULL,
    event_type   text        NOT NULL,
    node_id      text,
    message      text,
    data         jsonb,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (execution_id, sequence)
);

-- Messages from outside that a node or program waits for, now or later.
CREATE TABLE execution_signals (
    execution_id uuid        NOT NULL,
    id           bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    name         text        NOT NULL,
    payload      jsonb       NOT NULL,
    sent_at      timestamptz NOT NULL DEFAULT now(),
    consumed_by  text, -- the node, or the step of a program
    PRIMARY KEY (execution_id, id)
);

-- What a node made: small content in the row, large in chunks or in an object store.
CREATE TABLE artifacts (
    id            uuid        PRIMARY KEY,
    execution_id  uuid        NOT NULL,
    node_id       text,
    artifact_type text        NOT NULL,
    name          text        NOT NULL,
    description   text        NOT NULL DEFAULT '',
    content_type  text        NOT NULL,
    size_bytes    bigint      NOT NULL,
    sha256        text        NOT NULL,
    content       bytea,
    s3_uri        text,
    metadata      jsonb       NOT NULL DEFAULT '{}',
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX artifacts_of_execution ON artifacts (execution_id, id);

CREATE TABLE artifact_chunks (
    artifact_id uuid    NOT NULL,
    ordinal     integer NOT NULL,
    content     bytea   NOT NULL,
    PRIMARY KEY (artifact_id, ordinal)
);
ALTER TABLE artifact_chunks ALTER COLUMN content SET STORAGE EXTERNAL; -- content is mostly compressed already
