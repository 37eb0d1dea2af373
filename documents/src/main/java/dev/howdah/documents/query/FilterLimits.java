package dev.howdah.documents.query;

import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a filter may measure.
 *
 * @param depthMax levels of operators within each other; 1 to 100
 * @param clausesMax conditions in all; 1 to 10,000
 * @param listMax values of one {@code $in}, {@code $nin} or {@code $all}; 1 to 10,000
 * @param patternMax characters of a regular expression; 1 to 10,000
 */
public record FilterLimits(int depthMax, int clausesMax, int listMax, int patternMax) {
    /** 30 levels, 500 clauses, lists of 1,000, patterns of 1,000 characters. */
    public static final FilterLimits DEFAULT = new FilterLimits(30, 500, 1_000, 1_000);

    /** @throws InvalidInputException if a limit is out of its bounds */
    public FilterLimits {
        var faults = new ArrayList<InvalidInputException.Fault>();
        check(faults, "depthMax", depthMax, 100);
        check(faults, "clausesMax", clausesMax, 10_000);
        check(faults, "listMax", listMax, 10_000);
        check(faults, "patternMax", patternMax, 10_000);
        if (!faults.isEmpty()) {
            throw new InvalidInputException("filter-limits-invalid", faults);
        }
    }

    private static void check(List<InvalidInputException.Fault> faults, String field, int value, int max) {
        if (value < 1 || value > max) {
            faults.add(new InvalidInputException.Fault(field, "is " + value, "use 1 to " + max));
        }
    }
}
