package dev.howdah.postgres;

/** The request is well formed, but the present state of what it names does not allow it. */
public final class ConflictException extends HowdahException {
    public ConflictException(String code, String problem, String remedy) {
        super(code, problem, remedy, null);
    }
}
