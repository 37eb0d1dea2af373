DROP TABLE push_endpoints;
DROP TABLE push_deliveries;
DROP TABLE push_configs;
DROP TABLE agent_requests;
DROP TABLE agent_events;
DROP TABLE agent_tasks;
DROP TABLE agent_contexts;
