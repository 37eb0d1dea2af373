package dev.howdah.agent.triage;

import dev.howdah.agent.source.ChangedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A unified diff, line by line. Whatever is no diff gives no lines; it never fails.
 *
 * @param removed lines that are gone, with their numbers in the old file
 * @param added lines that are new, with their numbers in the new file
 */
record Diff(List<Line> removed, List<Line> added) {
    private static final Pattern HUNK = Pattern.compile("@@ -(\\d{1,9})(?:,\\d+)? \\+(\\d{1,9})(?:,\\d+)? @@.*");
    private static final int LINE_CHARACTERS_MAX = 1000;

    /**
     * A line of a file.
     *
     * @param number from 1
     */
    record Line(String path, int number, String text) {
        String place() {
            return path + ":" + number;
        }
    }

    static Diff of(ChangedFile file) {
        var removed = new ArrayList<Line>();
        var added = new ArrayList<Line>();
        int oldLine = 0;
        int newLine = 0;
        boolean inHunk = false;
        for (var raw : file.diff().lines().toList()) {
            var line = raw.length() <= LINE_CHARACTERS_MAX ? raw : raw.substring(0, LINE_CHARACTERS_MAX);
            var hunk = HUNK.matcher(line);
            if (hunk.matches()) {
                oldLine = Integer.parseInt(hunk.group(1));
                newLine = Integer.parseInt(hunk.group(2));
                inHunk = true;
            } else if (!inHunk || line.isEmpty()) {
                oldLine++;
                newLine++;
            } else if (line.startsWith("-")) {
                removed.add(new Line(file.path(), oldLine++, line.substring(1)));
            } else if (line.startsWith("+")) {
                added.add(new Line(file.path(), newLine++, line.substring(1)));
            } else if (line.startsWith(" ")) {
                oldLine++;
                newLine++;
            }
        }
        return new Diff(removed, added);
    }
}
