package dev.howdah.documents.query;

import dev.howdah.postgres.InvalidInputException;
import java.util.List;
import java.util.Set;

/**
 * A dotted path such as {@code user.address.0.city}. A step of digits is a field's name or an index of an array, whichever
 * the document has.
 *
 * @param steps 1 to {@link #STEPS_MAX} names, none empty
 */
public record FieldPath(List<String> steps) {
    /** The most steps. */
    public static final int STEPS_MAX = 100;

    private static final Set<String> REFERENCE_FIELDS = Set.of("$ref", "$id", "$db");
    /** Nobody has an array of a million fields; more digits are a name. */
    private static final int INDEX_DIGITS_MAX = 7;

    /** @throws InvalidInputException {@code path-invalid} */
    public FieldPath {
        steps = List.copyOf(steps);
        var text = String.join(".", steps);
        if (steps.isEmpty() || steps.size() > STEPS_MAX) {
            throw invalid(text, "has " + steps.size() + " steps", "give 1 to " + STEPS_MAX);
        }
        for (var step : steps) {
            if (step.isEmpty()) {
                throw invalid(text, "has an empty step", "write names with single dots between them");
            }
            if (step.indexOf('\0') >= 0) {
                throw invalid(text.replace("\0", ""), "contains U+0000", "remove it");
            }
            if (step.startsWith("$") && !REFERENCE_FIELDS.contains(step)) {
                throw invalid(text, "has the step \"" + step + "\"", "names do not begin with $");
            }
        }
    }

    /**
     * A path from its text.
     *
     * @throws InvalidInputException {@code path-invalid}
     */
    public static FieldPath parse(String text) {
        return new FieldPath(List.of(text.split("\\.", -1)));
    }

    /** The first step. */
    public String head() {
        return steps.getFirst();
    }

    /** Whether the step may be an index of an array. */
    public static boolean isIndex(String step) {
        return step.length() <= INDEX_DIGITS_MAX && step.chars().allMatch(c -> c >= '0' && c <= '9')
                && (step.length() == 1 || step.charAt(0) != '0');
    }

    /** Whether this path is the other or leads into it. */
    public boolean startsWith(FieldPath other) {
        return steps.size() >= other.steps.size() && steps.subList(0, other.steps.size()).equals(other.steps);
    }

    @Override
    public String toString() {
        return String.join(".", steps);
    }

    private static InvalidInputException invalid(String path, String problem, String remedy) {
        return new InvalidInputException("path-invalid", path, "the path \"" + path + "\" " + problem, remedy);
    }
}
