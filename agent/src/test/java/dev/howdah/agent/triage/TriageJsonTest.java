package dev.howdah.agent.triage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TriageJsonTest {
    @Test
    void writesWhatItReads() {
        var event = TriageJson.event(JsonMapper.shared().readTree("""
            {"source_repo": "acme/api", "commit_sha": "abcdef1", "commit_message": "m", "branch": "main",
             "changed_files": [{"path": "a.py", "change_type": "added", "diff": "+x"}, {"path": "b.py"}],
             "pattern_summary": {"keywords": ["api"], "problem_domain": "orders"},
             "timestamp": "2026-01-31T12:00:00+01:00"}
            """));
        assertThat(event.timestamp()).contains(Instant.parse("2026-01-31T11:00:00Z"));
        assertThat(TriageJson.event(TriageJson.toJson(event))).isEqualTo(event);

        var edge = Examples.consumer(List.of("endpoints"), Map.of("endpoints", Urgency.HIGH));
        assertThat(TriageJson.relationship("acme/api", TriageJson.toJson(edge))).isEqualTo(edge);
        assertThat(TriageJson.relationship("acme/api", TriageJson.toJson(Examples.fork()))).isEqualTo(Examples.fork());

        var result = new TriageResult(true, Urgency.HIGH, "s", List.of("a"), "r", 0.5, "why", "context", "m");
        assertThat(TriageJson.result(TriageJson.toJson(result))).isEqualTo(result);
    }

    @Test
    void listsEveryFaultOfAnEvent() {
        assertThatThrownBy(() -> TriageJson.event(JsonMapper.shared().readTree("""
            {"source_repo": "acme", "commit_sha": "xyz", "commit_message": 7, "changed_files": [{"path": null}, 3],
             "pattern_summary": [], "timestamp": "yesterday"}
            """))).message().contains("/source_repo: \"acme\" is not valid; use owner/name",
                "/commit_sha: \"xyz\"", "/commit_message: is number", "/branch: is missing",
                "/changed_files/0/path: is missing", "/changed_files/1: is number",
                "/pattern_summary: is array", "/timestamp: is no ISO-8601 time");
    }
}
