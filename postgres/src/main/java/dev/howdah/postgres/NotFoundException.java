package dev.howdah.postgres;

/** The thing that the caller named does not exist. */
public final class NotFoundException extends HowdahException {
    public NotFoundException(String code, String problem, String remedy) {
        super(code, problem, remedy, null);
    }
}
