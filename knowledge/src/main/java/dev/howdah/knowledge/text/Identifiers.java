package dev.howdah.knowledge.text;

import java.util.regex.Pattern;

/**
 * The words inside identifiers. PostgreSQL's parser keeps {@code dev.howdah.TaskQueue}, {@code src/main/App.java} and
 * {@code findUserById} as one word each; people ask for the parts, so that these are added behind the text.
 */
final class Identifiers {
    /** Characters of the parts that are added to one text. */
    static final int PARTS_MAX = 20_000;

    private static final Pattern COMPOUND = Pattern
            .compile("[\\p{L}\\p{N}_$]{1,80}(?:(?:::|[./\\\\:#])[\\p{L}\\p{N}_$]{1,80}){0,20}");
    private static final Pattern CASE_CHANGE = Pattern.compile("\\p{Ll}\\p{Lu}");
    private static final Pattern INNER_MARK = Pattern.compile("[./\\\\:#$]");
    private static final Pattern LETTER = Pattern.compile("\\p{L}");
    private static final Pattern BORDER = Pattern
            .compile("[^\\p{L}\\p{N}]+|(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");

    private Identifiers() {}

    /** The text, followed by the parts of the identifiers in it. */
    static String withParts(String text) {
        var parts = new StringBuilder();
        var matcher = COMPOUND.matcher(text);
        while (matcher.find() && parts.length() < PARTS_MAX) {
            var word = matcher.group();
            if (isCompound(word)) {
                parts.append(' ').append(BORDER.matcher(word).replaceAll(" "));
            }
        }
        return parts.isEmpty() ? text : text + "\n" + parts;
    }

    private static boolean isCompound(String word) {
        return LETTER.matcher(word).find() && (CASE_CHANGE.matcher(word).find() || INNER_MARK.matcher(word).find());
    }
}
