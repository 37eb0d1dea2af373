-- One row that processes with replicas write each second: a replica that has replayed it is on the row's timeline, and whoever
-- watches it sees its age.
CREATE TABLE heartbeat (
    id        smallint    PRIMARY KEY DEFAULT 1,
    beaten_at timestamptz NOT NULL DEFAULT now(),
    timeline  bigint      NOT NULL DEFAULT 0, -- of the primary that wrote it; 0 before the first
    CONSTRAINT only_one_row CHECK (id = 1)
);
INSERT INTO heartbeat (id) VALUES (1);
