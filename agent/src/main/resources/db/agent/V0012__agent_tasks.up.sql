-- Who talks: a context holds the tasks of one conversation.
CREATE TABLE agent_contexts (
    owner      text        NOT NULL, -- who may see it: the caller, and the tenant that was named
    id         text        NOT NULL, -- given by the caller, or a UUID
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT agent_contexts_key PRIMARY KEY (owner, id)
);

-- Tasks of agents, whatever protocol they came by. Whoever changes one holds its row: its events then have a sequence
-- without a gap, and its last sequence is its version. History and artifacts are its events; nothing is written twice.
CREATE TABLE agent_tasks (
    id             uuid           PRIMARY KEY, -- UUIDv7: sorts by creation
    owner          text           NOT NULL,
    context_id     text           NOT NULL,
    skill          text, -- what runs it, as soon as that is known
    state          text           NOT NULL DEFAULT 'submitted',
    status_message jsonb, -- what the agent said last
    status_at      timestamptz(3) NOT NULL DEFAULT now(), -- as exact as the protocol writes it
    last_sequence  bigint         NOT NULL DEFAULT 0,
    run_id         uuid, -- the task of the queue that runs it
    fence          integer        NOT NULL DEFAULT 0, -- the attempt of that task which may write
    continuation   jsonb, -- what the skill wants back together with the answer that it asked for
    metadata       jsonb,
    created_at     timestamptz(3) NOT NULL DEFAULT now(),
    ended_at       timestamptz(3),
    CONSTRAINT state_is_known CHECK (state IN ('submitted', 'working', 'input-required', 'auth-required', 'completed',
                                               'failed', 'canceled', 'rejected')),
    CONSTRAINT ended_has_time CHECK ((state IN ('completed', 'failed', 'canceled', 'rejected')) = (ended_at IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX agent_tasks_by_status_time ON agent_tasks (owner, status_at DESC, id DESC);
CREATE INDEX agent_tasks_of_context ON agent_tasks (owner, context_id, status_at DESC, id DESC);
CREATE INDEX agent_tasks_live ON agent_tasks (id) WHERE ended_at IS NULL;
CREATE INDEX agent_tasks_ended ON agent_tasks (ended_at) WHERE ended_at IS NOT NULL;

-- What happened in tasks, appended once. Without foreign keys: their checks would cost more than the rows; tasks are
-- deleted with all that belongs to them.
CREATE TABLE agent_events (
    task_id    uuid           NOT NULL,
    sequence   bigint         NOT NULL, -- from 1, without a gap, in the order of commits
    kind       text           NOT NULL,
    payload    jsonb          NOT NULL, -- as the protocol writes it
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT agent_events_key PRIMARY KEY (task_id, sequence),
    CONSTRAINT kind_is_known CHECK (kind IN ('message', 'status', 'artifact'))
);

-- Messages that were taken, so that one that is sent again is not taken twice.
CREATE TABLE agent_requests (
    owner        text        NOT NULL,
    key          text        NOT NULL, -- of the message, or of the request
    request_hash text        NOT NULL, -- of what was asked for
    task_id      uuid        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT agent_requests_key PRIMARY KEY (owner, key)
);
CREATE INDEX agent_requests_of_task ON agent_requests (task_id);

-- Where events of a task are posted to.
CREATE TABLE push_configs (
    task_id     uuid        NOT NULL,
    id          text        NOT NULL, -- given by the caller, or a UUID
    url         text        NOT NULL,
    endpoint    text        NOT NULL, -- scheme, host and port of the url: what is broken or well
    token       jsonb, -- sealed, as are the credentials
    scheme      text,
    credentials jsonb,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT push_configs_key PRIMARY KEY (task_id, id)
);

-- One event to be posted to one place.
CREATE TABLE push_deliveries (
    id           uuid        PRIMARY KEY, -- UUIDv7; receivers know a repetition by it
    task_id      uuid        NOT NULL,
    config_id    text        NOT NULL,
    sequence     bigint      NOT NULL, -- of the event
    state        text        NOT NULL DEFAULT 'pending',
    attempts     integer     NOT NULL DEFAULT 0,
    due_at       timestamptz NOT NULL DEFAULT now(), -- when it is tried next
    last_status  integer, -- what the other side answered
    last_error   text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    CONSTRAINT push_deliveries_once UNIQUE (task_id, config_id, sequence),
    CONSTRAINT state_is_known CHECK (state IN ('pending', 'delivered', 'dead', 'discarded')),
    CONSTRAINT ended_has_time CHECK ((state = 'pending') = (ended_at IS NULL))
);
CREATE INDEX push_deliveries_pending ON push_deliveries (due_at) WHERE state = 'pending';
CREATE INDEX push_deliveries_dead ON push_deliveries (ended_at) WHERE state = 'dead';

-- How the places are that events are posted to; a broken one is left alone for a while.
CREATE TABLE push_endpoints (
    endpoint     text        PRIMARY KEY,
    failures     integer     NOT NULL DEFAULT 0, -- one after the other
    opened_at    timestamptz, -- since when nothing is sent but probes
    probe_at     timestamptz, -- when the next one may try
    last_error   text,
    last_success timestamptz,
    last_failure timestamptz,
    CONSTRAINT open_has_probe CHECK ((opened_at IS NULL) = (probe_at IS NULL))
);
