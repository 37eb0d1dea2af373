package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.FileLanguage.Comments;
import java.util.Locale;
import java.util.Optional;

/**
 * A file's text with comments, and once more with comments and strings, replaced by spaces. Every character keeps its
 * place, so that an offset means the same in all three texts. One pass without a grammar: it knows line and block comments,
 * quoted, triple-quoted and back-quoted strings, characters, and JavaScript's regular expressions by what stands before them.
 */
final class CodeText {
    private final String source;
    private final char[] bare;
    private final char[] stringed;
    private final Optional<FileLanguage> language;
    private final Comments comments;

    private CodeText(String source, Optional<FileLanguage> language) {
        this.source = source;
        this.bare = source.toCharArray();
        this.stringed = source.toCharArray();
        this.language = language;
        this.comments = language.map(FileLanguage::comments).orElse(Comments.NONE);
    }

    /**
     * The text without its comments.
     *
     * @param bare also without the insides of strings
     * @param withStrings with them
     * @param lower the same in lower case
     */
    record Stripped(String bare, String withStrings, String lower) {}

    static Stripped strip(String source, Optional<FileLanguage> language) {
        var code = new CodeText(source, language);
        if (code.comments != Comments.NONE) {
            code.blank();
        }
        var withStrings = new String(code.stringed);
        return new Stripped(new String(code.bare), withStrings, withStrings.toLowerCase(Locale.ROOT));
    }

    private void blank() {
        int at = 0;
        while (at < source.length()) {
            at = opensComment(at) ? comment(at) : isQuote(at) ? string(at) : isRegex(at) ? regex(at) : at + 1;
        }
    }

    private boolean opensComment(int at) {
        char c = source.charAt(at);
        return switch (comments) {
            case C -> c == '/' && (source.startsWith("//", at) || source.startsWith("/*", at));
            case HASH -> c == '#' && (at == 0 || Character.isWhitespace(source.charAt(at - 1)));
            case DASHES -> c == '-' && source.startsWith("--", at);
            case NONE -> false;
        };
    }

    private int comment(int at) {
        int end = source.startsWith("/*", at) ? after("*/", at + 2) : endOfLine(at);
        blank(bare, at, end);
        blank(stringed, at, end);
        return end;
    }

    private boolean isQuote(int at) {
        char c = source.charAt(at);
        if (c == '"') {
            return true;
        }
        if (c == '`') {
            return is(FileLanguage.JAVASCRIPT) || is(FileLanguage.TYPESCRIPT) || is(FileLanguage.GO);
        }
        if (c != '\'') {
            return false;
        }
        if (is(FileLanguage.RUST)) { // a lifetime has no second quote
            return source.startsWith("\\", at + 1) || source.startsWith("'", at + 2);
        }
        return !is(FileLanguage.VUE) && !isInWord(at);
    }

    /** An apostrophe within a word, such as that of a shell's prose, opens nothing. */
    private boolean isInWord(int at) {
        return comments != Comments.C && at > 0 && Character.isLetterOrDigit(source.charAt(at - 1))
                && !is(FileLanguage.PYTHON);
    }

    private int string(int at) {
        char quote = source.charAt(at);
        var triple = String.valueOf(quote).repeat(3);
        if (source.startsWith(triple, at)) {
            int end = after(triple, at + 3);
            blank(bare, at + 3, Math.max(at + 3, end - 3));
            return end;
        }
        boolean isOfOneLine = quote != '`' && !is(FileLanguage.SHELL) && !is(FileLanguage.SQL);
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote && !(isOfOneLine && source.charAt(end) == '\n')) {
            end += source.charAt(end) == '\\' && !is(FileLanguage.SQL) ? 2 : 1;
        }
        blank(bare, at + 1, Math.min(end, source.length()));
        return Math.min(end + 1, source.length());
    }

    private boolean isRegex(int at) {
        if (source.charAt(at) != '/' || !(is(FileLanguage.JAVASCRIPT) || is(FileLanguage.TYPESCRIPT))) {
            return false;
        }
        int before = at - 1;
        while (before >= 0 && source.charAt(before) == ' ') {
            before--;
        }
        return before >= 0 && "(,=:[!&|?{};\n".indexOf(source.charAt(before)) >= 0;
    }

    private int regex(int at) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != '/' && source.charAt(end) != '\n') {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        blank(bare, at + 1, Math.min(end, source.length()));
        return Math.min(end + 1, source.length());
    }

    private boolean is(FileLanguage other) {
        return language.isPresent() && language.get() == other;
    }

    private int after(String end, int from) {
        int at = source.indexOf(end, from);
        return at < 0 ? source.length() : at + end.length();
    }

    private int endOfLine(int from) {
        int at = source.indexOf('\n', from);
        return at < 0 ? source.length() : at;
    }

    private static void blank(char[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] != '\n') {
                text[i] = ' ';
            }
        }
    }
}
