package dev.howdah.knowledge.text;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * The best entries for a set of terms by BM25 with k1 = 1.2 and b = 0.75: one statement reads the postings of all terms from
 * their index. A term that more than half of many entries hold tells hardly anything (at most a tenth of what a rare one
 * does), and reading it takes longest; it is left out as long as the others find enough, as a stop word of the collection.
 *
 * <p>Rejected: MaxScore in two statements, which scores the rare terms and looks the common ones up for their candidates
 * alone. A look-up costs so much more than the next row of a scan that it took three times as much of the server's time, at
 * 10,000 entries and questions of 10 to 20 words.
 */
final class Bm25 {
    static final double K1 = 1.2;
    static final double B = 0.75;
    /** Postings from which on a term may be left out. */
    static final int COMMON_MIN = 2_000;

    private final Handle handle;
    private final int collection;
    private final double perLength;
    private final List<Weighted> terms;

    /**
     * A term with the factor of its scores.
     *
     * @param isCommon whether it may be left out
     */
    record Weighted(String term, double weight, boolean isCommon) {}

    Bm25(Handle handle, int collection, TermStatistics.Lengths lengths, Collection<Term> asked,
            Map<String, Long> frequencies) {
        this.handle = handle;
        this.collection = collection;
        this.perLength = K1 * B / Math.max(1, lengths.average());
        this.terms = asked.stream().filter(term -> frequencies.getOrDefault(term.text(), 0L) > 0)
                .map(term -> weighted(term, frequencies.getOrDefault(term.text(), 0L), lengths.entries()))
                .toList();
    }

    private static Weighted weighted(Term term, long postings, long entries) {
        double others = Math.max(0, entries - postings); // both counts are some seconds old at most
        return new Weighted(term.text(), term.count() * (K1 + 1)
                * Math.log(1 + (others + 0.5) / (postings + 0.5)), postings >= COMMON_MIN && postings > others);
    }

    boolean isEmpty() {
        return terms.isEmpty();
    }

    /** The best, best first. */
    List<Scored> best(int limit) {
        var telling = terms.stream().filter(term -> !term.isCommon()).toList();
        if (!telling.isEmpty() && telling.size() < terms.size()) {
            var found = score(telling, limit);
            if (found.size() == limit) {
                return found;
            }
        }
        return score(terms, limit);
    }

    /** Every scored entry may have to pass a condition: the statement to score them all, and its parameters. */
    <T extends org.jdbi.v3.core.statement.SqlStatement<T>> T bind(T statement) {
        return bind(statement, terms);
    }

    private List<Scored> score(List<Weighted> some, int limit) {
        return read(bind(handle.createQuery(TextSql.SCORE), some).bind("limit", limit));
    }

    private <T extends org.jdbi.v3.core.statement.SqlStatement<T>> T bind(T statement, List<Weighted> some) {
        return statement.bind("collection", collection).bind("per_length", perLength)
                .bind("terms", some.stream().map(Weighted::term).toArray(String[]::new))
                .bind("weights", some.stream().map(Weighted::weight).toArray(Double[]::new));
    }

    static List<Scored> read(Query query) {
        return query.map((row, context) -> new Scored(row.getLong("entry_id"), row.getDouble("score"))).list();
    }
}
