package dev.howdah.knowledge.text;

import dev.howdah.knowledge.collection.EntryListener;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.postgres.Transaction;
import java.util.Collection;
import java.util.List;

/**
 * Keeps the terms of entries, in the transaction that writes them: what was committed is found. A term is a lexeme of the
 * collection's language; accents are taken off after stemming, so that {@code cafe} finds {@code café} without any
 * extension. Thread-safe.
 *
 * <p>No row is shared by writers: how many entries hold a term is counted by readers (see {@link TermStatistics}), since a
 * counter of a common term would make all writers wait for each other.
 */
public final class Postings implements EntryListener {
    /** How much more a word counts in a title than in the text. */
    static final int TITLE_WEIGHT = 2;

    static final String FORGET = """
        WITH terms AS (
          DELETE FROM search_postings
           WHERE entry_id = ANY (:ids))
        DELETE FROM search_lengths
         WHERE collection_id = :collection AND entry_id = ANY (:ids)
        """;
    static final String INDEX = """
        WITH given AS (
          SELECT id, title, text
            FROM unnest(CAST(:ids AS bigint[]), CAST(:titles AS text[]), CAST(:texts AS text[]))
                 AS given (id, title, text)),
        found AS (
          SELECT given.id,
                 CASE WHEN octet_length(word.lexeme) = char_length(word.lexeme) THEN word.lexeme
                      ELSE regexp_replace(normalize(word.lexeme, NFD), '[\\u0300-\\u036f]', '', 'g') END AS term,
                 cardinality(word.positions) * part.weight AS frequency
            FROM given
           CROSS JOIN LATERAL (VALUES (given.title, CAST(:title_weight AS integer)), (given.text, 1))
                      AS part (content, weight)
           CROSS JOIN LATERAL unnest(to_tsvector(CAST(:language AS regconfig), part.content)) AS word),
        counted AS (
          SELECT id, term, LEAST(sum(frequency), 32767) AS frequency
            FROM found
           WHERE term <> ''
           GROUP BY id, term),
        lengths AS (
          INSERT INTO search_lengths (collection_id, entry_id, length)
          SELECT CAST(:collection AS integer), given.id, coalesce(sum(counted.frequency), 0)
            FROM given
            LEFT JOIN counted ON counted.id = given.id
           GROUP BY given.id),
        vocabulary AS (
          INSERT INTO search_terms (collection_id, term)
          SELECT CAST(:collection AS integer), counted.term
            FROM counted
           WHERE NOT EXISTS (SELECT 1 FROM search_terms known
                              WHERE known.collection_id = :collection AND known.term = counted.term)
           GROUP BY counted.term)
        INSERT INTO search_postings (collection_id, entry_id, frequency, length, term)
        SELECT CAST(:collection AS integer), id, frequency, sum(frequency) OVER (PARTITION BY id), term
          FROM counted
         ORDER BY term, id
        """;

    /** Terms that are kept by the caller's transactions; there is nothing to open or close. */
    public Postings() {}

    @Override
    public void written(Transaction tx, SearchCollection collection, List<Written> entries) {
        var ids = entries.stream().map(Written::id).toArray(Long[]::new);
        forget(tx, collection, ids);
        tx.handle().createUpdate(INDEX).bind("collection", collection.id()).bind("language", collection.language())
                .bind("title_weight", TITLE_WEIGHT).bind("ids", ids)
                .bind("titles", entries.stream().map(Written::title).map(Identifiers::withParts)
                        .toArray(String[]::new))
                .bind("texts", entries.stream().map(Written::text).map(Identifiers::withParts).toArray(String[]::new))
                .execute();
    }

    @Override
    public void removed(Transaction tx, SearchCollection collection, Collection<Long> ids) {
        forget(tx, collection, ids.toArray(Long[]::new));
    }

    private static void forget(Transaction tx, SearchCollection collection, Long[] ids) {
        tx.handle().createUpdate(FORGET).bind("collection", collection.id()).bind("ids", ids).execute();
    }
}
