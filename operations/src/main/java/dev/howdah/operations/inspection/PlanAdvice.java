package dev.howdah.operations.inspection;

import java.util.Optional;

/**
 * What stands out in a plan.
 *
 * @param kind what it is
 * @param detail in words, with the numbers
 * @param fix SQL that would help, if it can be told
 */
public record PlanAdvice(Kind kind, String detail, Optional<String> fix) {
    /** What may stand out. */
    public enum Kind {
        /** A large table is read as a whole. */
        SEQUENTIAL_SCAN,
        /** There were ten times as many rows as expected, or a tenth. */
        MISESTIMATE,
        /** A sort or a hash did not fit into memory. */
        SPILL
    }
}
