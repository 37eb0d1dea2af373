package dev.howdah.postgres;

import org.jspecify.annotations.Nullable;

/** Something that Howdah needs (the database, a repository, a model) cannot be reached now. Trying again later may work. */
public final class UnavailableException extends HowdahException {
    public UnavailableException(String code, String problem, String remedy, @Nullable Throwable cause) {
        super(code, problem, remedy, cause);
    }
}
