package dev.howdah.postgres;

import org.jspecify.annotations.Nullable;

/** A migration cannot be run; what was applied before stays, the failed one left no trace unless the message says so. */
public final class MigrationException extends HowdahException {
    public MigrationException(String code, String problem, String remedy) {
        this(code, problem, remedy, null);
    }

    public MigrationException(String code, String problem, String remedy, @Nullable Throwable cause) {
        super(code, problem, remedy, cause);
    }
}
