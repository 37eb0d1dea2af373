-- Sessions of users and agents. The id that a client holds is nowhere, only its SHA-256; "id" is the public handle.
-- Nothing that a request changes (accessed_at, expires_at, attributes, version) is indexed, so that such updates stay HOT.
CREATE TABLE sessions (
    id             uuid        PRIMARY KEY,
    id_hash        bytea       NOT NULL,
    previous_hash  bytea,
    previous_until timestamptz,
    user_id        text,
    agent_id       text,
    attributes     jsonb       NOT NULL DEFAULT '{}',
    metadata       jsonb       NOT NULL DEFAULT '{}',
    version        bigint      NOT NULL DEFAULT 1,
    ip_address     inet,
    user_agent     text,
    idle_ms        bigint      NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    accessed_at    timestamptz NOT NULL DEFAULT now(),
    expires_at     timestamptz NOT NULL,
    absolute_until timestamptz NOT NULL,
    ended_at       timestamptz,
    end_reason     text,
    CONSTRAINT id_hash_is_sha256 CHECK (octet_length(id_hash) = 32),
    CONSTRAINT previous_hash_is_sha256 CHECK (octet_length(previous_hash) = 32),
    CONSTRAINT previous_has_an_end CHECK ((previous_hash IS NULL) = (previous_until IS NULL)),
    CONSTRAINT attributes_are_an_object CHECK (jsonb_typeof(attributes) = 'object'),
    CONSTRAINT metadata_is_an_object CHECK (jsonb_typeof(metadata) = 'object'),
    CONSTRAINT idle_is_positive CHECK (idle_ms > 0),
    CONSTRAINT expires_within_the_absolute_limit CHECK (expires_at <= absolute_until),
    CONSTRAINT ended_has_a_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT end_reason_is_known CHECK (end_reason IN ('deleted', 'revoked', 'displaced', 'expired'))
) WITH (fillfactor = 70);

CREATE UNIQUE INDEX sessions_id_hash ON sessions (id_hash);
CREATE UNIQUE INDEX sessions_previous_hash ON sessions (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX sessions_user ON sessions (user_id, id) WHERE ended_at IS NULL AND user_id IS NOT NULL;
CREATE INDEX sessions_agent ON sessions (agent_id, id) WHERE ended_at IS NULL AND agent_id IS NOT NULL;
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;
