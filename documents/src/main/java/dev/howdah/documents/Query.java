package dev.howdah.documents;

import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.Projection;
import dev.howdah.documents.query.Sort;
import dev.howdah.postgres.InvalidInputException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is to be found.
 *
 * @param filter which documents
 * @param sort in which order; by {@code _id} as text if absent
 * @param projection which of their fields; all if absent
 * @param skip how many are left out first
 * @param limit how many at most; all if absent
 */
public record Query(Filter filter, Optional<Sort> sort, Optional<Projection> projection, long skip,
        OptionalLong limit) {
    /** @throws InvalidInputException if a number is negative */
    public Query {
        if (skip < 0) {
            throw new InvalidInputException("query-invalid", "skip", "is " + skip, "use 0 or more");
        }
        if (limit.isPresent() && limit.getAsLong() < 0) {
            throw new InvalidInputException("query-invalid", "limit", "is " + limit.getAsLong(), "use 0 or more");
        }
    }

    /** All that match, whole, in the order of their ids. */
    public static Query of(Filter filter) {
        return new Query(filter, Optional.empty(), Optional.empty(), 0, OptionalLong.empty());
    }

    public Query sortedBy(Sort order) {
        return new Query(filter, Optional.of(order), projection, skip, limit);
    }

    public Query projectedTo(Projection fields) {
        return new Query(filter, sort, Optional.of(fields), skip, limit);
    }

    public Query skipping(long count) {
        return new Query(filter, sort, projection, count, limit);
    }

    public Query limitedTo(long count) {
        return new Query(filter, sort, projection, skip, OptionalLong.of(count));
    }
}
