package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Lines up columns for people. */
final class Table {
    private static final int CELL_MAX = 60;

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... head) {
        rows.add(List.of(head));
    }

    void add(String... cells) {
        rows.add(List.of(cells).stream().map(Table::shorten).toList());
    }

    void print(PrintWriter out) {
        int columns = rows.getFirst().size();
        var widths = new int[columns];
        for (var row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (var row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).repeat(" ", widths[i] - row.get(i).length() + 2);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    /** On one line, without control characters: what is shown may come from anywhere. */
    private static String shorten(String cell) {
        var line = cell.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= CELL_MAX ? line : line.substring(0, CELL_MAX - 1) + "…";
    }
}
