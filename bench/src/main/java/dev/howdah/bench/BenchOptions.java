package dev.howdah.bench;

import java.util.List;

/**
 * What is to be measured.
 *
 * @param quick smaller and once
 * @param only only rows whose name holds this
 * @param history rows of history in the row that has many; 0 leaves it out
 */
record BenchOptions(boolean quick, String only, long history) {
    int repetitions() {
        return quick ? 1 : 5;
    }

    int size(int full, int small) {
        return quick ? small : full;
    }

    boolean includes(List<String> rows) {
        return rows.stream().anyMatch(row -> row.contains(only));
    }

    /** Rows that take long need to be asked for. */
    boolean leavesOutExpensive() {
        return quick && only.isEmpty();
    }
}
