package dev.howdah.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Splits a script into its statements, minding quotes, dollar quotes and comments. */
final class SqlScript {
    private static final Pattern DOLLAR_TAG = Pattern.compile("\\$(?:[A-Za-z_][A-Za-z0-9_]*)?\\$");

    private final String text;
    private int position;

    private SqlScript(String text) {
        this.text = text;
    }

    /** The statements without their semicolons; what is only comment or blank is left out. */
    static List<String> statements(String text) {
        return new SqlScript(text).split();
    }

    private List<String> split() {
        var statements = new ArrayList<String>();
        int start = 0;
        boolean empty = true;
        while (position < text.length()) {
            int before = position;
            if (skipComment()) {
                continue;
            }
            if (text.charAt(position) == ';') {
                if (!empty) {
                    statements.add(text.substring(start, position).strip());
                }
                position++;
                start = position;
                empty = true;
                continue;
            }
            if (!skipQuoted()) {
                position++;
            }
            empty &= text.substring(before, position).isBlank();
        }
        if (!empty) {
            statements.add(text.substring(start).strip());
        }
        return statements;
    }

    private boolean skipComment() {
        if (text.startsWith("--", position)) {
            int end = text.indexOf('\n', position);
            position = end < 0 ? text.length() : end + 1;
            return true;
        }
        if (!text.startsWith("/*", position)) {
            return false;
        }
        int depth = 0; // PostgreSQL nests them
        while (position < text.length()) {
            if (text.startsWith("/*", position)) {
                depth++;
                position += 2;
            } else if (text.startsWith("*/", position)) {
                depth--;
                position += 2;
                if (depth == 0) {
                    break;
                }
            } else {
                position++;
            }
        }
        return true;
    }

    private boolean skipQuoted() {
        char c = text.charAt(position);
        if (c == '\'' || c == '"') {
            boolean escapes = c == '\'' && position > 0 && (text.charAt(position - 1) | 0x20) == 'e';
            position++;
            while (position < text.length() && text.charAt(position) != c) {
                position += escapes && text.charAt(position) == '\\' ? 2 : 1;
            }
            position = Math.min(position + 1, text.length());
            return true;
        }
        if (c == '$') {
            var tag = DOLLAR_TAG.matcher(text).region(position, text.length());
            if (tag.lookingAt()) {
                int end = text.indexOf(tag.group(), tag.end());
                position = end < 0 ? text.length() : end + tag.group().length();
                return true;
            }
        }
        return false;
    }
}
