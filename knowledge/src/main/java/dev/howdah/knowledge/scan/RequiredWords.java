package dev.howdah.knowledge.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Words of which a text must have at least one, in lower case, for a regular expression to match. Looking for a word is
 * much faster than trying the expression at each place, and most files have none of them: it halved the time of a scan.
 */
final class RequiredWords {
    private static final int WORD_CHARS_MIN = 3;
    private final String regex;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder run = new StringBuilder();
    private String longest = "";
    private boolean isKnown = true;

    private RequiredWords(String regex) {
        this.regex = regex.replaceAll("\\(\\?[a-z]+\\)", "");
    }

    /** One word of each alternative: the longest that stands outside of groups; none if an alternative has none. */
    static List<String> of(String regex) {
        var required = new RequiredWords(regex);
        required.read();
        return required.isKnown ? List.copyOf(required.words) : List.of();
    }

    private void read() {
        int at = 0;
        while (at < regex.length()) {
            at = switch (regex.charAt(at)) {
                case '|' -> {
                    endAlternative();
                    yield at + 1;
                }
                case '(' -> endRun(afterGroup(at));
                case '[' -> endRun(afterClass(at));
                case '\\' -> endRun(at + 2);
                case '?', '*' -> endOptional(at + 1);
                case '{' -> endOptional(regex.indexOf('}', at) + 1);
                case '+', '.', '^', '$' -> endRun(at + 1);
                default -> {
                    run.append(regex.charAt(at));
                    yield at + 1;
                }
            };
        }
        endAlternative();
    }

    private void endAlternative() {
        endRun(0);
        isKnown &= longest.length() >= WORD_CHARS_MIN;
        words.add(longest);
        longest = "";
    }

    private int endRun(int next) {
        longest = run.length() > longest.length() ? run.toString().toLowerCase(Locale.ROOT) : longest;
        run.setLength(0);
        return next;
    }

    /** The last character may be missing. */
    private int endOptional(int next) {
        run.setLength(Math.max(run.length() - 1, 0));
        return endRun(next);
    }

    private int afterClass(int open) {
        int at = open + 1;
        while (at < regex.length() && regex.charAt(at) != ']') {
            at += regex.charAt(at) == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    private int afterGroup(int open) {
        int at = open + 1;
        while (at < regex.length() && regex.charAt(at) != ')') {
            at = switch (regex.charAt(at)) {
                case '(' -> afterGroup(at);
                case '[' -> afterClass(at);
                case '\\' -> at + 2;
                default -> at + 1;
            };
        }
        return at + 1;
    }
}
