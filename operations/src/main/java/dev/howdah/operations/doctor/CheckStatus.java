package dev.howdah.operations.doctor;

import java.util.Locale;

/** How something is; in order of severity. */
public enum CheckStatus {
    /** As it should be. */
    OK,
    /** It could not be examined. */
    UNKNOWN,
    /** It works, but is worse than it should be, or will stop. */
    DEGRADED,
    /** It does not work. */
    DOWN;

    /** As it is shown. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The more severe of both. */
    public CheckStatus or(CheckStatus other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
