package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.JsonNode;

/** Tasks for people: what a triage says, short and in full. What comes from outside is shown without control characters. */
final class TriageText {
    private static final int INDENT = 2;

    private TriageText() {}

    /** One line: which change in which repository, and what it means for which other. */
    static String headline(JsonNode task) {
        var payload = task.path("payload");
        var change = payload.path("change_event");
        if (change.isMissingNode()) {
            return clean(task.path("error").asString(payload.path("key").asString("")));
        }
        return clean(payload.path("target_repo").asString("") + " ← " + payload.path("source_repo").asString("") + "@"
                + shortSha(change.path("commit_sha").asString("")) + " " + outcome(task));
    }

    /** A task in full. */
    static void task(JsonNode task, PrintWriter out) {
        out.println(bold(clean(task.path("type").asString())) + "  " + task.path("id").asString());
        line(out, "state", task.path("state").asString() + ", attempt " + task.path("attempt").asInt() + " of "
                + task.path("max_attempts").asInt());
        line(out, "created", task.path("created_at").asString(""));
        line(out, "ended", task.path("ended_at").asString(""));
        line(out, "worker", task.path("worker").asString(""));
        line(out, "error", task.path("error").asString(""));
        if (task.path("result").path("urgency").isString()) {
            triage(task, out);
        } else if (!task.path("result").isNull()) {
            line(out, "result", task.path("result").toString());
        }
        for (var attempt : task.path("attempts")) {
            line(out, "attempt " + attempt.path("attempt").asInt(), attempt.path("outcome").asString() + " "
                    + attempt.path("ended_at").asString("") + " " + attempt.path("error").asString(""));
        }
    }

    /** What a finished triage answered, with its evidence. */
    static void triage(JsonNode task, PrintWriter out) {
        var payload = task.path("payload");
        var result = task.path("result");
        out.println();
        out.println(badge(result.path("urgency").asString()) + " " + bold(clean(payload.path("target_repo").asString())
                + " ← " + clean(payload.path("source_repo").asString("")) + "@"
                + shortSha(payload.path("change_event").path("commit_sha").asString(""))));
        out.println(indent(result.path("impact_summary").asString("")));
        line(out, "action", (result.path("requires_action").asBoolean() ? "needed" : "none") + ", confidence "
                + Math.round(result.path("confidence").asDouble() * 100) + " %, decided by "
                + result.path("model").asString(""));
        section(out, "what to do", result.path("recommended_changes").asString(""));
        section(out, "evidence", result.path("reasoning").asString(""));
    }

    static String bold(String text) {
        return Ansi.AUTO.new Text("@|bold " + Ansi.OFF.new Text(text) + "|@").toString();
    }

    private static String badge(String urgency) {
        var style = switch (urgency) {
            case "critical" -> "bold,fg(white),bg(red)";
            case "high" -> "bold,fg(black),bg(yellow)";
            case "medium" -> "bold,fg(black),bg(cyan)";
            default -> "bold";
        };
        return Ansi.AUTO.string("@|" + style + "  " + urgency.toUpperCase(Locale.ROOT) + " |@");
    }

    private static String outcome(JsonNode task) {
        var result = task.path("result");
        return result.path("urgency").isString()
                ? result.path("urgency").asString() + ": " + result.path("impact_summary").asString("")
                : Optional.ofNullable(task.path("error").asString(null)).map(error -> "error: " + error).orElse("");
    }

    private static void section(PrintWriter out, String title, String text) {
        if (!text.isBlank()) {
            out.println(" ".repeat(INDENT) + bold(title));
            out.println(indent(text).indent(INDENT).stripTrailing());
        }
    }

    private static void line(PrintWriter out, String title, String value) {
        if (!value.isBlank()) {
            out.println("  " + title + ": " + clean(value));
        }
    }

    private static String indent(String text) {
        return clean(text).indent(INDENT).stripTrailing();
    }

    private static String shortSha(String sha) {
        return sha.substring(0, Math.min(8, sha.length()));
    }

    /** Without control characters: a terminal would obey them. */
    private static String clean(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\n]]", " ");
    }
}
