package dev.howdah.knowledge.text;

import dev.howdah.knowledge.collection.FilterSql;
import dev.howdah.postgres.Database;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is spelled alike: terms for words that no entry has, and titles. Needs PostgreSQL's extension {@code pg_trgm}, which
 * every server brings along and not everybody may switch on; search works without it and says so. Statements that need it
 * stand in their methods: they do not prepare where it is missing. Thread-safe.
 */
public final class Trigrams {
    /** How alike two terms must be, from 0 to 1. */
    static final double TERM_SIMILARITY_MIN = 0.4;
    /** Terms that may stand in for one word. */
    static final int ALIKE_MAX = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Trigrams.class);
    private static final Set<String> RACE = Set.of("23505", "42710", "XX000");
    private static final Set<String> GONE = Set.of("42883", "42704");

    static final String IS_THERE = """
        SELECT to_regprocedure('word_similarity(text, text)') IS NOT NULL
        """;
    static final String CREATE = "CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public";
    static final String IS_INDEXED = """
        SELECT to_regclass('search_terms_alike') IS NOT NULL AND to_regclass('search_titles_alike') IS NOT NULL
        """;
    static final String INDEX_TERMS = """
        CREATE INDEX IF NOT EXISTS search_terms_alike ON search_terms USING gin (term gin_trgm_ops)
        """;
    static final String INDEX_TITLES = """
        CREATE INDEX IF NOT EXISTS search_titles_alike ON search_entries USING gin (title gin_trgm_ops)
        """;

    private final Database database;
    private volatile boolean isThere;
    private volatile boolean isKnown;

    public Trigrams(Database database) {
        this.database = database;
    }

    /**
     * Switches the extension on and indexes what it is used for; to be called once at the start of a server. Takes as long as
     * the indexes take to build the first time.
     *
     * @return whether it can be used
     */
    public boolean prepare() {
        try {
            database.withHandle(handle -> handle.execute(CREATE));
        } catch (JdbiException e) {
            if (!RACE.contains(state(e))) {
                LOG.info("pg_trgm cannot be switched on, so that typos are not corrected: {}", e.getMessage());
            }
        }
        isKnown = false;
        // Asked first: CREATE INDEX waits for every writer of the table, also when there is nothing to create.
        if (isThere() && !database.withHandle(handle -> handle.createQuery(IS_INDEXED).mapTo(Boolean.class).one())) {
            database.withHandle(handle -> handle.execute(INDEX_TERMS) + handle.execute(INDEX_TITLES));
        }
        return isThere;
    }

    /** Whether the extension is there. */
    public boolean isThere() {
        if (!isKnown) {
            isThere = database.withHandle(handle -> handle.createQuery(IS_THERE).mapTo(Boolean.class).one());
            isKnown = true;
        }
        return isThere;
    }

    /** Terms of the collection that are spelled like these, each with how much, from 0 to 1. */
    List<Term> alike(Handle handle, int collection, Collection<String> terms) {
        return handle.createQuery("""
            SELECT alike.term, max(alike.similarity) AS similarity
              FROM unnest(CAST(:terms AS text[])) AS given (term)
             CROSS JOIN LATERAL (
              SELECT DISTINCT known.term, similarity(known.term, given.term) AS similarity
                FROM search_terms known
               WHERE known.collection_id = :collection AND known.term % given.term
                 AND similarity(known.term, given.term) >= :least
               ORDER BY similarity DESC, term
               LIMIT :max) AS alike
             GROUP BY alike.term
            """).bind("collection", collection)
                .bind("terms", terms.toArray(String[]::new)).bind("least", TERM_SIMILARITY_MIN)
                .bind("max", ALIKE_MAX)
                .map((row, context) -> new Term(row.getString("term"), row.getDouble("similarity"))).list();
    }

    /** Entries whose titles are spelled like the words, or have a part that is. */
    List<Scored> titles(Handle handle, FilterSql filter, String words, int limit) {
        return Bm25.read(filter.bind(handle.createQuery("""
            SELECT id AS entry_id, greatest(word_similarity(:words, title), similarity(title, :words)) AS score
              FROM search_entries
             WHERE title <> '' AND (CAST(:words AS text) <% title OR title % CAST(:words AS text))
               AND\s""" + filter.condition() + " ORDER BY score DESC, id LIMIT :limit")
                .bind("words", words).bind("limit", limit)));
    }

    /** Notes that the extension went away, if that is what the error says. */
    boolean isGone(JdbiException error) {
        if (!GONE.contains(state(error))) {
            return false;
        }
        isThere = false;
        return true;
    }

    private static String state(JdbiException error) {
        return error.getCause() instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "";
    }
}
