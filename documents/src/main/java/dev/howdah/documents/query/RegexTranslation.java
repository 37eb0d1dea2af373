package dev.howdah.documents.query;

import dev.howdah.postgres.InvalidInputException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads a pattern once and writes it twice: for PostgreSQL's advanced regular expressions and for Java's. */
final class RegexTranslation {
    private static final String SUPPORTED = "supported are literals, classes, . ^ $ \\b \\B \\A \\z \\d \\w \\s, groups, "
            + "alternatives, repetition up to 255, look-ahead and the options i, m, s";
    private static final int REPEAT_MAX = 255;
    private static final int GROUPS_MAX = 50;

    private final String source;
    private final String at;
    private final StringBuilder postgres = new StringBuilder();
    private final StringBuilder java = new StringBuilder();
    private boolean ignoreCase;
    private boolean lines;
    private boolean dotAll;
    private int position;
    private int open;
    private int groups;
    private boolean repeatable;

    RegexTranslation(String source, String options, String at) {
        this.source = source;
        this.at = at;
        options.chars().forEach(option -> option((char) option));
    }

    static InvalidInputException invalid(String at, String problem, String remedy) {
        return new InvalidInputException("regex-invalid", at, problem, remedy);
    }

    RegexPattern translate() {
        leadingOptions();
        while (position < source.length()) {
            next();
        }
        if (open > 0) {
            throw unsupported("an open group");
        }
        try {
            var flags = Pattern.UNIX_LINES | (ignoreCase ? Pattern.CASE_INSENSITIVE : 0)
                    | (lines ? Pattern.MULTILINE : 0)
                    | (dotAll ? Pattern.DOTALL : 0);
            var options = (ignoreCase ? "i" : "") + (lines ? "m" : "") + (dotAll ? "s" : "");
            return new RegexPattern(source, options, postgres.toString(), Pattern.compile(java.toString(), flags));
        } catch (PatternSyntaxException e) {
            throw invalid(at, "the pattern \"" + source + "\" is not valid: " + e.getDescription(), SUPPORTED);
        }
    }

    private void option(char option) {
        switch (option) {
            case 'i' -> ignoreCase = true;
            case 'm' -> lines = true;
            case 's' -> dotAll = true;
            case 'u' -> {
                // texts are Unicode anyway
            }
            default -> throw invalid(at, "the option " + option + " of a regular expression is not supported",
                    "supported are i, m, s");
        }
    }

    private void leadingOptions() {
        var end = source.indexOf(')');
        if (source.startsWith("(?") && end > 2
                && source.substring(2, end).chars().allMatch(c -> c >= 'a' && c <= 'z')) {
            source.substring(2, end).chars().forEach(option -> option((char) option));
            position = end + 1;
        }
    }

    private void next() {
        var c = source.codePointAt(position);
        position += Character.charCount(c);
        switch (c) {
            case '\\' -> escape();
            case '[' -> bracket();
            case '(' -> group();
            case ')' -> {
                if (--open < 0) {
                    throw unsupported("a closing parenthesis without an open one");
                }
                both(")");
                repeatable = true;
            }
            case '|' -> {
                both("|");
                repeatable = false;
            }
            case '.' -> {
                // PostgreSQL is always asked with s: without it, a class such as [^a] would not match a line's end either
                postgres.append(dotAll ? "." : "[^\\n]");
                java.append('.');
                repeatable = true;
            }
            case '^' -> anchor("^", lines ? "(?:\\A|(?<=\\n))" : "^"); // Java's own does not match at the end of the text
            case '$' -> anchor(lines ? "$" : "\\Z", lines ? "$" : "\\z");
            case '*', '+', '?' -> repeat((char) c + "");
            case '{' -> braces();
            default -> literal(c);
        }
    }

    private void anchor(String forPostgres, String forJava) {
        postgres.append(forPostgres);
        java.append(forJava);
        repeatable = false;
    }

    private void group() {
        if (++groups > GROUPS_MAX) {
            throw unsupported("more than " + GROUPS_MAX + " groups");
        }
        open++;
        repeatable = false;
        if (!source.startsWith("?", position)) {
            both("(?:");
            return;
        }
        for (var kind : new String[]{"?:", "?=", "?!"}) {
            if (source.startsWith(kind, position)) {
                position += kind.length();
                both("(" + kind);
                return;
            }
        }
        throw unsupported("the group (" + source.substring(position, Math.min(source.length(), position + 3)));
    }

    private void repeat(String quantifier) {
        if (!repeatable) {
            throw unsupported("the repetition " + quantifier + " of nothing");
        }
        both(quantifier);
        repeatable = false;
        if (source.startsWith("?", position)) {
            position++; // lazy or greedy, what is found is the same
        } else if (source.startsWith("+", position)) {
            throw unsupported("possessive repetition");
        }
    }

    private void braces() {
        var end = source.indexOf('}', position);
        var body = end < 0 ? "" : source.substring(position, end);
        if (!body.matches("[0-9]{1,4}(,[0-9]{0,4})?")) {
            literal('{');
            return;
        }
        for (var number : body.split(",", -1)) {
            if (!number.isEmpty() && Integer.parseInt(number) > REPEAT_MAX) {
                throw unsupported("a repetition of more than " + REPEAT_MAX);
            }
        }
        position = end + 1;
        repeat("{" + body + "}");
    }

    private void escape() {
        var c = escaped();
        switch (c) {
            case 'd', 'D', 'w', 'W', 's', 'S' -> {
                both((Character.isUpperCase(c) ? "[^" : "[") + classOf(c) + "]");
                repeatable = true;
            }
            case 'b' -> anchor("\\y", "\\b");
            case 'B' -> anchor("\\Y", "\\B");
            case 'A' -> anchor("\\A", "\\A");
            case 'z' -> anchor("\\Z", "\\z");
            default -> literal(character(c));
        }
    }

    private char escaped() {
        if (position == source.length()) {
            throw unsupported("a backslash at the end");
        }
        return source.charAt(position++);
    }

    /** The character that an escape stands for. */
    private int character(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'f' -> '\f';
            case 'a' -> 7;
            case 'e' -> 27;
            case 'x' -> hexadecimal();
            default -> {
                if (c > 127 || Character.isLetterOrDigit(c)) {
                    throw unsupported("\\" + c);
                }
                yield c;
            }
        };
    }

    private int hexadecimal() {
        var braced = source.startsWith("{", position);
        var end = braced ? source.indexOf('}', position) : position + 2;
        var digits = end < 0 || end > source.length() ? "" : source.substring(braced ? position + 1 : position, end);
        if (!digits.matches("[0-9a-fA-F]{1,6}")) {
            throw unsupported("\\x without hexadecimal digits");
        }
        position = braced ? end + 1 : end;
        var value = Integer.parseInt(digits, 16);
        if (value == 0 || !Character.isValidCodePoint(value) || (value >= 0xd800 && value <= 0xdfff)) {
            throw unsupported("\\x" + digits);
        }
        return value;
    }

    private static String classOf(char c) {
        return switch (Character.toLowerCase(c)) {
            case 'd' -> "0-9";
            case 'w' -> "A-Za-z0-9_";
            default -> " \\t\\n\\u000B\\f\\r";
        };
    }

    private void bracket() {
        both("[");
        if (source.startsWith("^", position)) {
            position++;
            both("^");
        }
        var first = true;
        while (first || !source.startsWith("]", position)) {
            first = false;
            member();
        }
        position++;
        both("]");
        repeatable = true;
    }

    private void member() {
        var from = classCharacter();
        if (from < 0) {
            return;
        }
        write(from);
        if (source.startsWith("-", position) && position + 1 < source.length() && source.charAt(position + 1) != ']') {
            position++;
            var to = classCharacter();
            if (to < from) {
                throw unsupported("a range of characters that does not ascend");
            }
            both("-");
            write(to);
        }
    }

    /** One character of a class; -1 if a class within it was written. */
    private int classCharacter() {
        if (position >= source.length()) {
            throw unsupported("an open class of characters");
        }
        if (source.startsWith("[:", position) || source.startsWith("[.", position)
                || source.startsWith("[=", position)) {
            throw unsupported("a named class " + source.substring(position, position + 2));
        }
        var c = source.codePointAt(position);
        position += Character.charCount(c);
        if (c != '\\') {
            return c;
        }
        var escaped = escaped();
        if ("dws".indexOf(escaped) >= 0) {
            both(classOf(escaped));
            return -1;
        }
        return escaped == 'b' ? 8 : character(escaped);
    }

    private void literal(int c) {
        write(c);
        repeatable = true;
    }

    /** Letters and digits as they are; anything else by its number, which neither engine takes for syntax. */
    private void write(int c) {
        if (c < 128 && Character.isLetterOrDigit(c)) {
            both(Character.toString(c));
        } else if (c <= 0xffff) {
            both(String.format("\\u%04X", c));
        } else {
            postgres.append(String.format("\\U%08X", c));
            java.append(String.format("\\x{%X}", c));
        }
    }

    private void both(String text) {
        postgres.append(text);
        java.append(text);
    }

    private InvalidInputException unsupported(String what) {
        return invalid(at, "the pattern \"" + source + "\" has " + what + ", which is not supported", SUPPORTED);
    }
}
