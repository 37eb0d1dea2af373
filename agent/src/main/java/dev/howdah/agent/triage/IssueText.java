package dev.howdah.agent.triage;

import dev.howdah.knowledge.RelationshipType;

import dev.howdah.agent.source.ChangeEvent;
import java.util.List;
import java.util.Locale;

/**
 * What an issue about a triage says. The texts come from repositories and models: they are cut, and cannot mention
 * people, close our blocks or smuggle HTML.
 *
 * @param body Markdown
 */
public record IssueText(String title, String body, List<String> labels) {
    private static final int TEXT_CHARACTERS_MAX = 10_000;

    public IssueText {
        labels = List.copyOf(labels);
    }

    /** The issue for the dependent repository of the relationship. */
    public static IssueText of(Relationship relationship, ChangeEvent event, TriageResult result) {
        boolean fork = relationship.type() == RelationshipType.TEMPLATE_FORK;
        var title = fork
                ? "📋 Template update available: " + relationship.sourceRepo()
                : "⚠️ Dependency update required: " + relationship.sourceRepo();
        return new IssueText(title, body(relationship, event, result), labels(result.urgency()));
    }

    private static String body(Relationship relationship, ChangeEvent event, TriageResult result) {
        var body = new StringBuilder();
        if (!result.architectureContext().isBlank()) {
            body.append("## Why it matters\n").append(text(result.architectureContext())).append("\n\n");
        }
        body.append("## Key change\n").append(text(result.impactSummary())).append("\n\n**Urgency:** ")
                .append(result.urgency()).append(" · **Confidence:** ").append(Math.round(result.confidence() * 100))
                .append(" %\n\n");
        body.append("## What to do\n").append(result.recommendedChanges().isBlank()
                ? "Review the change."
                : text(result.recommendedChanges())).append("\n\n## Files\n");
        if (result.affectedFiles().isEmpty()) {
            body.append("No files were identified.\n");
        }
        result.affectedFiles().forEach(file -> body.append("- ").append(code(file)).append('\n'));
        body.append("\n<details><summary>The change and the reasoning</summary>\n\n")
                .append("- Repository: ").append(code(relationship.sourceRepo())).append('\n')
                .append("- Commit: ").append(code(event.shortSha())).append('\n')
                .append("- Branch: ").append(code(event.branch())).append('\n')
                .append("- Message: ").append(code(event.commitMessage().lines().findFirst().orElse(""))).append("\n\n")
                .append(block(result.reasoning())).append("\n\n</details>\n\n---\nCreated by Howdah.\n");
        return body.toString();
    }

    private static List<String> labels(Urgency urgency) {
        return switch (urgency) {
            case CRITICAL -> List.of("dependency", "urgent", "breaking-change");
            case HIGH -> List.of("dependency", "important");
            case MEDIUM -> List.of("dependency", "enhancement");
            case LOW, NONE -> List.of("dependency", "info");
        };
    }

    /** Running text: no HTML, no mentions. Code spans of our own advice stay. */
    private static String text(String text) {
        return cut(text).replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u200B")
                .replaceAll("(?i)\\]\\(\\s*javascript:", "](");
    }

    /** A code span, with more backticks than the text has in a row. */
    private static String code(String text) {
        var line = cut(text).replaceAll("\\s+", " ");
        var fence = "`".repeat(longestRun(line) + 1);
        return fence + " " + line + " " + fence;
    }

    private static String block(String text) {
        var fence = "`".repeat(Math.max(longestRun(text) + 1, 3));
        return fence + "text\n" + cut(text) + "\n" + fence;
    }

    private static int longestRun(String text) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    private static String cut(String text) {
        return text.length() <= TEXT_CHARACTERS_MAX
                ? text
                : text.substring(0, TEXT_CHARACTERS_MAX) + "… cut, " + String.format(Locale.ROOT, "%,d", text.length())
                        + " characters";
    }
}
