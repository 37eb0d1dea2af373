package dev.howdah.knowledge.vector;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.postgres.InvalidInputException;
import java.util.OptionalDouble;

/**
 * A search for neighbours.
 *
 * @param vector near what
 * @param limit how many, 1 to {@value #LIMIT_MAX}
 * @param filter which entries may be found
 * @param distanceMax beyond which none is near; absent for all
 */
public record VectorQuery(Embedding vector, int limit, Filter filter, OptionalDouble distanceMax) {
    /** The most neighbours of one search. */
    public static final int LIMIT_MAX = 10_000;

    public VectorQuery {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new InvalidInputException("limit-invalid", "limit", "limit is " + limit, "give 1 to " + LIMIT_MAX);
        }
    }

    /** Among all entries. */
    public static VectorQuery of(Embedding vector, int limit) {
        return of(vector, limit, Filter.none());
    }

    /** Among those that pass the filter. */
    public static VectorQuery of(Embedding vector, int limit, Filter filter) {
        return new VectorQuery(vector, limit, filter, OptionalDouble.empty());
    }
}
