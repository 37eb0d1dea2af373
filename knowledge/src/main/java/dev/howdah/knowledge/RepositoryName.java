package dev.howdah.knowledge;

import java.util.regex.Pattern;

/** The names of repositories: {@code owner/name}, each of letters, digits, {@code .}, {@code _} and {@code -}. */
public final class RepositoryName {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}/[A-Za-z0-9_.-]{1,100}");

    private RepositoryName() {}

    /** Whether the text is such a name; {@code .} and {@code ..} are none. */
    public static boolean isValid(String text) {
        return NAME.matcher(text).matches() && !text.endsWith("/.") && !text.endsWith("/..");
    }
}
