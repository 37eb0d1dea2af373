-- Keys that sign what travels through MCP clients; made once, by whichever instance needs them first.
CREATE TABLE mcp_keys (
    name       text        PRIMARY KEY,
    key        bytea       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT key_is_long_enough CHECK (length(key) >= 32)
);
