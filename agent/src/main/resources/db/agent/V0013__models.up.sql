-- What was asked of language models: never the prompt, never the answer, never a key.
CREATE TABLE model_calls (
    id            uuid        PRIMARY KEY,
    called_at     timestamptz NOT NULL,
    provider      text        NOT NULL,
    model         text        NOT NULL,
    purpose       text        NOT NULL,             -- what for, such as triage
    task_id       uuid,                             -- whose handler asked; no foreign key: calls outlive tasks
    input_tokens  bigint      NOT NULL DEFAULT 0,
    output_tokens bigint      NOT NULL DEFAULT 0,
    cost          numeric,                          -- null: no price was known
    currency      text,
    duration_ms   bigint      NOT NULL,             -- with waiting and further attempts
    attempts      integer     NOT NULL,             -- requests that were sent
    outcome       text        NOT NULL,
    error_code    text,
    error         text,                             -- without secrets and prompts
    CONSTRAINT outcome_is_known CHECK (outcome IN ('answered', 'invalid', 'failed', 'interrupted')),
    CONSTRAINT only_answered_has_no_error CHECK ((outcome = 'answered') = (error_code IS NULL)),
    CONSTRAINT cost_has_currency CHECK ((cost IS NULL) = (currency IS NULL)),
    CONSTRAINT counts_are_not_negative
        CHECK (input_tokens >= 0 AND output_tokens >= 0 AND duration_ms >= 0 AND attempts >= 0 AND cost >= 0)
);
CREATE INDEX model_calls_newest ON model_calls (called_at DESC, id DESC);
CREATE INDEX model_calls_task ON model_calls (task_id, called_at DESC) WHERE task_id IS NOT NULL;

-- Descriptions of models, each in its newest version.
CREATE TABLE model_cards (
    id           uuid        PRIMARY KEY,
    workspace_id text        NOT NULL,              -- whose it is, as callers say it; may be empty
    user_id      text        NOT NULL,
    name         text        NOT NULL,
    slug         text        NOT NULL,              -- the model's name where it is called; prices are found by it
    description  text        NOT NULL,
    card         jsonb       NOT NULL,
    status       text        NOT NULL,
    version      integer     NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CONSTRAINT status_is_known CHECK (status IN ('draft', 'active', 'deprecated', 'archived')),
    CONSTRAINT version_counts_from_one CHECK (version >= 1),
    CONSTRAINT card_is_an_object CHECK (jsonb_typeof(card) = 'object')
);
CREATE UNIQUE INDEX model_cards_slug ON model_cards (workspace_id, slug) WHERE deleted_at IS NULL;
CREATE INDEX model_cards_newest ON model_cards (updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX model_cards_model ON model_cards (slug, updated_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX model_cards_card ON model_cards USING gin (card jsonb_path_ops);
CREATE INDEX model_cards_words ON model_cards USING gin (to_tsvector('simple',
    name || ' ' || slug || ' ' || description || ' ' || card::text));

-- Every version that a card had, its newest included.
CREATE TABLE model_card_versions (
    card_id       uuid        NOT NULL REFERENCES model_cards (id) ON DELETE CASCADE,
    version       integer     NOT NULL,
    name          text        NOT NULL,
    description   text        NOT NULL,
    card          jsonb       NOT NULL,
    status        text        NOT NULL,
    change_reason text        NOT NULL,
    restored_from integer,                          -- the version that this one repeats
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (card_id, version),
    CONSTRAINT restored_is_older CHECK (restored_from < version)
);
