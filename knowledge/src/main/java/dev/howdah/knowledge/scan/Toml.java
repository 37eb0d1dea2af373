package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Manifests.BrokenManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * As much of TOML as manifests use: tables and keys with values as text. An array or inline table that goes over several
 * lines is joined into one.
 */
final class Toml {
    private static final Pattern TABLE = Pattern.compile("\\[{1,2}([^\\[\\]]+)]{1,2}");
    private static final Pattern STRING = Pattern.compile("\"([^\"]*)\"|'([^']*)'");
    private static final int VALUE_LINES_MAX = 2_000;

    private Toml() {}

    /** One key of a table; quotes are taken from the key but not from the value. */
    record Entry(String table, String key, String value) {
        /** The value without quotes. */
        String text() {
            return value.replaceAll("^[\"']{1,3}|[\"']{1,3}$", "");
        }

        /** The strings of an array. */
        List<String> strings() {
            return STRING.matcher(value).results()
                    .map(match -> match.group(1) == null ? match.group(2) : match.group(1)).toList();
        }

        /** A member of an inline table; empty if there is none. */
        String member(String name) {
            var matcher = Pattern
                    .compile("(?:^\\{|[,\\s])" + Pattern.quote(name) + "\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')")
                    .matcher(value);
            return !matcher.find() ? "" : matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        }

        boolean isInlineTable() {
            return value.startsWith("{");
        }
    }

    static List<Entry> parse(String text) throws BrokenManifest {
        var entries = new ArrayList<Entry>();
        var lines = text.lines().map(Toml::withoutComment).toList();
        var table = "";
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i).strip();
            if (line.isEmpty()) {
                continue;
            }
            var header = TABLE.matcher(line);
            if (header.matches()) {
                table = header.group(1).strip().replace("\"", "").replace("'", "");
                continue;
            }
            int equal = line.indexOf('=');
            if (equal < 0) {
                throw new BrokenManifest("line " + (i + 1) + " is neither a table nor a key with a value");
            }
            var value = new StringBuilder(line.substring(equal + 1).strip());
            int end = Math.min(lines.size(), i + VALUE_LINES_MAX);
            while (isOpen(value) && i + 1 < end) {
                value.append(' ').append(lines.get(++i).strip());
            }
            if (isOpen(value)) {
                throw new BrokenManifest("the value of " + line.substring(0, equal).strip() + " is not closed");
            }
            entries.add(new Entry(table, line.substring(0, equal).strip().replaceAll("[\"']", ""), value.toString()));
        }
        return entries;
    }

    private static boolean isOpen(CharSequence value) {
        var text = value.toString();
        for (var quotes : List.of("\"\"\"", "'''")) {
            if (text.startsWith(quotes)) {
                return text.indexOf(quotes, 3) < 0;
            }
        }
        int depth = 0;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else {
                depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
            }
        }
        return depth > 0;
    }

    private static String withoutComment(String line) {
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '#') {
                return line.substring(0, i);
            }
        }
        return line;
    }
}
