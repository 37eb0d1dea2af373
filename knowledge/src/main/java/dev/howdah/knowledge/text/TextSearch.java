package dev.howdah.knowledge.text;

import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.FilterSql;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Ranks the texts of a collection: by BM25, and titles by spelling where that may help. Sees what was committed before it
 * began. Thread-safe.
 */
public final class TextSearch {
    /** The most entries of one ranking. */
    public static final int LIMIT_MAX = 10_000;
    /** Characters from the start of a text in which a snippet is looked for. */
    public static final int SNIPPET_SOURCE_MAX = 20_000;
    /** Characters of a question up to which titles are compared with it by spelling. */
    static final int SPELLED_MAX = 100;
    /** Words of such a question, unless there are words in it that no entry has. */
    static final int SPELLED_WORDS_MAX = 3;

    private final Database database;
    private final Trigrams trigrams;
    private final TermStatistics statistics = new TermStatistics(System::nanoTime);

    /**
     * What was found.
     *
     * @param byText by BM25, best first; newest first with a score of 0 if the question only filters
     * @param byTitle titles that are spelled alike, best first; empty if the question gives no reason to look
     * @param notes what the caller should know, such as words that nothing was found for
     */
    public record Ranking(List<Scored> byText, List<Scored> byTitle, List<String> notes) {
        public Ranking {
            byText = List.copyOf(byText);
            byTitle = List.copyOf(byTitle);
            notes = List.copyOf(notes);
        }
    }

    public TextSearch(Database database, Trigrams trigrams) {
        this.database = database;
        this.trigrams = trigrams;
    }

    /**
     * The best entries that the question's operators and the filter let through.
     *
     * @param filter beside the question's own
     * @param limit 1 to {@value #LIMIT_MAX}
     * @throws InvalidInputException if the limit is out of range or the filter does not fit the collection
     */
    public Ranking rank(SearchCollection collection, TextQuery query, Filter filter, int limit) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new InvalidInputException("limit-invalid", "limit", "limit is " + limit, "give 1 to " + LIMIT_MAX);
        }
        var whole = Filter.and(query.filter(), filter);
        var sql = FilterSql.of(collection, whole);
        return database.read(handle -> {
            var asked = Asked.read(handle, collection, query);
            if (asked.terms().isEmpty()) {
                return withoutWords(handle, query, asked, sql, limit);
            }
            var notes = new ArrayList<String>();
            var terms = new ArrayList<>(asked.terms());
            var lengths = statistics.lengths(handle, collection.id());
            var frequencies = new HashMap<>(statistics.entries(handle, collection.id(), names(terms)));
            var unknown = new LinkedHashSet<>(names(terms));
            unknown.removeIf(term -> frequencies.getOrDefault(term, 0L) > 0);
            if (!unknown.isEmpty()) {
                var alike = alike(handle, collection, unknown, notes);
                alike.removeIf(term -> names(asked.terms()).contains(term.text()));
                frequencies.putAll(statistics.entries(handle, collection.id(), names(alike)));
                terms.addAll(alike);
            }
            var bm25 = new Bm25(handle, collection.id(), lengths, terms, frequencies);
            boolean isOpen = whole.equals(Filter.none()) && !query.hasTextConditions();
            var byText = bm25.isEmpty()
                    ? List.<Scored>of()
                    : isOpen
                            ? bm25.best(limit)
                            : passing(handle, asked, bm25, sql, limit);
            var byTitle = isSpelled(query, unknown) ? titles(handle, asked, sql, query, limit) : List.<Scored>of();
            return new Ranking(byText, byTitle, notes);
        });
    }

    /** Which of the entries the question's words and phrases that must or must not occur let through, in their order. */
    public List<Long> passing(SearchCollection collection, TextQuery query, List<Long> ids) {
        if (!query.hasTextConditions() || ids.isEmpty()) {
            return ids;
        }
        return database.read(handle -> passing(handle, Asked.read(handle, collection, query), ids));
    }

    /** How the entries are shown to somebody who asked this. */
    public Map<Long, Highlight> highlights(SearchCollection collection, TextQuery query, Collection<Long> ids) {
        var found = new HashMap<Long, Highlight>();
        database.read(handle -> handle.createQuery(TextSql.HIGHLIGHTS).bind("language", collection.language())
                .bind("words", query.words()).bind("source_max", SNIPPET_SOURCE_MAX)
                .bind("ids", ids.toArray(Long[]::new))
                .map((row, context) -> Map.entry(row.getLong("id"),
                        Highlight.of(row.getString("title"), row.getString("snippet"))))
                .list()).forEach(row -> found.put(row.getKey(), row.getValue()));
        return found;
    }

    private static Ranking withoutWords(Handle handle, TextQuery query, Asked asked, FilterSql sql, int limit) {
        if (!query.hasOperators()) {
            return new Ranking(List.of(), List.of(),
                    List.of("the question has no word to search for; stop words do not count"));
        }
        var newest = Bm25.read(asked.bind(sql.bind(handle.createQuery(
                "SELECT e.id AS entry_id, 0.0 AS score FROM search_entries e WHERE " + sql.condition() + " AND "
                        + TextSql.CONDITIONS + " ORDER BY e.id DESC LIMIT :limit")))
                .bind("limit", limit));
        return new Ranking(newest, List.of(), List.of("the question has only filters: newest first"));
    }

    /** Looks at the entries in the order of their scores, and only until enough have passed. */
    private static List<Scored> passing(Handle handle, Asked asked, Bm25 bm25, FilterSql sql, int limit) {
        return Bm25.read(asked.bind(bm25.bind(sql.bind(handle.createQuery(
                "SELECT scored.entry_id, scored.score FROM (" + TextSql.SCORE + ") AS scored CROSS JOIN LATERAL ("
                        + "SELECT FROM search_entries e WHERE e.id = scored.entry_id AND " + sql.condition() + " AND "
                        + TextSql.CONDITIONS + " OFFSET 0) AS passing"
                        + " ORDER BY scored.score DESC, scored.entry_id LIMIT :wanted"))))
                .bind("limit", Integer.MAX_VALUE).bind("wanted", limit));
    }

    private List<Term> alike(Handle handle, SearchCollection collection, Set<String> unknown, List<String> notes) {
        if (trigrams.isThere()) {
            try {
                return new ArrayList<>(trigrams.alike(handle, collection.id(), unknown));
            } catch (JdbiException e) {
                if (!trigrams.isGone(e)) {
                    throw e;
                }
            }
        }
        notes.add("no entry has " + String.join(", ", unknown)
                + "; for words that are spelled alike the server needs the extension pg_trgm");
        return new ArrayList<>();
    }

    private List<Scored> titles(Handle handle, Asked asked, FilterSql sql, TextQuery query, int limit) {
        if (!trigrams.isThere()) {
            return List.of();
        }
        try {
            var found = trigrams.titles(handle, sql, query.words(), limit);
            if (!query.hasTextConditions() || found.isEmpty()) {
                return found;
            }
            var passing = Set.copyOf(passing(handle, asked, found.stream().map(Scored::entry).toList()));
            return found.stream().filter(scored -> passing.contains(scored.entry())).toList();
        } catch (JdbiException e) {
            if (trigrams.isGone(e)) {
                return List.of();
            }
            throw e;
        }
    }

    private static List<Long> passing(Handle handle, Asked asked, List<Long> ids) {
        var passing = Set.copyOf(asked.bind(handle.createQuery(TextSql.PASSING)).bind("ids", ids.toArray(Long[]::new))
                .mapTo(Long.class).list());
        return ids.stream().filter(passing::contains).toList();
    }

    private static boolean isSpelled(TextQuery query, Set<String> unknown) {
        var words = query.words();
        return !words.isBlank() && words.length() <= SPELLED_MAX
                && (!unknown.isEmpty() || words.strip().split("\\s+").length <= SPELLED_WORDS_MAX);
    }

    private static List<String> names(List<Term> terms) {
        return terms.stream().map(Term::text).toList();
    }
}
