DROP TABLE cache_upkeep;
DROP TABLE cache_loads;
DROP TABLE cache_entries_unlogged;
DROP TABLE cache_entries;
DROP TABLE cache_statistics;
DROP TABLE caches;
