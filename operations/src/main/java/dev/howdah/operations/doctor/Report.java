package dev.howdah.operations.doctor;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What all checks found.
 *
 * @param diagnoses in the order of the checks
 */
public record Report(List<Diagnosis> diagnoses) {
    public Report {
        diagnoses = List.copyOf(diagnoses);
    }

    /** The worst of all; what could not be examined counts only if nothing is wrong. */
    public CheckStatus status() {
        return diagnoses.stream().map(Diagnosis::status).reduce(CheckStatus.OK, CheckStatus::or);
    }

    /** With others in front. */
    public Report after(List<Diagnosis> first) {
        var all = new ArrayList<>(first);
        all.addAll(diagnoses);
        return new Report(all);
    }

    /** As programs read it: {@code {status, checks: [...]}}. */
    public ObjectNode toJson() {
        var json = JsonMapper.shared().createObjectNode().put("status", status().label());
        var checks = json.putArray("checks");
        diagnoses.forEach(diagnosis -> checks.add(diagnosis.toJson()));
        return json;
    }

    /** The fixes as a script for psql; what is not to be run unseen is commented out. */
    public String toScript() {
        var script = new StringBuilder();
        for (var diagnosis : diagnoses) {
            if (diagnosis.status() == CheckStatus.OK) {
                continue;
            }
            script.append("-- ").append(diagnosis.topic().id()).append(": ")
                    .append(line(diagnosis.outcome().detail())).append('\n');
            diagnosis.outcome().remedy().ifPresent(fix -> script.append(fix.script()).append('\n'));
            diagnosis.outcome().findings().forEach(finding -> {
                script.append("-- ").append(line(finding.object() + ": " + finding.facts())).append('\n');
                finding.fix().ifPresent(fix -> script.append(fix.script()).append('\n'));
            });
            script.append('\n');
        }
        return script.toString();
    }

    /** What others have named must not end the comment that it stands in. */
    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
