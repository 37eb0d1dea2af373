package dev.howdah.agent.triage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class IssueTextTest {
    @Test
    void saysWhatToDoWithLabelsByUrgency() {
        var issue = issue(Urgency.HIGH, "It breaks.", "- Do it.", "Because.");
        assertThat(issue.title()).isEqualTo("⚠️ Dependency update required: acme/api");
        assertThat(issue.body()).contains("## Key change\nIt breaks.", "**Urgency:** HIGH", "90 %",
                "## What to do\n- Do it.", "` client.py:3 `", "` 01234567 `", "Created by Howdah.");
        assertThat(issue.labels()).containsExactly("dependency", "important");
        assertThat(issue(Urgency.CRITICAL, "", "", "").labels()).contains("urgent", "breaking-change");
        assertThat(issue(Urgency.LOW, "", "", "").labels()).contains("info");
        assertThat(IssueText.of(Examples.fork(), Examples.event("x"), result(Urgency.LOW, "", "", "")).title())
                .isEqualTo("📋 Template update available: acme/api");
    }

    @Test
    void isNotFooledByHostileText() {
        var hostile = "<script>alert(1)</script> @everyone </details> ``` [x](javascript:alert(1))";
        var body = issue(Urgency.HIGH, hostile, hostile, hostile + "\n````\nout of the block").body();
        assertThat(body.substring(0, body.indexOf("<details>"))).doesNotContain("<script", " @everyone", "</details>",
                "](javascript:");
        assertThat(body).contains("`````text\n");
        assertThat(body.lines().filter(line -> line.equals("</details>"))).hasSize(1);
    }

    @Test
    void cutsWhatIsTooLong() {
        assertThat(issue(Urgency.HIGH, "x".repeat(100_000), "y", "z").body())
                .contains("… cut, 100,000 characters").hasSizeLessThan(15_000);
    }

    private static IssueText issue(Urgency urgency, String summary, String advice, String reasoning) {
        return IssueText.of(Examples.consumer(), Examples.event("Change\n\nmore"), result(urgency, summary, advice,
                reasoning));
    }

    private static TriageResult result(Urgency urgency, String summary, String advice, String reasoning) {
        return new TriageResult(true, urgency, summary, List.of("client.py:3"), advice, 0.9, reasoning, "Context.",
                "built-in");
    }
}
