package dev.howdah.knowledge.scan;

import java.util.ArrayList;
import java.util.List;

/** Reads the comment above a declaration. */
final class DocComment {
    private static final int LINES_MAX = 60;

    private DocComment() {}

    /** The comment that ends above the place, annotations and attributes between them passed over; empty if there is none. */
    static String before(String text, int offset) {
        var above = linesAbove(text, offset);
        int at = 0;
        while (at < above.size() && isAnnotation(above.get(at))) {
            at++;
        }
        if (at == above.size()) {
            return "";
        }
        return above.get(at).endsWith("*/")
                ? block(above.subList(at, above.size()))
                : lineComments(above.subList(at, above.size()));
    }

    /** The nearest first. */
    private static List<String> linesAbove(String text, int offset) {
        var lines = new ArrayList<String>();
        int end = text.lastIndexOf('\n', Math.max(offset - 1, 0));
        while (end > 0 && lines.size() < LINES_MAX) {
            int start = text.lastIndexOf('\n', end - 1);
            lines.add(text.substring(start + 1, end).strip());
            end = start;
        }
        return lines;
    }

    private static boolean isAnnotation(String line) {
        return line.startsWith("@") || line.startsWith("#[") || line.equals(")") || line.equals("})");
    }

    private static String block(List<String> lines) {
        var doc = new ArrayList<String>();
        for (var line : lines) {
            boolean isFirst = line.startsWith("/*");
            var content = line.replaceFirst("^/\\*+", "").replaceFirst("\\*+/$", "").replaceFirst("^\\*+", "").strip();
            doc.addFirst(content);
            if (isFirst) {
                return untilTags(doc);
            }
        }
        return "";
    }

    private static String lineComments(List<String> lines) {
        var doc = new ArrayList<String>();
        for (var line : lines) {
            if (!line.startsWith("//")) {
                break;
            }
            doc.addFirst(line.replaceFirst("^//[/!]?", "").strip());
        }
        return untilTags(doc);
    }

    private static String untilTags(List<String> doc) {
        return Prose.plain(String.join("\n",
                doc.stream().takeWhile(line -> !line.startsWith("@") && !line.contains("<pre>")).toList()));
    }
}
