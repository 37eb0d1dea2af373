package dev.howdah.knowledge;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** What an import has done so far, by kind. Used by one thread. */
final class ImportCounters {
    private static final String[] KINDS = {"repositories", "patterns", "decisions", "components", "dependencies",
            "relationships", "lessons", "deployment_scripts", "test_frameworks", "security_patterns", "analyses",
            "runtime_issues"};

    private final Map<String, int[]> counts = new LinkedHashMap<>();
    private int quarantined;

    ImportCounters() {
        for (var kind : KINDS) {
            counts.put(kind, new int[3]);
        }
    }

    void add(String kind, Change change) {
        var count = counts.getOrDefault(kind, new int[3]);
        count[0] += change.added();
        count[1] += change.updated();
        count[2] += change.unchanged();
    }

    void addQuarantined(int entries) {
        quarantined += entries;
    }

    int quarantined() {
        return quarantined;
    }

    int repositories() {
        var count = counts.getOrDefault("repositories", new int[3]);
        return count[0] + count[1];
    }

    /** Each kind with how many there were, and how many of them were added, updated and unchanged. */
    ObjectNode toJson() {
        var json = Json.object();
        counts.forEach((kind, count) -> json.putObject(kind).put("total", count[0] + count[1] + count[2])
                .put("added", count[0]).put("updated", count[1]).put("unchanged", count[2]));
        return json.put("errors", quarantined);
    }
}
