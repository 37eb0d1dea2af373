-- Keys that sign what travels through MCP clients; made once, by whichever instance needs them first.
CREATE TABLE mcp_keys (
    name       text        PRIMARY KEY,
    key        bytea       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT key_is_long_enough CHECK (length(key) >= 32)
);

-- Answers to the questions of a task, kept until all of them are there.
CREATE TABLE mcp_answers (
    task_id     uuid        NOT NULL,
    question_id text        NOT NULL, -- the message that asks
    key         text        NOT NULL, -- of the question in it
    answer      jsonb       NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT mcp_answers_key PRIMARY KEY (task_id, question_id, key)
);
CREATE INDEX mcp_answers_by_age ON mcp_answers (created_at);
