package dev.howdah.knowledge.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * The best entries for a set of terms by BM25 with k1 = 1.2 and b = 0.75, exactly as if every posting had been scored, but
 * reading few of the common terms' postings. The idea is that of MaxScore: terms are ordered by how much each can add at
 * most. First the rare ones name candidates, and the best of these are scored in full: the last wanted entry scores at least
 * as much as the last of them. As many common terms as together stay below that cannot bring in an entry by themselves, so
 * that they are only looked up for those entries that the others found and that can still get there.
 */
final class Bm25 {
    static final double K1 = 1.2;
    static final double B = 0.75;
    /** Postings that are scored without asking whether it can be done with fewer. */
    static final int CHEAP_POSTINGS = 3_000;
    /** Candidates of the rare terms that are scored in full at least. */
    static final int PROBED_MIN = 30;
    /** Sums in another order may differ by so much. */
    private static final double ROUNDING = 1e-9;

    private final Handle handle;
    private final int collection;
    private final double perLength;
    private final List<Weighted> terms;

    /** A term with the factor of its scores and how many postings it has. */
    record Weighted(String term, double weight, long postings) {
        /** What it adds to a score at most. */
        double bound() {
            return weight;
        }
    }

    Bm25(Handle handle, int collection, TermStatistics.Lengths lengths, Collection<Term> asked,
            Map<String, Long> frequencies) {
        this.handle = handle;
        this.collection = collection;
        this.perLength = K1 * B / Math.max(1, lengths.average());
        this.terms = asked.stream().filter(term -> frequencies.getOrDefault(term.text(), 0L) > 0)
                .map(term -> weighted(term, frequencies.getOrDefault(term.text(), 0L), lengths.entries()))
                .sorted(Comparator.comparingDouble(Weighted::bound).reversed()).toList();
    }

    private static Weighted weighted(Term term, long postings, long entries) {
        double others = Math.max(0, entries - postings); // both counts are some seconds old at most
        return new Weighted(term.text(), term.count() * (K1 + 1)
                * Math.log(1 + (others + 0.5) / (postings + 0.5)), postings);
    }

    boolean isEmpty() {
        return terms.isEmpty();
    }

    /** The best, best first. */
    List<Scored> best(int limit) {
        if (terms.stream().mapToLong(Weighted::postings).sum() <= CHEAP_POSTINGS) {
            return score(limit);
        }
        var probed = score(cheap(), 0, Math.max(PROBED_MIN, 2 * limit), limit);
        double certain = probed.size() < limit ? 0 : probed.getLast().score() * (1 - ROUNDING);
        int scored = terms.size();
        double rest = 0;
        while (scored > 1 && rest + terms.get(scored - 1).bound() < certain) {
            rest += terms.get(--scored).bound();
        }
        return scored == terms.size() ? score(limit) : score(scored, certain - rest, Integer.MAX_VALUE, limit);
    }

    /** Every scored entry may have to pass a condition: the statement to score them all, and its parameters. */
    <T extends org.jdbi.v3.core.statement.SqlStatement<T>> T bind(T statement) {
        return bind(statement, terms);
    }

    private int cheap() {
        long postings = 0;
        for (int i = 0; i < terms.size(); i++) {
            postings += terms.get(i).postings();
            if (postings > CHEAP_POSTINGS) {
                return Math.max(1, i);
            }
        }
        return terms.size();
    }

    private List<Scored> score(int limit) {
        return read(bind(handle.createQuery(TextSql.SCORE)).bind("limit", limit));
    }

    private List<Scored> score(int scored, double least, int candidates, int limit) {
        var rest = terms.subList(scored, terms.size());
        return read(bind(handle.createQuery(TextSql.SCORE_WITH_REST), terms.subList(0, scored))
                .bind("rest_terms", rest.stream().map(Weighted::term).toArray(String[]::new))
                .bind("rest_weights", rest.stream().map(Weighted::weight).toArray(Double[]::new))
                .bind("least", least).bind("candidates", candidates).bind("limit", limit));
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
