DROP TABLE mcp_keys;
