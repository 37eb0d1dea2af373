package dev.howdah.operations.doctor;

import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A check and what it found.
 *
 * @param topic what was looked for
 * @param outcome what was found
 */
public record Diagnosis(Topic topic, Outcome outcome) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** How it is. */
    public CheckStatus status() {
        return outcome.status();
    }

    /** What to do, in words or statements, one a line; empty if all is well. */
    public String remedy() {
        if (status() == CheckStatus.OK) {
            return "";
        }
        var fixes = outcome.findings().stream().flatMap(finding -> finding.fix().stream()).map(Fix::text).distinct()
                .collect(Collectors.joining("\n"));
        return outcome.remedy().map(Fix::text).orElse(fixes.isEmpty() ? topic.remedy() : fixes);
    }

    /** As programs read it. */
    public ObjectNode toJson() {
        var json = JSON.createObjectNode().put("name", topic.id()).put("area", topic.area().label())
                .put("title", topic.title()).put("status", status().label()).put("detail", outcome.detail())
                .put("meaning", topic.meaning()).put("remedy", remedy());
        var list = json.putArray("findings");
        outcome.findings().forEach(finding -> {
            var item = list.addObject().put("object", finding.object()).put("status", finding.status().label());
            item.set("facts", JSON.valueToTree(finding.facts().values()));
            finding.fix().ifPresent(fix -> item.putObject("fix").put("kind", fix.kind().label())
                    .put("text", fix.text()));
        });
        return json;
    }
}
