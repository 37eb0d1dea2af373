package dev.howdah.knowledge.text;

/**
 * The statements that rank texts. A term's part of a score is {@code weight * f / (f + k1 * (1 - b) + length * perLength)}
 * with {@code weight = idf * (k1 + 1)} and {@code perLength = k1 * b / average length}; all of it in double precision, since
 * one number without a cast makes it numeric, and six times as slow.
 */
final class TextSql {
    static final String LEXEMES = """
        SELECT given.position, word.lexeme,
               CASE WHEN octet_length(word.lexeme) = char_length(word.lexeme) THEN word.lexeme
                    ELSE regexp_replace(normalize(word.lexeme, NFD), '[\\u0300-\\u036f]', '', 'g') END AS term,
               CAST(word.positions AS integer[]) AS places
          FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY AS given (text, position)
         CROSS JOIN LATERAL unnest(to_tsvector(CAST(:language AS regconfig), given.text)) AS word
         ORDER BY given.position, word.positions[1]
        """;
    static final String LENGTHS = """
        SELECT count(*) AS entries, coalesce(avg(length), 0) AS average
          FROM search_lengths
         WHERE collection_id = :collection
        """;
    static final String FREQUENCIES = """
        SELECT given.term, counted.entries
          FROM unnest(CAST(:terms AS text[])) AS given (term)
         CROSS JOIN LATERAL (
          SELECT count(*) AS entries
            FROM (SELECT
                    FROM search_postings p
                   WHERE p.collection_id = :collection AND p.term = given.term
                   LIMIT :max) AS postings) AS counted
        """;
    // The lateral subselects stay as they are because of OFFSET 0: one scan of the index for each term, whatever the
    // planner believes about arrays.
    static final String SCORE = """
        SELECT posting.entry_id AS entry_id,
               sum(given.weight * posting.frequency / (posting.frequency + CAST(0.3 AS double precision)
                   + posting.length * CAST(:per_length AS double precision))) AS score
          FROM unnest(CAST(:terms AS text[]), CAST(:weights AS double precision[])) AS given (term, weight)
         CROSS JOIN LATERAL (
          SELECT p.entry_id, p.frequency, p.length
            FROM search_postings p
           WHERE p.collection_id = :collection AND p.term = given.term
          OFFSET 0) AS posting
         GROUP BY posting.entry_id
         ORDER BY score DESC, entry_id
         LIMIT :limit
        """;
    /** Over a row {@code e} of search_entries: what {@link TextQuery#required} and {@link TextQuery#excluded} say. */
    static final String CONDITIONS = """
        NOT EXISTS (SELECT 1 FROM unnest(CAST(:required_terms AS text[])) AS required (term)
                     WHERE NOT EXISTS (SELECT 1 FROM search_postings p
                                        WHERE p.collection_id = e.collection_id AND p.term = required.term
                                          AND p.entry_id = e.id))
        AND NOT EXISTS (SELECT 1 FROM unnest(CAST(:excluded_terms AS text[])) AS excluded (term)
                          JOIN search_postings p ON p.collection_id = e.collection_id AND p.term = excluded.term
                                                AND p.entry_id = e.id)
        AND CASE WHEN cardinality(CAST(:phrases AS text[])) + cardinality(CAST(:excluded_phrases AS text[])) = 0
                 THEN true
                 ELSE (SELECT NOT EXISTS (SELECT 1 FROM unnest(CAST(:phrases AS text[])) AS phrase (text)
                                           WHERE NOT document.words
                                              @@ phraseto_tsquery(CAST(:language AS regconfig), phrase.text))
                          AND NOT EXISTS (SELECT 1 FROM unnest(CAST(:excluded_phrases AS text[])) AS phrase (text)
                                           WHERE document.words
                                              @@ phraseto_tsquery(CAST(:language AS regconfig), phrase.text))
                         FROM (SELECT to_tsvector(CAST(:language AS regconfig), e.title || ' ' || e.text) AS words
                               OFFSET 0) AS document) END
        """;
    static final String PASSING = """
        SELECT e.id
          FROM search_entries e
         WHERE e.id = ANY (:ids) AND %s
        """.formatted(CONDITIONS);
    // Marks are characters that texts do not have and HTML can; they become tags after the text was escaped.
    static final String HIGHLIGHTS = """
        WITH asked AS (
          SELECT CAST(replace(CAST(plainto_tsquery(CAST(:language AS regconfig), :words) AS text), ' & ', ' | ')
                 AS tsquery) AS query)
        SELECT e.id, e.key, e.metadata,
               ts_headline(CAST(:language AS regconfig), translate(e.title, chr(1) || chr(2), ''), asked.query,
                           'HighlightAll=true, StartSel=' || chr(1) || ', StopSel=' || chr(2)) AS title,
               ts_headline(CAST(:language AS regconfig),
                           translate(substr(e.text, 1, :source_max), chr(1) || chr(2), ''), asked.query,
                           'MaxWords=40, MinWords=15, ShortWord=0, MaxFragments=2, FragmentDelimiter=" … ", StartSel='
                           || chr(1) || ', StopSel=' || chr(2)) AS snippet
          FROM search_entries e
         CROSS JOIN asked
         WHERE e.id = ANY (:ids)
        """;

    private TextSql() {}
}
