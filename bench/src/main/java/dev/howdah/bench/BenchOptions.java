package dev.howdah.bench;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is to be measured.
 *
 * @param quick smaller and once
 * @param only only rows in whose name this is found
 * @param history rows of history in the row that has many; 0 leaves it out
 */
record BenchOptions(boolean quick, Pattern only, long history) {
    int repetitions() {
        return quick ? 1 : 5;
    }

    /** For how long a peer drains before its drain is measured. */
    Duration warmUp() {
        return Duration.ofSeconds(size(10, 0));
    }

    int size(int full, int small) {
        return quick ? small : full;
    }

    boolean includes(List<String> rows) {
        return rows.stream().anyMatch(row -> only.matcher(row).find());
    }

    /** Rows that take long need to be asked for. */
    boolean leavesOutExpensive() {
        return quick && only.pattern().isEmpty();
    }
}
