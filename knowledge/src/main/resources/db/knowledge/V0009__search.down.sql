DROP TABLE search_deletions;
DROP TABLE search_entries;
DROP TABLE search_collections;
