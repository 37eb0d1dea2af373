package dev.howdah.bench;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/**
 * A line of a benchmark's answer.
 *
 * @param value ours
 * @param peerValue theirs, measured in the same run
 * @param goal the ratio of ours to theirs that is aimed at; below it for latencies, above it otherwise
 * @param lowerIsBetter whether values are latencies
 */
record Row(String bench, String row, double value, String unit, String peer, double peerValue, double goal,
        boolean lowerIsBetter) {
    double ratio() {
        return value / peerValue;
    }

    boolean isMet() {
        return lowerIsBetter ? ratio() <= goal : ratio() >= goal;
    }

    String toJson() {
        return JsonMapper.shared().createObjectNode().put("bench", bench).put("row", row).put("value", value)
                .put("unit", unit).put("peer", peer).put("peerValue", peerValue).put("ratio", ratio()).put("goal", goal)
                .put("met", isMet())
                .toString();
    }

    static void print(List<Row> rows, PrintWriter out) {
        out.println("| row | howdah | peer | | ratio | goal | |");
        out.println("|---|---|---|---|---|---|---|");
        rows.forEach(row -> out.println(row.toText()));
    }

    /** As a line of the table. */
    String toText() {
        return String.format(Locale.ROOT, "| %s | %,.4g %s | %s | %,.4g %s | %.2f | %s %.2f | %s |", row, value, unit,
                peer,
                peerValue, unit, ratio(), lowerIsBetter ? "≤" : "≥", goal, isMet() ? "met" : "**not met**");
    }
}
