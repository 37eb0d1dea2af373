package dev.howdah.knowledge;

import dev.howdah.postgres.InvalidInputException;

/** The names of repositories: {@code owner/name}, each of letters, digits, {@code .}, {@code _} and {@code -}. */
public final class RepositoryName {
    private static final java.util.regex.Pattern NAME = java.util.regex.Pattern
            .compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}/[A-Za-z0-9_.-]{1,100}");
    private static final int SHOWN_MAX = 80;

    private RepositoryName() {}

    /** Whether the text is such a name; {@code .} and {@code ..} are none. */
    public static boolean isValid(String text) {
        return NAME.matcher(text).matches() && !text.endsWith("/.") && !text.endsWith("/..");
    }

    /**
     * The name itself.
     *
     * @throws InvalidInputException if it is none
     */
    public static String check(String text) {
        if (!isValid(text)) {
            var shown = text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
            throw new InvalidInputException("repository-name-invalid", "repository", "\"" + shown
                    + "\" is no repository", "use owner/name");
        }
        return text;
    }
}
