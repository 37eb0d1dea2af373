package dev.howdah.agent.knowledge;

import static dev.howdah.agent.knowledge.SkillJson.REPOSITORY_ALIASES;
import static dev.howdah.agent.knowledge.SkillJson.answerSchema;
import static dev.howdah.agent.knowledge.SkillJson.array;
import static dev.howdah.agent.knowledge.SkillJson.choice;
import static dev.howdah.agent.knowledge.SkillJson.optional;
import static dev.howdah.agent.knowledge.SkillJson.schema;
import static dev.howdah.agent.knowledge.SkillJson.text;
import static dev.howdah.agent.knowledge.SkillJson.words;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillResult;
import dev.howdah.knowledge.EntryReader;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.knowledge.RecentActions;
import dev.howdah.knowledge.RuntimeIssue;
import dev.howdah.knowledge.RuntimeIssues;
import dev.howdah.knowledge.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/** What went wrong where repositories run, and what that says of the patterns that they use. */
final class MonitoringSkills {
    private static final int SIMILAR_SHOWN = 5;
    private static final int ISSUES_SHOWN = 10;
    private static final double CRITICAL_BELOW = 0.5;
    private static final double WARNING_BELOW = 0.7;
    private static final double HEALTHY_FROM = 0.9;

    private final Knowledge knowledge;

    MonitoringSkills(Knowledge knowledge) {
        this.knowledge = knowledge;
    }

    List<Skill> all() {
        return List.of(addRuntimeIssue(), getPatternHealth(), queryKnownIssues(), getRecentActions());
    }

    private Skill addRuntimeIssue() {
        return new Skill("add_runtime_issue", "Add runtime issue", "Reports that something went wrong at run time.",
                SkillCategory.ACTION, schema("""
                    {"type": "object", "required": ["repository", "service_type", "issue_type", "severity",
                                                    "log_snippet"], "properties": {
                       "repository": {"type": "string", "description": "owner/name"},
                       "service_type": {"enum": %s}, "issue_type": {"enum": %s}, "severity": {"enum": %s},
                       "log_snippet": {"type": "string", "minLength": 1, "description": "Cut to 1000 characters."},
                       "root_cause": {"type": ["string", "null"]}, "suggested_fix": {"type": ["string", "null"]},
                       "pattern_reference": {"type": ["string", "null"]},
                       "github_issue_url": {"type": ["string", "null"]},
                       "metrics": {"type": ["object", "null"]}}}
                    """.formatted(words(RuntimeIssue.Service.class), words(RuntimeIssue.Type.class),
                        words(RuntimeIssue.Severity.class))),
                answerSchema("issue_id", "repository", "severity", "pattern_updated", "similar_issues", "message"),
                REPOSITORY_ALIASES, true, false, input -> {
                    var repository = text(input, "repository");
                    var issue = EntryReader.issue(WritingSkills.without(input, "repository"));
                    var id = knowledge.issues().put(repository, List.of(issue)).ids().getFirst();
                    var answer = SkillJson.success().put("issue_id", id).put("repository", repository)
                            .put("severity", text(input, "severity"))
                            .put("pattern_updated", !issue.patternReference().isEmpty())
                            .put("message", "the issue is stored");
                    var similar = answer.putArray("similar_issues");
                    if (!issue.patternReference().isEmpty()) {
                        knowledge.issues().list(RuntimeIssues.Filter.like(issue), Optional.empty(), SIMILAR_SHOWN + 1)
                                .items().stream().filter(stored -> !stored.id().equals(id)).limit(SIMILAR_SHOWN)
                                .forEach(stored -> similar.add(json(stored)));
                    }
                    return SkillResult.of(answer);
                });
    }

    private Skill getPatternHealth() {
        return new Skill("get_pattern_health", "Get pattern health",
                "Tells how many of the repositories that use a pattern had issues with it.", SkillCategory.QUERY,
                schema("""
                    {"type": "object", "required": ["pattern_name"], "properties": {
                       "pattern_name": {"type": "string", "minLength": 1},
                       "time_range_days": {"type": "integer", "minimum": 1, "maximum": 3650, "default": 30},
                       "severity_threshold": {"enum": %s, "default": "low"}}}
                    """.formatted(words(RuntimeIssue.Severity.class))),
                answerSchema("pattern", "health_score", "total_repos", "repos_with_issues", "repos_with_issues_list",
                        "issue_count", "issue_breakdown", "issues", "recommendation", "time_range_days"),
                Map.of("pattern", "pattern_name"), false, false, input -> SkillResult.of(health(input)));
    }

    private ObjectNode health(ObjectNode input) {
        var pattern = text(input, "pattern_name");
        int days = input.path("time_range_days").asInt(30);
        var filter = RuntimeIssues.Filter.ofPattern(pattern, Instant.now().minus(Duration.ofDays(days)),
                choice(RuntimeIssue.Severity.class, input, "severity_threshold").orElse(RuntimeIssue.Severity.LOW));
        var users = knowledge.patterns().users(pattern);
        var affected = new TreeSet<String>();
        var answer = SkillJson.success().put("pattern", pattern).put("time_range_days", days);
        var breakdown = answer.putObject("issue_breakdown");
        long count = 0;
        for (var type : knowledge.issues().count(filter)) {
            breakdown.put(type.issueType(), type.issues());
            affected.addAll(type.repositories());
            count += type.issues();
        }
        double score = users.isEmpty() ? 1 : 1 - (double) affected.size() / users.size();
        answer.put("health_score", score).put("total_repos", users.size()).put("repos_with_issues", affected.size())
                .put("issue_count", count).put("recommendation", recommendation(score));
        answer.set("repos_with_issues_list", array(affected));
        var issues = answer.putArray("issues");
        knowledge.issues().list(filter, Optional.empty(), ISSUES_SHOWN).items()
                .forEach(stored -> issues.add(json(stored)));
        return answer;
    }

    private static String recommendation(double score) {
        if (score < CRITICAL_BELOW) {
            return "Critical: most repositories that use this pattern had issues with it; review the pattern.";
        }
        if (score < WARNING_BELOW) {
            return "Warning: several repositories that use this pattern had issues with it; look for a common cause.";
        }
        return score < HEALTHY_FROM
                ? "Mostly healthy: a few repositories had issues with this pattern; watch them."
                : "Healthy: hardly any repository had issues with this pattern.";
    }

    private Skill queryKnownIssues() {
        return new Skill("query_known_issues", "Query known issues", "Lists runtime issues, newest first.",
                SkillCategory.QUERY, schema("""
                    {"type": "object", "properties": {
                       "issue_type": {"enum": %s}, "pattern": {"type": "string"}, "service_type": {"enum": %s},
                       "severity": {"enum": %s}, "status": {"enum": %s}, "repository": {"type": "string"},
                       "limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 10}}}
                    """.formatted(words(RuntimeIssue.Type.class), words(RuntimeIssue.Service.class),
                        words(RuntimeIssue.Severity.class), words(RuntimeIssue.Status.class))),
                answerSchema("count", "returned", "issues", "repositories_affected", "query"),
                Map.of("pattern_reference", "pattern", "pattern_name", "pattern", "repo", "repository"), false, false,
                input -> SkillResult.of(known(input)));
    }

    private ObjectNode known(ObjectNode input) {
        var filter = new RuntimeIssues.Filter(optional(input, "repository"),
                choice(RuntimeIssue.Type.class, input, "issue_type"),
                choice(RuntimeIssue.Service.class, input, "service_type"),
                choice(RuntimeIssue.Severity.class, input, "severity"), RuntimeIssue.Severity.LOW,
                choice(RuntimeIssue.Status.class, input, "status"), optional(input, "pattern"), Optional.empty());
        var affected = new TreeSet<String>();
        long count = 0;
        for (var type : knowledge.issues().count(filter)) {
            affected.addAll(type.repositories());
            count += type.issues();
        }
        var answer = SkillJson.success().put("count", count);
        var issues = answer.putArray("issues");
        knowledge.issues().list(filter, Optional.empty(), input.path("limit").asInt(10)).items()
                .forEach(stored -> issues.add(json(stored)));
        answer.put("returned", issues.size()).set("repositories_affected", array(affected));
        answer.set("query", input);
        return answer;
    }

    private Skill getRecentActions() {
        return new Skill("get_recent_actions", "Get recent actions",
                "Lists what was written lately: analyses, lessons, deployments, runtime issues.", SkillCategory.QUERY,
                schema("""
                    {"type": "object", "properties": {
                       "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
                       "offset": {"type": "integer", "minimum": 0, "maximum": %d, "default": 0},
                       "action_types": {"type": "array", "items": {"enum": %s}}, "repository": {"type": "string"}}}
                    """.formatted(RecentActions.OFFSET_MAX, array(RecentActions.TYPES))),
                answerSchema("count", "returned", "actions", "pagination", "filters"), REPOSITORY_ALIASES, false,
                false, input -> SkillResult.of(recent(input)));
    }

    private ObjectNode recent(ObjectNode input) {
        int limit = input.path("limit").asInt(20);
        int offset = input.path("offset").asInt(0);
        var types = SkillJson.texts(input, "action_types");
        var part = knowledge.recent().list(types, optional(input, "repository"), limit, offset);
        var answer = SkillJson.success().put("count", part.count()).put("returned", part.items().size());
        var actions = answer.putArray("actions");
        part.items().forEach(one -> actions.addObject().put("action_type", one.type())
                .put("repository", one.repository()).put("timestamp", one.at().toString())
                .put("reference_id", one.reference()).putObject("metadata").put("about", one.about()));
        boolean hasMore = offset + part.items().size() < part.count();
        var pagination = answer.putObject("pagination").put("limit", limit).put("offset", offset)
                .put("has_more", hasMore).put("total_pages", (part.count() + limit - 1) / limit);
        if (hasMore) {
            pagination.put("next_offset", offset + limit);
        } else {
            pagination.putNull("next_offset");
        }
        var filters = answer.putObject("filters").put("repository", optional(input, "repository").orElse(null));
        filters.set("action_types", array(types));
        return answer;
    }

    private static ObjectNode json(Stored<RuntimeIssue> stored) {
        return stored.toJson().put("issue_id", stored.id());
    }
}
