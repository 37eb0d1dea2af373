package dev.howdah.knowledge;

import dev.howdah.postgres.InvalidInputException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A part of a list.
 *
 * @param <T> the type of the elements
 * @param next the cursor of the next page; absent if this is the last one
 */
public record Page<T>(List<T> items, Optional<String> next) {
    /** The most that one page holds. */
    public static final int LIMIT_MAX = 500;

    public Page {
        items = List.copyOf(items);
    }

    /** A page of what was read, one row more than it holds. */
    static <T> Page<T> of(List<T> rows, int limit, Function<T, String> cursor) {
        return rows.size() <= limit
                ? new Page<>(rows, Optional.empty())
                : new Page<>(rows.subList(0, limit), Optional.of(cursor.apply(rows.get(limit - 1))));
    }

    static int check(int limit) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new InvalidInputException("page-invalid", "limit", limit + " is out of range",
                    "use 1 to " + LIMIT_MAX);
        }
        return limit;
    }
}
