package dev.howdah.knowledge.search;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.postgres.InvalidInputException;
import java.util.Optional;

/**
 * A question to a collection.
 *
 * @param question in the syntax of {@link dev.howdah.knowledge.text.TextQuery}
 * @param mode by what; absent for hybrid where that can be, else by words
 * @param filter beside those in the question
 * @param limit hits, 1 to {@value #LIMIT_MAX}
 * @param vector the question's vector, if the caller has it; otherwise the model makes it
 */
public record SearchRequest(String question, Optional<SearchMode> mode, Filter filter, int limit,
        Optional<Embedding> vector) {
    /** The most hits of one search. */
    public static final int LIMIT_MAX = 1_000;

    public SearchRequest {
        requireLimit(limit);
    }

    /** By whatever is there, among all entries. */
    public static SearchRequest of(String question, int limit) {
        return new SearchRequest(question, Optional.empty(), Filter.none(), limit, Optional.empty());
    }

    /** The same by this. */
    public SearchRequest by(SearchMode other) {
        return new SearchRequest(question, Optional.of(other), filter, limit, vector);
    }

    /** The same among those that pass. */
    public SearchRequest with(Filter other) {
        return new SearchRequest(question, mode, other, limit, vector);
    }

    /** The same with its vector. */
    public SearchRequest with(Embedding embedding) {
        return new SearchRequest(question, mode, filter, limit, Optional.of(embedding));
    }

    static void requireLimit(int limit) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new InvalidInputException("limit-invalid", "limit", "limit is " + limit, "give 1 to " + LIMIT_MAX);
        }
    }
}
