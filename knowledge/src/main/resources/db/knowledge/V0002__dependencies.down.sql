DROP TABLE actions;
DROP TABLE triage_results_cache;
DROP VIEW dependency_relationships;
DROP TABLE repository_relationships;
DROP TABLE repositories;
