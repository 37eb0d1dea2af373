package dev.howdah.agent.knowledge;

import static dev.howdah.agent.knowledge.SkillJson.REPOSITORY_ALIASES;
import static dev.howdah.agent.knowledge.SkillJson.answerSchema;
import static dev.howdah.agent.knowledge.SkillJson.array;
import static dev.howdah.agent.knowledge.SkillJson.optional;
import static dev.howdah.agent.knowledge.SkillJson.schema;
import static dev.howdah.agent.knowledge.SkillJson.text;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillResult;
import dev.howdah.agent.knowledge.DocumentationStandards.FileResult;
import dev.howdah.agent.knowledge.DocumentationStandards.Priority;
import dev.howdah.agent.knowledge.DocumentationStandards.Violation;
import dev.howdah.agent.source.RepositorySource;
import dev.howdah.knowledge.RepositoryName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** Whether a repository's documentation keeps the standards, and keeps up with its code. */
final class DocumentationSkills {
    private static final int FILES_MAX = 50_000;
    private static final int DOCUMENTS_MAX = 200;
    private static final int DOCUMENT_BYTES_MAX = 1 << 20;
    private static final int SHOWN_MAX = 10;
    private static final Pattern CODE = Pattern.compile("(?i).*\\.(py|js|mjs|ts|tsx|jsx|java|go|rs|cpp|cc|c|h|hpp)");
    private static final Pattern CORE = Pattern.compile("(?i).*(server|executor|registry|core)[^/]*");

    private final RepositorySource source;

    DocumentationSkills(RepositorySource source) {
        this.source = source;
    }

    List<Skill> all() {
        return List.of(checkDocumentationStandards(), validateDocumentationUpdate());
    }

    private Skill checkDocumentationStandards() {
        return new Skill("check_documentation_standards", "Check documentation standards",
                "Checks the documents of a repository's local clone: sections, stamps, paths, code blocks, terms, links, "
                        + "licence.",
                SkillCategory.QUERY, schema("""
                    {"type": "object", "required": ["repository"], "properties": {
                       "repository": {"type": "string", "description": "owner/name"},
                       "check_all_docs": {"type": "boolean", "default": false}}}
                    """), answerSchema("repository", "status", "status_emoji", "compliance_score", "summary",
                        "file_results", "critical_violations", "recommendations"),
                REPOSITORY_ALIASES, false, false, input -> {
                    var repository = RepositoryName.check(text(input, "repository"));
                    return SkillResult.of(report(repository, check(repository, input.path("check_all_docs")
                            .asBoolean(false))));
                });
    }

    private List<FileResult> check(String repository, boolean all) {
        var files = Set.copyOf(source.files(repository, FILES_MAX));
        var standards = new DocumentationStandards(files);
        var results = new ArrayList<FileResult>();
        new TreeSet<>(files).stream().filter(DocumentationStandards::isDocument)
                .filter(path -> all || DocumentationStandards.isNamed(path)).limit(DOCUMENTS_MAX)
                .forEach(path -> source.file(repository, path, DOCUMENT_BYTES_MAX)
                        .ifPresent(text -> results.add(standards.check(path, text))));
        for (var wanted : List.of("README", "LICENSE")) {
            if (files.stream().noneMatch(path -> path.toUpperCase(Locale.ROOT).startsWith(wanted))) {
                results.add(new FileResult(wanted, Priority.CRITICAL, List.of(new Violation("missing_file",
                        Priority.CRITICAL, "there is no " + wanted + " at the root", wanted)), 1));
            }
        }
        return results;
    }

    private static ObjectNode report(String repository, List<FileResult> results) {
        int checks = results.stream().mapToInt(FileResult::checks).sum();
        var violations = results.stream().flatMap(result -> result.violations().stream()).toList();
        double score = checks == 0 ? 1 : 1 - (double) violations.size() / checks;
        boolean critical = violations.stream().anyMatch(violation -> violation.severity() == Priority.CRITICAL);
        var status = status(score, violations.isEmpty(), critical);
        var answer = SkillJson.success().put("repository", repository).put("status", status)
                .put("status_emoji", sign(status)).put("compliance_score", score);
        var summary = answer.putObject("summary").put("total_files_checked", results.size())
                .put("total_violations", violations.size());
        for (var severity : List.of(Priority.CRITICAL, Priority.HIGH, Priority.MEDIUM)) {
            summary.put(label(severity), violations.stream().filter(one -> one.severity() == severity).count());
        }
        var list = answer.putArray("file_results");
        results.forEach(result -> {
            var entry = list.addObject().put("file", result.file()).put("priority", label(result.priority()))
                    .put("checks_performed", result.checks());
            var found = entry.putArray("violations");
            result.violations().forEach(violation -> found.add(json(violation)));
        });
        var worst = answer.putArray("critical_violations");
        violations.stream().filter(one -> one.severity() == Priority.CRITICAL).limit(SHOWN_MAX)
                .forEach(violation -> worst.add(json(violation)));
        answer.set("recommendations", array(violations.stream().map(one -> one.file() + ": " + one.message())
                .limit(SHOWN_MAX).toList()));
        return answer;
    }

    private static String status(double score, boolean isClean, boolean isCritical) {
        if (isClean) {
            return "compliant";
        }
        if (isCritical) {
            return score >= 0.5 ? "needs_improvement" : "non_compliant";
        }
        return score >= 0.8 ? "mostly_compliant" : score >= 0.5 ? "needs_improvement" : "non_compliant";
    }

    /** The signs that readers of this skill's answer know. */
    private static String sign(String status) {
        return switch (status) {
            case "compliant" -> "\u2705";
            case "mostly_compliant" -> "\uD83D\uDFE1";
            case "needs_improvement" -> "\u26A0\uFE0F";
            default -> "\u274C";
        };
    }

    private static ObjectNode json(Violation violation) {
        return SkillJson.object().put("type", violation.type()).put("severity", label(violation.severity()))
                .put("message", violation.message()).put("file", violation.file());
    }

    private static String label(Priority priority) {
        return priority.name().toLowerCase(Locale.ROOT);
    }

    private Skill validateDocumentationUpdate() {
        return new Skill("validate_documentation_update", "Validate documentation update",
                "Tells whether the documents of a repository's local clone were changed along with its code.",
                SkillCategory.QUERY, schema("""
                    {"type": "object", "required": ["repository"], "properties": {
                       "repository": {"type": "string", "description": "owner/name"},
                       "since_commit": {"type": ["string", "null"]},
                       "days": {"type": "integer", "minimum": 1, "maximum": 3650, "default": 7}}}
                    """), answerSchema("repository", "timeframe", "validation", "changes", "warnings",
                        "recommendations"),
                REPOSITORY_ALIASES, false, false, input -> SkillResult.of(validate(input)));
    }

    private ObjectNode validate(ObjectNode input) {
        var repository = RepositoryName.check(text(input, "repository"));
        int days = input.path("days").asInt(7);
        var commit = optional(input, "since_commit");
        var changed = source.changedSince(repository, commit, Instant.now().minus(Duration.ofDays(days)));
        var code = changed.stream().filter(path -> CODE.matcher(path).matches()).toList();
        var documents = changed.stream().filter(DocumentationStandards::isDocument).toList();
        var core = code.stream().filter(path -> CORE.matcher(path).matches()).toList();
        boolean behind = documents.isEmpty() && !code.isEmpty();
        var answer = SkillJson.success().put("repository", repository)
                .put("timeframe", commit.map(id -> "since commit " + id).orElse("last " + days + " days"));
        answer.putObject("validation").put("status", changed.isEmpty()
                ? "no_changes"
                : behind ? "non_compliant" : "compliant").put("message", changed.isEmpty()
                        ? "Nothing was changed."
                        : behind
                                ? "Code was changed, and no document."
                                : "Documents were changed along with the code, or no code was.");
        var changes = answer.putObject("changes").put("code_files", code.size()).put("doc_files", documents.size());
        changes.set("code_changes", array(code.stream().limit(SHOWN_MAX).toList()));
        changes.set("doc_changes", array(documents.stream().limit(SHOWN_MAX).toList()));
        var warnings = answer.putArray("warnings");
        if (behind) {
            boolean high = !core.isEmpty();
            warnings.addObject().put("severity", high ? "high" : "medium").put("message", high
                    ? "Core files were changed without a document: " + String.join(", ",
                            core.stream().limit(SHOWN_MAX).toList())
                    : code.size() + " code files were changed without a document.")
                    .put("recommendation", "Say in the README or a guide what changed for users.");
        }
        answer.set("recommendations", array(behind ? List.of("Update the documents of what changed.") : List.of()));
        return answer;
    }
}
