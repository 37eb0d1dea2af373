package dev.howdah.agent.knowledge;

import static dev.howdah.agent.knowledge.SkillJson.answerSchema;
import static dev.howdah.agent.knowledge.SkillJson.array;
import static dev.howdah.agent.knowledge.SkillJson.schema;
import static dev.howdah.agent.knowledge.SkillJson.text;
import static dev.howdah.agent.knowledge.SkillJson.texts;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillResult;
import dev.howdah.knowledge.Patterns;
import dev.howdah.postgres.InvalidInputException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Who uses which patterns. */
final class PatternSkills {
    private final Patterns patterns;

    PatternSkills(Patterns patterns) {
        this.patterns = patterns;
    }

    List<Skill> all() {
        return List.of(queryPatterns(), getCrossRepoPatterns());
    }

    private Skill queryPatterns() {
        return new Skill("query_patterns", "Query patterns",
                "Finds repositories by keywords or by patterns, the best ten by the number of matches.",
                SkillCategory.QUERY, schema("""
                    {"type": "object", "properties": {
                       "keywords": {"type": "array", "items": {"type": "string"}, "maxItems": 1000},
                       "patterns": {"type": "array", "items": {"type": "string"}, "maxItems": 1000},
                       "min_matches": {"type": "integer", "minimum": 1, "default": 1}}}
                    """), answerSchema("matches", "total_matches", "search_criteria"),
                Map.of("pattern_names", "patterns"), false, false, input -> SkillResult.of(query(input)));
    }

    private ObjectNode query(ObjectNode input) {
        int minMatches = input.path("min_matches").asInt(1);
        var keywords = texts(input, "keywords");
        var names = texts(input, "patterns");
        if (keywords.isEmpty() && names.isEmpty()) {
            throw new InvalidInputException("skill-input-invalid", "/keywords",
                    "neither keywords nor patterns are given",
                    "give one of them");
        }
        boolean byKeywords = !keywords.isEmpty();
        var found = byKeywords ? patterns.byKeywords(keywords, minMatches) : patterns.byNames(names, minMatches);
        var answer = SkillJson.success();
        var matches = answer.putArray("matches");
        for (var match : found.best()) {
            var entry = matches.addObject().put("repository", match.repository())
                    .put("match_count", match.matchCount());
            entry.set(byKeywords ? "matched_keywords" : "matched_patterns", array(match.matched()));
            entry.set(byKeywords ? "all_keywords" : "all_patterns", array(match.all()));
            entry.set(byKeywords ? "patterns" : "reusable_components", array(match.others()));
            entry.put("problem_domain", match.problemDomain());
            if (byKeywords) {
                entry.set("deployment_info", match.deployment());
            }
        }
        answer.put("total_matches", found.total());
        var criteria = answer.putObject("search_criteria").put("min_matches", minMatches);
        criteria.set("keywords", array(keywords));
        criteria.set("patterns", array(names));
        return answer;
    }

    private Skill getCrossRepoPatterns() {
        return new Skill("get_cross_repo_patterns", "Get patterns across repositories",
                "Lists patterns that several repositories use, those of most repositories first.",
                SkillCategory.QUERY, schema("""
                    {"type": "object", "properties": {
                       "min_repos": {"type": "integer", "minimum": 1, "default": 2},
                       "pattern_type": {"type": ["string", "null"], "description": "Part of the pattern's name."}}}
                    """), answerSchema("cross_repo_patterns", "total_patterns", "min_repos", "timestamp"),
                Map.of("min_repositories", "min_repos"), false, false, input -> {
                    int min = input.path("min_repos").asInt(2);
                    var answer = SkillJson.success();
                    var list = answer.putArray("cross_repo_patterns");
                    for (var shared : patterns.across(min, text(input, "pattern_type"))) {
                        int count = shared.repositories().size();
                        list.addObject().put("pattern", shared.pattern()).put("pattern_name", shared.pattern())
                                .put("repo_count", count).put("repository_count", count)
                                .set("repositories", array(shared.repositories()));
                    }
                    return SkillResult.of(answer.put("total_patterns", list.size()).put("min_repos", min)
                            .put("timestamp", Instant.now().toString()));
                });
    }
}
