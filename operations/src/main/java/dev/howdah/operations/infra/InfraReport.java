package dev.howdah.operations.infra;

import dev.howdah.operations.infra.Technology.Level;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a scan found.
 *
 * @param root the directory
 * @param size what was read
 * @param findings by file and line
 * @param isCut whether there are more findings than were kept
 */
public record InfraReport(Path root, Size size, List<Finding> findings, boolean isCut) {
    public InfraReport {
        findings = List.copyOf(findings);
    }

    /**
     * What was read.
     *
     * @param files that were
     * @param skipped how many were not, by reason
     */
    public record Size(int files, Map<String, Integer> skipped) {
        public Size {
            skipped = Map.copyOf(skipped);
        }
    }

    /** How many findings are of a level. */
    public long count(Level level) {
        return findings.stream().filter(finding -> finding.technology().level() == level).count();
    }

    /** Whether something is left to replace or to decide. */
    public boolean isClean() {
        return count(Level.REPLACE) + count(Level.REVIEW) == 0;
    }

    /** How many findings each technology has, in the order of their first ones. */
    public Map<Technology, Integer> byTechnology() {
        var counts = new LinkedHashMap<Technology, Integer>();
        findings.forEach(finding -> counts.merge(finding.technology(), 1, Integer::sum));
        return counts;
    }

    /** For programs. */
    public ObjectNode toJson() {
        var json = JsonMapper.shared().createObjectNode().put("report", "howdah-infra-report")
                .put("root", root.toString()).put("files", size.files()).put("cut", isCut)
                .put("replace", count(Level.REPLACE)).put("review", count(Level.REVIEW))
                .put("information", count(Level.INFORMATION));
        size.skipped().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(entry -> json.withObjectProperty("skipped").put(entry.getKey(), entry.getValue()));
        var list = json.putArray("findings");
        findings.forEach(finding -> list.addObject().put("file", finding.file()).put("line", finding.line())
                .put("kind", lower(finding.kind())).put("technology", finding.technology().id())
                .put("level", lower(finding.technology().level())).put("evidence", finding.evidence())
                .put("replacement", finding.technology().replacement()).put("action", finding.action()));
        return json;
    }

    /** For people: a Markdown document. */
    public String toMarkdown() {
        var text = new StringBuilder("<!-- howdah-infra-report -->\n# What is still used of other infrastructure\n\n")
                .append(size.files()).append(" files were read. ").append(count(Level.REPLACE))
                .append(" places to replace, ").append(count(Level.REVIEW)).append(" to decide on, ")
                .append(count(Level.INFORMATION)).append(" for information.")
                .append(isCut ? " There are more; only the first ones stand here.\n" : "\n");
        byTechnology().forEach((technology, count) -> {
            text.append("\n## ").append(technology.name()).append(" (").append(count).append(", ")
                    .append(lower(technology.level())).append(")\n\nIts place takes: ")
                    .append(technology.replacement()).append(". What to do: ").append(technology.action())
                    .append("\n\n| file | line | kind | evidence | what to do |\n|---|---|---|---|---|\n");
            findings.stream().filter(finding -> finding.technology().id().equals(technology.id()))
                    .forEach(finding -> text.append("| ").append(cell(finding.file())).append(" | ")
                            .append(finding.line()).append(" | ").append(lower(finding.kind())).append(" | ")
                            .append(cell(finding.evidence())).append(" | ").append(cell(finding.action()))
                            .append(" |\n"));
        });
        return text.toString();
    }

    /** Names come from the tree: they must not become markup. */
    private static String cell(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").replaceAll("([\\\\`*_|<>\\[\\]#])", "\\\\$1");
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
