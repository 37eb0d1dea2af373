package dev.howdah.postgres;

import org.jspecify.annotations.Nullable;

/**
 * The root of every error that Howdah raises on purpose. It says what happened ({@link #problem}), what to do about it
 * ({@link #remedy}) and carries a {@link #code} that stays the same over releases, so that programs can tell errors
 * apart. The message is problem and remedy joined: {@code queue "mail" is paused; resume it with: howdah queue resume
 * mail}.
 */
public abstract class HowdahException extends RuntimeException {
    private final String code;
    private final String problem;
    private final String remedy;

    protected HowdahException(String code, String problem, String remedy, @Nullable Throwable cause) {
        super(remedy.isEmpty() ? problem : problem + "; " + remedy, cause);
        this.code = code;
        this.problem = problem;
        this.remedy = remedy;
    }

    /** A stable identifier in kebab case, such as {@code task-not-found}. */
    public final String code() {
        return code;
    }

    /** What happened, with the value that caused it. */
    public final String problem() {
        return problem;
    }

    /** What the reader can do about it; empty if there is nothing to do. */
    public final String remedy() {
        return remedy;
    }
}
