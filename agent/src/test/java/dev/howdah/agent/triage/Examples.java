package dev.howdah.agent.triage;

import dev.howdah.knowledge.RelationshipType;

import dev.howdah.agent.source.ChangeEvent;
import dev.howdah.agent.source.ChangedFile;
import dev.howdah.agent.source.PatternSummary;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values for tests. */
final class Examples {
    static final String SHA = "0123456789abcdef0123456789abcdef01234567";

    private Examples() {}

    static ChangedFile diff(String path, String... lines) {
        return new ChangedFile(path, "modified", "--- a/" + path + "\n+++ b/" + path + "\n@@ -1,9 +1,9 @@\n"
                + String.join("\n", lines) + "\n");
    }

    static ChangeEvent event(String message, ChangedFile... files) {
        return new ChangeEvent("acme/api", SHA, message, "main", List.of(files), PatternSummary.EMPTY,
                Optional.empty());
    }

    static Relationship consumer(List<String> triggers, Map<String, Urgency> urgencies) {
        return new Relationship("acme/api", "acme/shop", RelationshipType.API_CONSUMER, "The shop reads orders.",
                List.of("client.py", "deploy.yaml"), triggers, urgencies, List.of(), List.of(), "selective", false);
    }

    static Relationship consumer() {
        return consumer(List.of("api_contract"), Map.of());
    }

    static Relationship fork() {
        return new Relationship("acme/api", "acme/fork", RelationshipType.TEMPLATE_FORK, "Made from it.", List.of(),
                List.of(), Map.of(), List.of("docker", "logging"), List.of("business_logic"), "selective", false);
    }

    static TriageRequest request(Relationship relationship, ChangeEvent event, TriageRequest.TargetFile... files) {
        return new TriageRequest(relationship, event, event.changedFiles(), List.of("api_contract"), List.of(files),
                "");
    }

    static TriageRequest.TargetFile present(String path, String content) {
        return new TriageRequest.TargetFile(path, content, true);
    }

    static TriageRequest.TargetFile missing(String path) {
        return new TriageRequest.TargetFile(path, "not there", false);
    }
}
