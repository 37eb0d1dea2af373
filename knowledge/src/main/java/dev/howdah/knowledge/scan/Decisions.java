package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads technical decisions from Markdown: records of architecture decisions, lists of decisions with a bold beginning, and
 * sections on what was rejected, with its reason in brackets.
 */
final class Decisions {
    private static final int MAX = 1_000;
    private static final int WHAT_MAX = 300;
    private static final int WHY_MAX = 2_000;
    private static final Pattern RECORD = Pattern.compile("(?i)(?:.*/)?(?:adrs?|decisions)/[^/]+\\.(?:md|markdown)");
    private static final Pattern LIST = Pattern
            .compile("(?i)(?:.*/)?(?:technical[-_])?decisions?[\\w-]*\\.(?:md|markdown)");
    private static final Pattern HEADING = Pattern.compile("(#{1,6})\\s+(.+?)\\s*#*");
    private static final Pattern REJECTED = Pattern
            .compile(
                    "(?i)(?:.*\\b(?:rejected|why not|not chosen|alternatives considered|considered alternatives)\\b.*)");
    private static final Pattern REASONED = Pattern
            .compile(
                    "(?i)(?:.*\\b(?:decisions?|design principles|ideas that hold(?: it)?|trade-?offs?|rationale)\\b.*)");
    private static final Pattern BOLD = Pattern.compile("\\*\\*(.+?)\\*\\*\\s*[:–-]?\\s*(.*)");
    private final List<Decision> found = new ArrayList<>();

    /** A line of a document that begins a point, with what follows it. */
    private record Point(int line, String text) {}

    void read(SourceFile file) {
        if (!file.isIn(FileLanguage.MARKDOWN) || file.isTest()) {
            return;
        }
        if (RECORD.matcher(file.path()).matches()
                && !file.name().matches("(?i)(?:readme|index|template|0*-?template).*")) {
            record(file);
        } else {
            list(file);
        }
    }

    List<Decision> found() {
        return List.copyOf(found);
    }

    private void record(SourceFile file) {
        var sections = new TreeMap<String, StringBuilder>();
        var title = file.name();
        var section = "";
        int line = 1;
        for (var text : file.lines()) {
            var heading = HEADING.matcher(text);
            if (heading.matches() && heading.group(1).length() == 1) {
                title = heading.group(2).replaceFirst("^(?:ADR[- ]?)?\\d+[.:)-]?\\s*", "");
            } else if (heading.matches()) {
                section = heading.group(2).toLowerCase(Locale.ROOT);
            } else {
                sections.computeIfAbsent(section, name -> new StringBuilder()).append(text).append('\n');
            }
        }
        var decision = section(sections, "decision");
        var context = section(sections, "context", "rationale", "problem", "reason");
        add(file, line,
                decision.isEmpty() ? title : title + ": " + Prose.firstSentence(Prose.plain(decision), WHAT_MAX),
                (context + " " + decision).strip(), section(sections, "alternative", "options", "rejected"));
    }

    private static String section(Map<String, StringBuilder> sections, String... names) {
        var text = new StringBuilder();
        for (var name : names) {
            sections.forEach((heading, body) -> {
                var isOther = name.equals("decision") && heading.contains("driver");
                if (heading.contains(name) && !isOther) {
                    text.append(body).append(' ');
                }
            });
        }
        return text.toString().strip();
    }

    /** Points below headings that tell of decisions; in a document of decisions, all. */
    private void list(SourceFile file) {
        boolean isList = LIST.matcher(file.path()).matches();
        boolean isReasoned = isList;
        boolean isRejected = false;
        int level = 0;
        var points = new ArrayList<Point>();
        var lines = file.lines();
        for (int i = 0; i <= lines.size(); i++) {
            var heading = i < lines.size() ? HEADING.matcher(lines.get(i)) : HEADING.matcher("# end");
            if (!heading.matches()) {
                collect(points, i + 1, lines.get(i));
                continue;
            }
            tell(file, points, isReasoned, isRejected);
            points.clear();
            int depth = heading.group(1).length();
            boolean isWithin = level > 0 && depth > level;
            if (!isWithin) {
                isRejected = REJECTED.matcher(heading.group(2)).matches();
                isReasoned = isList || REASONED.matcher(heading.group(2)).matches();
                level = isRejected || isReasoned ? depth : 0;
            }
        }
    }

    /** A list item or paragraph begins a point; other lines go on with the last one. */
    private static void collect(List<Point> points, int line, String text) {
        var isItem = text.matches("\\s{0,3}[-*+]\\s+.*");
        if (text.isBlank()) {
            points.add(new Point(line + 1, ""));
        } else if (isItem || points.isEmpty() || (text.startsWith("**") && points.getLast().text.isEmpty())) {
            points.add(new Point(line, isItem ? text.strip().substring(1).strip() : text.strip()));
        } else {
            var last = points.removeLast();
            points.add(new Point(last.line, (last.text + " " + text.strip()).strip()));
        }
    }

    private void tell(SourceFile file, List<Point> points, boolean isReasoned, boolean isRejected) {
        for (var point : points) {
            var bold = BOLD.matcher(point.text);
            if (bold.matches() && (isReasoned || isRejected)) {
                var what = bold.group(1).replaceFirst("[.:]$", "");
                add(file, point.line, isRejected ? "Rejected: " + what : what,
                        bold.group(2).replaceFirst("^[,;:]\\s*", ""), isRejected ? what : "");
            } else if (isRejected) {
                rejected(file, point);
            }
        }
    }

    /** "This one (reason), that one (reason)". */
    private void rejected(SourceFile file, Point point) {
        int start = 0;
        int open = point.text.indexOf('(');
        while (open > start) {
            int close = closing(point.text, open);
            var what = point.text.substring(start, open).replaceFirst("^[\\s,;.:]*(?:and\\s|or\\s)?", "").strip();
            if (close < 0) {
                return;
            }
            tellRejected(file, point.line, what, point.text.substring(open + 1, close));
            start = close + 1;
            open = point.text.indexOf('(', start);
        }
    }

    /** Of several things with semicolons between them, the last one has the reason. */
    private void tellRejected(SourceFile file, int line, String what, String why) {
        var things = what.split(";\\s*", -1);
        for (int i = 0; i < things.length; i++) {
            if (!things[i].isBlank()) {
                add(file, line, "Rejected: " + things[i], i == things.length - 1 ? why : "", things[i]);
            }
        }
    }

    private static int closing(String text, int open) {
        int depth = 0;
        for (int at = open; at < text.length(); at++) {
            depth += text.charAt(at) == '(' ? 1 : text.charAt(at) == ')' ? -1 : 0;
            if (depth == 0) {
                return at;
            }
        }
        return -1;
    }

    private void add(SourceFile file, int line, String what, String why, String alternatives) {
        if (found.size() < MAX) {
            found.add(new Decision(Prose.cut(Prose.plain(what), WHAT_MAX), Prose.cut(Prose.plain(why), WHY_MAX),
                    Prose.cut(Prose.plain(alternatives), WHY_MAX),
                    new Analysis.Evidence(file.path(), line, "decision")));
        }
    }
}
