CREATE TABLE repositories (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text        NOT NULL,
    type        text        NOT NULL DEFAULT 'service_provider',
    description text        NOT NULL DEFAULT '',
    location    text,                       -- path of a local clone; null where the name alone finds it
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT repository_name_is_unique UNIQUE (name),
    CONSTRAINT repository_name_is_owner_and_name CHECK (name ~ '^[^/\s]+/[^/\s]+$')
);

-- One edge: the target depends on the source.
CREATE TABLE repository_relationships (
    id                 bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_repo_id     bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    target_repo_id     bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    relationship_type  text        NOT NULL,
    description        text        NOT NULL DEFAULT '',
    interface_files    jsonb       NOT NULL DEFAULT '[]',
    change_triggers    jsonb       NOT NULL DEFAULT '[]',
    shared_concerns    jsonb       NOT NULL DEFAULT '[]',
    divergent_concerns jsonb       NOT NULL DEFAULT '[]',
    urgency_mapping    jsonb       NOT NULL DEFAULT '{}',
    sync_strategy      text        NOT NULL DEFAULT 'selective',
    bidirectional      boolean     NOT NULL DEFAULT false,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT relationship_is_unique UNIQUE (source_repo_id, target_repo_id, relationship_type),
    CONSTRAINT relationship_type_is_known CHECK (relationship_type IN ('api_consumer', 'template_fork')),
    CONSTRAINT repository_does_not_depend_on_itself CHECK (source_repo_id <> target_repo_id)
);
CREATE INDEX repository_relationships_by_target ON repository_relationships (target_repo_id);

CREATE VIEW dependency_relationships AS
SELECT r.id, s.name AS source_repo, t.name AS target_repo, r.relationship_type, r.description, r.interface_files,
       r.change_triggers, r.shared_concerns, r.divergent_concerns, r.urgency_mapping, r.sync_strategy, r.bidirectional
  FROM repository_relationships r
  JOIN repositories s ON s.id = r.source_repo_id
  JOIN repositories t ON t.id = r.target_repo_id;

-- The answer to a question that was asked before: same commit, same relationship, same model.
CREATE TABLE triage_results_cache (
    id                bigint           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_repo       text             NOT NULL,
    target_repo       text             NOT NULL,
    commit_sha        text             NOT NULL,
    relationship_type text             NOT NULL,
    fingerprint       text             NOT NULL, -- of everything else the answer depends on
    requires_action   boolean          NOT NULL,
    urgency           text             NOT NULL,
    impact_summary    text             NOT NULL,
    confidence        double precision NOT NULL,
    result_data       jsonb            NOT NULL,
    created_at        timestamptz      NOT NULL DEFAULT now(),
    expires_at        timestamptz      NOT NULL,
    CONSTRAINT triage_result_is_unique UNIQUE (source_repo, target_repo, commit_sha, relationship_type)
);
CREATE INDEX triage_results_cache_by_expiry ON triage_results_cache (expires_at);

-- The outbox: what is to be done outside, each at most once.
CREATE TABLE actions (
    id          uuid        PRIMARY KEY,
    key         text        NOT NULL,
    kind        text        NOT NULL,
    target_repo text        NOT NULL,
    urgency     text        NOT NULL,
    title       text        NOT NULL,
    body        text        NOT NULL,
    labels      jsonb       NOT NULL DEFAULT '[]',
    state       text        NOT NULL,
    error       text,
    task_id     uuid,                       -- the triage that asked for it
    created_at  timestamptz NOT NULL DEFAULT now(),
    sent_at     timestamptz,
    CONSTRAINT action_happens_at_most_once_per_key UNIQUE (key),
    CONSTRAINT action_kind_is_known CHECK (kind IN ('issue', 'webhook', 'digest')),
    CONSTRAINT action_state_is_known
        CHECK (state IN ('recorded', 'pending', 'sending', 'sent', 'failed', 'unknown')),
    CONSTRAINT sent_action_has_sent_at CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX actions_by_creation ON actions (created_at DESC, id DESC);
