DROP VIEW pattern_similarity_view;
DROP TABLE embedding_cache;
DROP TABLE search_terms;
DROP TABLE search_lengths;
DROP TABLE search_postings;
