-- Backups that were made or failed. The target alone says which ones exist; this says what happened.
CREATE TABLE backups (
    id          uuid        PRIMARY KEY, -- UUIDv7: sorts by time
    name        text, -- of the backup that was made
    engine      text        NOT NULL,
    target      text        NOT NULL, -- without secrets
    state       text        NOT NULL,
    rows        bigint      NOT NULL DEFAULT 0,
    bytes       bigint      NOT NULL DEFAULT 0,
    removed     text[]      NOT NULL DEFAULT '{}', -- backups that retention let go of then
    error       text,
    duration_ms bigint      NOT NULL,
    ended_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT engine_is_known CHECK (engine IN ('logical', 'dump')),
    CONSTRAINT state_is_known CHECK (state IN ('finished', 'failed')),
    CONSTRAINT finished_has_a_name CHECK ((state = 'finished') = (name IS NOT NULL)),
    CONSTRAINT failed_has_an_error CHECK ((state = 'failed') = (error IS NOT NULL))
);

-- Rehearsals of a restore.
CREATE TABLE drills (
    id          uuid        PRIMARY KEY, -- UUIDv7: sorts by time
    backup      text, -- absent if there was none to restore
    state       text        NOT NULL,
    rpo_ms      bigint, -- age of the backup's moment: what would be lost
    rto_ms      bigint, -- how long the restore took: when one would go on
    checks      jsonb       NOT NULL DEFAULT '[]',
    error       text,
    duration_ms bigint      NOT NULL,
    ended_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT state_is_known CHECK (state IN ('passed', 'failed')),
    CONSTRAINT passed_was_measured CHECK (state = 'failed' OR (backup IS NOT NULL AND rpo_ms IS NOT NULL
                                                               AND rto_ms IS NOT NULL)),
    CONSTRAINT failed_has_an_error CHECK ((state = 'failed') = (error IS NOT NULL))
);
