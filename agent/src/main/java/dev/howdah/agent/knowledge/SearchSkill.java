package dev.howdah.agent.knowledge;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillResult;
import dev.howdah.knowledge.KnowledgeCollection;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.search.SearchRequest;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Patterns, and whatever else is known, by what is asked in plain words. */
final class SearchSkill {
    private static final int LIMIT = 10;

    private final KnowledgeCollection knowledge;

    SearchSkill(KnowledgeCollection knowledge) {
        this.knowledge = knowledge;
    }

    Skill skill() {
        return new Skill("search_patterns", "Search patterns",
                "Finds patterns, decisions, components, lessons and runtime issues by words and meaning; each hit says why.",
                SkillCategory.QUERY,
                SkillJson
                        .schema("""
                            {"type": "object", "required": ["query"], "properties": {
                               "query": {"type": "string", "minLength": 1, "description": "a question in plain words"},
                               "kind": {"enum": ["pattern", "decision", "component", "lesson", "issue", "any"], "default": "pattern"},
                               "repository": {"type": "string"},
                               "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}}}
                            """),
                SkillJson.schema("""
                    {"type": "object", "properties": {"success": {"type": "boolean"}, "mode": {"type": "string"},
                       "results": {"type": "array", "items": {"type": "object", "properties": {
                         "key": {"type": "string"}, "kind": {"type": "string"}, "repository": {"type": "string"},
                         "title": {"type": "string"}, "snippet": {"type": "string"}, "score": {"type": "number"}}}},
                       "notes": {"type": "array", "items": {"type": "string"}}}}
                    """), Map.of("question", "query", "q", "query", "repo", "repository"), false, false, this::search);
    }

    private SkillResult search(ObjectNode input) {
        var kind = input.path("kind").asString("pattern");
        var filter = Filter.and(kind.equals("any") ? Filter.none() : Filter.eq("kind", kind),
                input.hasNonNull("repository")
                        ? Filter.eq("repository", input.path("repository").asString())
                        : Filter.none());
        var answer = knowledge.search(new SearchRequest(input.path("query").asString(), Optional.empty(), filter,
                input.path("limit").asInt(LIMIT), Optional.empty()));
        var json = SkillJson.success().put("mode", answer.used().label());
        var results = json.putArray("results");
        answer.hits().forEach(hit -> results.addObject().put("key", hit.key())
                .put("kind", hit.metadata().path("kind").asString(""))
                .put("repository", hit.metadata().path("repository").asString("")).put("title", hit.title())
                .put("snippet", hit.highlight().snippet()).put("score", hit.score()));
        var notes = json.putArray("notes");
        answer.notes().forEach(notes::add);
        return SkillResult.of(json);
    }
}
