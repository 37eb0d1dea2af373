-- Requests that must not be carried out twice, with what they were answered.
CREATE TABLE idempotent_requests (
    key        text        PRIMARY KEY,
    request    text        NOT NULL, -- SHA-256 of path and body
    answer     jsonb       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idempotent_requests_by_age ON idempotent_requests (created_at);
