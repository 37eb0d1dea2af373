package dev.howdah.postgres;

import java.util.Locale;
import java.util.regex.Pattern;

/** Reads just enough of an SQL statement to file it: its type, and a form without values for the slow-query log. */
final class StatementText {
    private static final int NORMALIZED_LENGTH_MAX = 2000;
    private static final Pattern COMMENT = Pattern.compile("--[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern STRING = Pattern.compile("'(?:[^']|'')*'");
    private static final Pattern NUMBER = Pattern.compile("\\b\\d+(?:\\.\\d+)?\\b");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern IN_LIST = Pattern.compile("\\( ?\\?(?: ?, ?\\?)+ ?\\)");
    private static final Pattern VERB = Pattern.compile("\\b(SELECT|INSERT|UPDATE|DELETE|MERGE)\\b");

    private StatementText() {}

    /** The statement on one line, values replaced by {@code ?}, lists of values by one. */
    static String normalize(String sql) {
        var text = COMMENT.matcher(sql).replaceAll(" ");
        text = STRING.matcher(text).replaceAll("?");
        text = NUMBER.matcher(text).replaceAll("?");
        text = BLANKS.matcher(text).replaceAll(" ").strip();
        text = IN_LIST.matcher(text).replaceAll("(?)");
        return text.length() <= NORMALIZED_LENGTH_MAX ? text : text.substring(0, NORMALIZED_LENGTH_MAX);
    }

    /** The verb that decides what the statement does; for a WITH, the one behind its common table expressions. */
    static StatementType type(String sql) {
        var text = normalize(sql).toUpperCase(Locale.ROOT);
        if (!text.startsWith("WITH ")) {
            return typeOf(text.split(" ", 2)[0]);
        }
        var outer = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            outer.append(depth == 0 ? c : ' ');
        }
        var verb = VERB.matcher(outer);
        return verb.find() ? typeOf(verb.group()) : StatementType.OTHER;
    }

    private static StatementType typeOf(String verb) {
        return switch (verb) {
            case "SELECT", "VALUES", "TABLE", "SHOW" -> StatementType.SELECT;
            case "INSERT", "COPY" -> StatementType.INSERT;
            case "UPDATE", "MERGE" -> StatementType.UPDATE;
            case "DELETE", "TRUNCATE" -> StatementType.DELETE;
            default -> StatementType.OTHER;
        };
    }
}
