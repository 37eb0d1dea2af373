-- Imports and how far they have come. A batch and its checkpoint commit together.
CREATE TABLE imports (
    id          uuid        PRIMARY KEY,
    kind        text        NOT NULL,
    source      text        NOT NULL, -- without secrets
    target      text        NOT NULL,
    state       text        NOT NULL DEFAULT 'running',
    finished_parts text[]   NOT NULL DEFAULT '{}', -- databases, collections or files that were read to their end
    part        text, -- the one that is being read
    position    jsonb, -- how far
    report      jsonb       NOT NULL DEFAULT '{}',
    error       text,
    lease       uuid, -- of the process that runs it
    lease_until timestamptz NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    ended_at    timestamptz,
    CONSTRAINT kind_is_known CHECK (kind IN ('redis', 'rdb', 'mongo', 'bson', 'json')),
    CONSTRAINT state_is_known CHECK (state IN ('running', 'stopped', 'finished', 'different', 'abandoned')),
    CONSTRAINT names_fit_an_index CHECK (octet_length(source) <= 1200 AND octet_length(target) <= 600),
    CONSTRAINT only_running_has_lease CHECK ((state = 'running') = (lease IS NOT NULL)),
    CONSTRAINT ended_has_ended_at CHECK ((state IN ('finished', 'different', 'abandoned')) = (ended_at IS NOT NULL))
) WITH (fillfactor = 50);

-- The one that is gone on with when the same is imported again.
CREATE UNIQUE INDEX imports_open ON imports (kind, source, target) WHERE state IN ('running', 'stopped');

-- What was written, with a checksum of what the source gave, until it has been compared with what is there.
CREATE TABLE import_records (
    import      uuid        NOT NULL,
    batch       bigint      NOT NULL,
    target      text        NOT NULL COLLATE "C",
    key         bytea       NOT NULL,
    checksum    bigint      NOT NULL,
    expires_at  timestamptz
);
