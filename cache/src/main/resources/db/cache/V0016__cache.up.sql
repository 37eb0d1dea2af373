-- Small and read by every process: the caches and what holds for them.
CREATE TABLE caches (
    id               integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name             text        NOT NULL UNIQUE,
    durability       text        NOT NULL,
    default_ttl_ms   bigint, -- NULL: entries do not expire by default
    ttl_max_ms       bigint,
    entries_max      bigint,
    bytes_max        bigint,
    eviction         text        NOT NULL,
    near             boolean     NOT NULL,
    near_bytes_max   bigint      NOT NULL,
    near_ttl_ms      bigint      NOT NULL,
    negative_ttl_ms  bigint      NOT NULL, -- 0: that there is nothing is not remembered
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT durability_is_known CHECK (durability IN ('unlogged', 'async', 'sync')),
    CONSTRAINT eviction_is_known CHECK (eviction IN ('lru', 'fifo', 'none')),
    CONSTRAINT limits_are_positive CHECK (default_ttl_ms > 0 AND ttl_max_ms > 0 AND entries_max > 0 AND bytes_max > 0
                                          AND near_bytes_max > 0 AND near_ttl_ms > 0 AND negative_ttl_ms >= 0)
);

-- What all processes have counted, added up in batches; and what was measured last.
CREATE TABLE cache_statistics (
    cache        integer     PRIMARY KEY,
    hits         bigint      NOT NULL DEFAULT 0,
    near_hits    bigint      NOT NULL DEFAULT 0, -- of the hits
    stale_hits   bigint      NOT NULL DEFAULT 0, -- of the hits
    misses       bigint      NOT NULL DEFAULT 0,
    sets         bigint      NOT NULL DEFAULT 0,
    deletes      bigint      NOT NULL DEFAULT 0,
    loads        bigint      NOT NULL DEFAULT 0,
    evictions    bigint      NOT NULL DEFAULT 0,
    expirations  bigint      NOT NULL DEFAULT 0,
    entries      bigint      NOT NULL DEFAULT 0, -- expired ones too, until they are removed
    bytes        bigint      NOT NULL DEFAULT 0, -- an estimate from a sample
    measured_at  timestamptz
) WITH (fillfactor = 50);

-- Without an index on the expiry: with one, no update would be HOT. Whoever reads compares it with the clock; removal is
-- housekeeping. The two tables have the same columns: what is in the second one is not written ahead, and a crash of the server
-- empties it.
CREATE TABLE cache_entries (
    cache         integer     NOT NULL,
    key           bytea       NOT NULL,
    kind          smallint    NOT NULL, -- 0 nothing (a miss that is remembered), 1 bytes, 2 text, 3 JSON, 4 number
    value         bytea       NOT NULL, -- text, JSON and numbers in UTF-8
    version       bigint      NOT NULL, -- drawn at random for each write, so that none repeats after a deletion
    ttl_ms        bigint, -- as it was given, to be renewed; NULL: does not expire
    expires_at    timestamptz NOT NULL DEFAULT 'infinity',
    stale_until   timestamptz NOT NULL DEFAULT 'infinity', -- until when it may be served while it is loaded anew
    created_at    timestamptz NOT NULL DEFAULT now(),
    written_at    timestamptz NOT NULL DEFAULT now(),
    accessed_at   timestamptz NOT NULL DEFAULT now(),
    access_count  bigint      NOT NULL DEFAULT 0,
    tags          text[],
    PRIMARY KEY (cache, key),
    CONSTRAINT kind_is_known CHECK (kind BETWEEN 0 AND 4),
    CONSTRAINT stale_after_expiry CHECK (stale_until >= expires_at),
    CONSTRAINT tags_are_some CHECK (cardinality(tags) > 0)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05,
        autovacuum_vacuum_cost_delay = 0);
CREATE INDEX cache_entries_tags ON cache_entries USING gin (tags) WHERE tags IS NOT NULL;

CREATE UNLOGGED TABLE cache_entries_unlogged (
    cache         integer     NOT NULL,
    key           bytea       NOT NULL,
    kind          smallint    NOT NULL, -- 0 nothing (a miss that is remembered), 1 bytes, 2 text, 3 JSON, 4 number
    value         bytea       NOT NULL, -- text, JSON and numbers in UTF-8
    version       bigint      NOT NULL, -- drawn at random for each write, so that none repeats after a deletion
    ttl_ms        bigint, -- as it was given, to be renewed; NULL: does not expire
    expires_at    timestamptz NOT NULL DEFAULT 'infinity',
    stale_until   timestamptz NOT NULL DEFAULT 'infinity', -- until when it may be served while it is loaded anew
    created_at    timestamptz NOT NULL DEFAULT now(),
    written_at    timestamptz NOT NULL DEFAULT now(),
    accessed_at   timestamptz NOT NULL DEFAULT now(),
    access_count  bigint      NOT NULL DEFAULT 0,
    tags          text[],
    PRIMARY KEY (cache, key),
    CONSTRAINT kind_is_known CHECK (kind BETWEEN 0 AND 4),
    CONSTRAINT stale_after_expiry CHECK (stale_until >= expires_at),
    CONSTRAINT tags_are_some CHECK (cardinality(tags) > 0)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05,
        autovacuum_vacuum_cost_delay = 0);
CREATE INDEX cache_entries_unlogged_tags ON cache_entries_unlogged USING gin (tags) WHERE tags IS NOT NULL;

-- Who loads a missing value, until when others leave it to them. Emptied by a crash, which ends the loaders as well.
CREATE UNLOGGED TABLE cache_loads (
    cache   integer     NOT NULL,
    key     bytea       NOT NULL,
    holder  uuid        NOT NULL,
    until   timestamptz NOT NULL,
    PRIMARY KEY (cache, key)
) WITH (fillfactor = 80);

-- Which process does the housekeeping.
CREATE TABLE cache_upkeep (
    name    text        PRIMARY KEY,
    holder  uuid        NOT NULL,
    until   timestamptz NOT NULL
);
