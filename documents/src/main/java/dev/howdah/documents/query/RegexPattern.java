package dev.howdah.documents.query;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import java.util.regex.Pattern;

/**
 * A regular expression of the part of PCRE that PostgreSQL and Java understand in the same way: literals, classes,
 * {@code . ^ $ \b \B \d \w \s}, groups, alternatives, repetition, look-ahead. Classes are those of ASCII; {@code $} is the
 * very end of the text (or of a line, with option {@code m}). What else PCRE has is refused by name.
 *
 * @param source as it was given
 * @param options letters of {@code i}, {@code m}, {@code s}, sorted
 * @param postgres the pattern for {@code like_regex} and {@code ~}
 * @param java the pattern for {@link #find}
 */
public record RegexPattern(String source, String options, String postgres, Pattern java) {
    /** Looks at characters after which a search is given up; PostgreSQL's own engine does not backtrack. */
    private static final int STEPS_MAX = 10_000_000;

    /**
     * @param at the field, for messages
     * @param lengthMax characters of the pattern
     * @throws InvalidInputException {@code regex-invalid} naming what is not supported
     */
    static RegexPattern parse(String source, String options, String at, int lengthMax) {
        if (source.length() > lengthMax) {
            throw RegexTranslation.invalid(at,
                    "the pattern has " + source.length() + " characters, more than " + lengthMax,
                    "shorten it");
        }
        return new RegexTranslation(source, options, at).translate();
    }

    /**
     * Whether the pattern is found in the text.
     *
     * @throws LimitExceededException {@code regex-too-slow} if that takes more than ten million steps
     */
    boolean find(String text) {
        return java.matcher(new Counted(text, source)).find();
    }

    /** Java's engine tries combinations, which a pattern can make endless; so its looks at the text are counted. */
    private static final class Counted implements CharSequence {
        private final CharSequence text;
        private final String source;
        private int steps;

        Counted(CharSequence text, String source) {
            this.text = text;
            this.source = source;
        }

        @Override
        public char charAt(int index) {
            if (++steps > STEPS_MAX) {
                throw new LimitExceededException("regex-too-slow", "the pattern \"" + source + "\" takes more than "
                        + STEPS_MAX + " steps", "avoid repetition within repetition");
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
