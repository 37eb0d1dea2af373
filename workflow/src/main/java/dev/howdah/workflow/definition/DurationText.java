package dev.howdah.workflow.definition;

import java.time.Duration;

/** Writes durations as {@link dev.howdah.postgres.Setting#parseDuration} reads them. */
public final class DurationText {
    private DurationText() {}

    /** In the largest unit that tells it exactly: {@code 250ms}, {@code 90s}, {@code 2h}; ISO-8601 below a millisecond. */
    public static String of(Duration duration) {
        long millis = duration.toMillis();
        if (!Duration.ofMillis(millis).equals(duration)) {
            return duration.toString();
        }
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        if (seconds % 3_600 != 0) {
            return seconds / 60 + "m";
        }
        return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds / 3_600 + "h";
    }
}
