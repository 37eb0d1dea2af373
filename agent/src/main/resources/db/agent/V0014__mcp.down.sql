DROP TABLE mcp_answers;
DROP TABLE mcp_keys;
