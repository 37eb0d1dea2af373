package dev.howdah.bench;

import java.util.List;
import java.util.function.Supplier;

/**
 * Rows that are measured together.
 *
 * @param rows their names
 * @param isExpensive whether it takes minutes
 */
record Section(List<String> rows, boolean isExpensive, Supplier<Contest> contest) {
    static Section of(Supplier<Contest> contest, String... rows) {
        return new Section(List.of(rows), false, contest);
    }

    static Section expensive(Supplier<Contest> contest, String... rows) {
        return new Section(List.of(rows), true, contest);
    }
}
