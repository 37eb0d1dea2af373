package dev.howdah.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts SQL into words, names, values and signs. Comments are left out; text that never ends is taken to its end, since what is
 * read here may be wrong or cut off. Not a parser: it knows what belongs together, not what it means.
 */
final class SqlTokens {
    /** Characters that are looked at; what stands behind them says nothing new about a statement. */
    static final int CHARACTERS_MAX = 100_000;

    private static final String UNUSUAL = "~!@#%^&|`";
    private static final String OPERATOR = "+-*/<>=~!@#%^&|`";

    private final String sql;
    private final int end;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    /** What a token is. */
    enum Kind {
        /** A keyword or a name without quotes. */
        WORD,
        /** A name in quotes; its text is without them. */
        NAME,
        /** A string or number; its text is not kept. */
        VALUE,
        /** {@code ?}, {@code $1} or {@code :name}. */
        PARAMETER,
        /** A bracket, comma, dot, semicolon or operator. */
        SIGN
    }

    /**
     * One of them.
     *
     * @param text as it is written, but {@code ?} for a value
     * @param upper the same in upper case for a word, otherwise as {@code text}
     * @param spaced whether something blank or a comment stands before it
     */
    record Token(Kind kind, String text, String upper, boolean spaced) {
        boolean is(String word) {
            return kind != Kind.NAME && upper.equals(word);
        }

        boolean isName() {
            return kind == Kind.WORD || kind == Kind.NAME;
        }
    }

    private SqlTokens(String sql) {
        this.sql = sql;
        this.end = Math.min(sql.length(), CHARACTERS_MAX);
    }

    static List<Token> of(String sql) {
        return new SqlTokens(sql).read();
    }

    private List<Token> read() {
        while (at < end) {
            int before = at;
            skipBlanks();
            if (at < end) {
                next(at > before);
            }
        }
        return tokens;
    }

    private void skipBlanks() {
        while (at < end) {
            if (Character.isWhitespace(sql.charAt(at))) {
                at++;
            } else if (sql.startsWith("--", at)) {
                int line = sql.indexOf('\n', at);
                at = line < 0 ? end : line;
            } else if (sql.startsWith("/*", at)) {
                skipComment();
            } else {
                return;
            }
        }
    }

    /** They nest. */
    private void skipComment() {
        int depth = 0;
        do {
            boolean opens = sql.startsWith("/*", at);
            boolean closes = sql.startsWith("*/", at);
            depth += opens ? 1 : closes ? -1 : 0;
            at += opens || closes ? 2 : 1;
        } while (depth > 0 && at < end);
    }

    private void next(boolean spaced) {
        char c = sql.charAt(at);
        int begin = at;
        if (c == '\'') {
            skipString(false);
            add(Kind.VALUE, "?", spaced);
        } else if (c == '"') {
            skipQuoted('"');
            add(Kind.NAME, name(begin + 1), spaced);
        } else if (isDigit(at) || (c == '.' && isDigit(at + 1))) {
            skipNumber();
            add(Kind.VALUE, "?", spaced);
        } else if (c == '$') {
            dollar(spaced);
        } else if (isWordStart(c)) {
            word(spaced);
        } else if (c == '?' || (c == ':' && at + 1 < end && isWordStart(sql.charAt(at + 1)))) {
            at++;
            skipWord(c == ':');
            add(Kind.PARAMETER, sql.substring(begin, at), spaced);
        } else {
            skipSign(c);
            add(Kind.SIGN, sql.substring(begin, at), spaced);
        }
    }

    private void add(Kind kind, String text, boolean spaced) {
        tokens.add(new Token(kind, text, kind == Kind.WORD ? text.toUpperCase(Locale.ROOT) : text, spaced));
    }

    /** A word, or a string with a prefix such as {@code E'…'} or {@code U&"…"}. */
    private void word(boolean spaced) {
        int begin = at;
        skipWord(true);
        int length = at - begin;
        if (length == 1 && sql.startsWith("'", at) && "eEbBxXnN".indexOf(sql.charAt(begin)) >= 0) {
            skipString("eE".indexOf(sql.charAt(begin)) >= 0);
            add(Kind.VALUE, "?", spaced);
        } else if (length == 1 && "uU".indexOf(sql.charAt(begin)) >= 0 && sql.startsWith("&'", at)) {
            at++;
            skipString(false);
            add(Kind.VALUE, "?", spaced);
        } else if (length == 1 && "uU".indexOf(sql.charAt(begin)) >= 0 && sql.startsWith("&\"", at)) {
            at++;
            int name = at + 1;
            skipQuoted('"');
            add(Kind.NAME, name(name), spaced);
        } else {
            add(Kind.WORD, sql.substring(begin, at), spaced);
        }
    }

    /** A parameter such as {@code $1}, or a string between {@code $tag$}. */
    private void dollar(boolean spaced) {
        int begin = at++;
        if (isDigit(at)) {
            while (isDigit(at)) {
                at++;
            }
            add(Kind.PARAMETER, "?", spaced);
            return;
        }
        skipTag();
        if (at < end && sql.charAt(at) == '$') {
            var tag = sql.substring(begin, ++at);
            int close = sql.indexOf(tag, at);
            at = close < 0 ? end : Math.min(end, close + tag.length());
            add(Kind.VALUE, "?", spaced);
        } else {
            add(Kind.SIGN, sql.substring(begin, at), spaced);
        }
    }

    private void skipTag() {
        while (at < end && (isWordStart(sql.charAt(at)) || isDigit(at))) {
            at++;
        }
    }

    private void skipString(boolean hasEscapes) {
        at++;
        while (at < end) {
            char c = sql.charAt(at++);
            if (c == '\\' && hasEscapes) {
                at++;
            } else if (c == '\'' && !sql.startsWith("'", at)) {
                break;
            } else if (c == '\'') {
                at++; // doubled
            }
        }
        at = Math.min(at, end);
    }

    private void skipQuoted(char quote) {
        at++;
        while (at < end) {
            if (sql.charAt(at++) == quote) {
                if (at >= end || sql.charAt(at) != quote) {
                    return;
                }
                at++; // doubled
            }
        }
    }

    /** From its first character to the closing quote, which may be missing. */
    private String name(int begin) {
        boolean isClosed = at > begin && sql.charAt(at - 1) == '"';
        return sql.substring(Math.min(begin, at), isClosed ? at - 1 : at).replace("\"\"", "\"");
    }

    private void skipNumber() {
        while (at < end) {
            char c = sql.charAt(at);
            boolean isExponent = (c == '+' || c == '-') && "eE".indexOf(sql.charAt(at - 1)) >= 0;
            if (!Character.isLetterOrDigit(c) && c != '.' && c != '_' && !isExponent) {
                return;
            }
            at++;
        }
    }

    private void skipWord(boolean isOne) {
        while (isOne && at < end && (isWordStart(sql.charAt(at)) || isDigit(at) || sql.charAt(at) == '$')) {
            at++;
        }
    }

    private void skipSign(char first) {
        int begin = at++;
        if (first == ':') {
            at += sql.startsWith(":", at) || sql.startsWith("=", at) ? 1 : 0;
        } else if (OPERATOR.indexOf(first) >= 0) {
            while (at < end && OPERATOR.indexOf(sql.charAt(at)) >= 0 && !sql.startsWith("--", at)
                    && !sql.startsWith("/*", at)) {
                at++;
            }
            giveBackSign(begin);
        }
    }

    /** As in PostgreSQL: a plus or minus at the end of {@code =-} belongs to what follows, unless the operator is an unusual one. */
    private void giveBackSign(int begin) {
        boolean isUnusual = sql.substring(begin, at).chars().anyMatch(c -> UNUSUAL.indexOf(c) >= 0);
        while (!isUnusual && at - begin > 1 && "+-".indexOf(sql.charAt(at - 1)) >= 0) {
            at--;
        }
    }

    private boolean isDigit(int index) {
        return index < end && sql.charAt(index) >= '0' && sql.charAt(index) <= '9';
    }

    private static boolean isWordStart(char c) {
        return Character.isLetter(c) || c == '_';
    }
}
