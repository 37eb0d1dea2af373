-- What can be searched. Entries of a collection share one language and, if they have vectors, one model and dimension.
CREATE TABLE search_collections (
    id              integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text        NOT NULL,
    language        text        NOT NULL,                    -- a text search configuration
    fields          jsonb       NOT NULL DEFAULT '{}',       -- declared metadata fields to their types; empty: anything goes
    dimension       integer,                                 -- null: no vectors
    metric          text,
    model           text,                                    -- whose vectors; empty: the callers bring their own
    normalised      boolean,                                 -- whether vectors are brought to length 1 when written
    document_prefix text,
    query_prefix    text,
    index_settings  jsonb,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT collection_name_is_unique UNIQUE (name),
    CONSTRAINT dimension_is_within_limits CHECK (dimension BETWEEN 1 AND 16000),
    CONSTRAINT metric_is_known CHECK (metric IN ('cosine', 'l2', 'inner_product')),
    CONSTRAINT vector_settings_are_whole
        CHECK (num_nulls(dimension, metric, model, normalised, document_prefix, query_prefix, index_settings) IN (0, 7))
);

CREATE TABLE search_entries (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id integer     NOT NULL REFERENCES search_collections (id) ON DELETE CASCADE,
    key           text        NOT NULL,                      -- the caller's own id
    title         text        NOT NULL DEFAULT '',
    text          text        NOT NULL DEFAULT '',
    metadata      jsonb       NOT NULL DEFAULT '{}',
    content_hash  bytea       NOT NULL,                      -- SHA-256 of title and text
    embedding     real[],                                    -- null: none yet, or none at all
    changed       xid8        NOT NULL DEFAULT pg_current_xact_id(),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT entry_key_is_unique UNIQUE (collection_id, key)
);
-- A vector stays in its row up to 4 KB: an exact scan reads one page instead of three.
ALTER TABLE search_entries SET (toast_tuple_target = 4096);
ALTER TABLE search_entries ALTER COLUMN embedding SET STORAGE EXTERNAL;
CREATE INDEX search_entries_by_change ON search_entries (collection_id, changed);
CREATE INDEX search_entries_without_embedding ON search_entries (collection_id, id) WHERE embedding IS NULL;

-- What copies outside the table must forget; kept for a day.
CREATE TABLE search_deletions (
    collection_id integer     NOT NULL REFERENCES search_collections (id) ON DELETE CASCADE,
    entry_id      bigint      NOT NULL,
    changed       xid8        NOT NULL DEFAULT pg_current_xact_id(),
    deleted_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX search_deletions_by_change ON search_deletions (collection_id, changed);
CREATE INDEX search_deletions_by_time ON search_deletions (deleted_at);
