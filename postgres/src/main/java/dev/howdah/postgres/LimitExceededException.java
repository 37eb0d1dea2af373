package dev.howdah.postgres;

/** The input is larger than a configured limit; the message names the limit and its setting. */
public final class LimitExceededException extends HowdahException {
    public LimitExceededException(String code, String problem, String remedy) {
        super(code, problem, remedy, null);
    }
}
