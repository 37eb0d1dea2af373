-- Processes that run tasks and when they were last heard of; what they run is in claims.
CREATE TABLE workers (
    id          text        PRIMARY KEY,
    types       text[]      NOT NULL,
    concurrency integer     NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    seen_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT concurrency_is_positive CHECK (concurrency > 0)
) WITH (fillfactor = 50);
