package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The report of an import for people. */
final class ImportText {
    private ImportText() {}

    static void print(JsonNode report, PrintWriter out) {
        out.println("read " + report.path("read").asString() + ", written " + report.path("written").asString()
                + ", skipped " + report.path("skipped").asString() + ", rejected " + report.path("rejected").asString()
                + ", vanished " + report.path("vanished").asString() + ", expired " + report.path("expired")
                        .asString());
        var types = new Table("TYPE", "COUNT", "");
        report.path("types").forEachEntry((type, count) -> types.add(type, count.asString(), ""));
        report.path("unsupported").forEachEntry((type, found) -> types.add(type, found.path("count").asString(),
                "not imported, such as " + samples(found)));
        report.path("notes").forEachEntry((note, found) -> types.add(note, found.path("count").asString(),
                "recognised, such as " + samples(found)));
        types.print(out);
        printIndexes(report.path("indexes"), out);
        printChecks(report.path("checks"), out);
    }

    private static String samples(JsonNode found) {
        return found.path("samples").valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
    }

    private static void printIndexes(JsonNode indexes, PrintWriter out) {
        if (!indexes.isEmpty()) {
            var table = new Table("COLLECTION", "INDEX", "KEYS", "OUTCOME");
            indexes.forEach(index -> table.add(index.path("collection").asString(), index.path("name").asString(), index
                    .path("keys").asString(), index.path("outcome").asString()));
            table.print(out);
        }
    }

    private static void printChecks(JsonNode checks, PrintWriter out) {
        if (checks.isEmpty()) {
            return;
        }
        var table = new Table("TARGET", "SOURCE COUNT", "SOURCE CHECKSUM", "TARGET COUNT", "TARGET CHECKSUM",
                "EXPIRED");
        checks.forEach(check -> table.add(check.path("target").asString(), check.path("source_count").asString(), check
                .path("source_checksum").asString(), check.path("target_count").asString(),
                check.path(
                        "target_checksum").asString(),
                check.path("expired").asString()));
        table.print(out);
        checks.forEach(check -> check.path("examples").forEach(example -> out.println("differs: " + check.path("target")
                .asString() + " " + example.asString())));
    }
}
