-- For BM25: which entry holds which term how often. Everything that a score needs stands in the index, so that common
-- terms are read from it alone.
CREATE TABLE search_postings (
    collection_id integer  NOT NULL REFERENCES search_collections (id) ON DELETE CASCADE,
    entry_id      bigint   NOT NULL,
    frequency     smallint NOT NULL,                        -- how often; in the title it counts more
    length        integer  NOT NULL,                        -- sum of the frequencies of the entry
    term          text     NOT NULL,                        -- a lexeme of the collection's language, without accents
    CONSTRAINT frequency_is_positive CHECK (frequency > 0)
);
-- Not unique: an entry is locked while its terms are written, and a unique index would be read once more for each.
CREATE INDEX search_postings_by_term ON search_postings (collection_id, term, entry_id) INCLUDE (frequency, length);
CREATE INDEX search_postings_by_entry ON search_postings (entry_id);
-- Read whole in the order of terms and mostly appended to; a query must find it vacuumed.
ALTER TABLE search_postings SET (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_scale_factor = 0.05);

-- How long each entry is, for their number and average.
CREATE TABLE search_lengths (
    collection_id integer NOT NULL REFERENCES search_collections (id) ON DELETE CASCADE,
    entry_id      bigint  NOT NULL,
    length        integer NOT NULL,
    CONSTRAINT entry_has_one_length PRIMARY KEY (collection_id, entry_id) INCLUDE (length)
);

-- The terms that were ever written, for those that are spelled alike. Two writers may note one twice, which nobody waits
-- for and nobody minds.
CREATE TABLE search_terms (
    collection_id integer NOT NULL REFERENCES search_collections (id) ON DELETE CASCADE,
    term          text    NOT NULL
);
CREATE INDEX search_terms_by_term ON search_terms (collection_id, term);

-- What a model made of a text, so that the same text is never embedded twice.
CREATE TABLE embedding_cache (
    model        text        NOT NULL,
    content_hash bytea       NOT NULL,                       -- SHA-256 of kind, dimension and text
    embedding    real[]      NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT text_is_embedded_once PRIMARY KEY (model, content_hash)
);
ALTER TABLE embedding_cache ALTER COLUMN embedding SET STORAGE EXTERNAL;
CREATE INDEX embedding_cache_by_creation ON embedding_cache (created_at);

-- Pairs of patterns that are alike: entries of the collection "knowledge" whose cosine is over 0.8. Every pair is
-- computed, so this is for some thousands of patterns; a search for neighbours asks the index instead.
CREATE VIEW pattern_similarity_view AS
WITH patterns AS (
  SELECT e.id, substr(e.key, 9) AS pattern_id, e.title AS name, e.metadata ->> 'repository' AS repository, e.embedding,
         (SELECT sqrt(sum(v * v)) FROM unnest(CAST(e.embedding AS double precision[])) v) AS norm
    FROM search_entries e
    JOIN search_collections c ON c.id = e.collection_id
   WHERE c.name = 'knowledge' AND e.key LIKE 'pattern:%' AND e.metadata ->> 'kind' = 'pattern' AND e.embedding IS NOT NULL)
SELECT pattern_id_1, pattern_name_1, repository_1, pattern_id_2, pattern_name_2, repository_2, similarity
  FROM (SELECT a.pattern_id AS pattern_id_1, a.name AS pattern_name_1, a.repository AS repository_1,
               b.pattern_id AS pattern_id_2, b.name AS pattern_name_2, b.repository AS repository_2,
               (SELECT sum(CAST(x AS double precision) * y) FROM unnest(a.embedding, b.embedding) AS pair (x, y))
               / nullif(a.norm * b.norm, 0) AS similarity
          FROM patterns a
          JOIN patterns b ON a.id < b.id) AS pairs
 WHERE similarity > 0.8;
