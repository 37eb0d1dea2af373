package dev.howdah.agent.knowledge;

import static dev.howdah.agent.knowledge.SkillJson.REPOSITORY_ALIASES;
import static dev.howdah.agent.knowledge.SkillJson.answerSchema;
import static dev.howdah.agent.knowledge.SkillJson.schema;
import static dev.howdah.agent.knowledge.SkillJson.text;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillResult;
import dev.howdah.knowledge.Dependency;
import dev.howdah.knowledge.DependencyEdge;
import dev.howdah.knowledge.EntryReader;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.knowledge.Lesson;
import dev.howdah.knowledge.RelationshipType;
import dev.howdah.knowledge.Repository;
import dev.howdah.postgres.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What agents tell about repositories. A repository that is not known yet is added. */
final class WritingSkills {
    private final Database database;
    private final Knowledge knowledge;

    WritingSkills(Database database, Knowledge knowledge) {
        this.database = database;
        this.knowledge = knowledge;
    }

    List<Skill> all() {
        return List.of(addLessonLearned(), updateDependencyInfo(), addDeploymentInfo());
    }

    private Skill addLessonLearned() {
        return new Skill("add_lesson_learned", "Add lesson learned", "Writes down something that was learned.",
                SkillCategory.ACTION, schema("""
                    {"type": "object", "required": ["repository", "category", "lesson", "context"], "properties": {
                       "repository": {"type": "string", "description": "owner/name"},
                       "category": {"enum": %s}, "lesson": {"type": "string", "minLength": 1},
                       "context": {"type": "string"}, "severity": {"enum": %s, "default": "info"},
                       "recorded_by": {"type": "string"}, "confidence": {"type": "number"},
                       "source_commit": {"type": "string"},
                       "related_files": {"type": "array", "items": {"type": "string"}},
                       "tags": {"type": "array", "items": {"type": "string"}}}}
                    """.formatted(SkillJson.array(Lesson.CATEGORIES), SkillJson.array(Lesson.IMPACTS))),
                answerSchema("message", "lesson_id", "repository", "category", "severity", "kb_url"),
                REPOSITORY_ALIASES, true, false, input -> {
                    var repository = text(input, "repository");
                    var lesson = EntryReader.lesson(without(input, "repository"));
                    var id = knowledge.lessons().put(repository, List.of(lesson)).ids().getFirst();
                    return SkillResult.of(SkillJson.success().put("message", "the lesson is stored")
                            .put("lesson_id", id).put("repository", repository).put("category", lesson.category())
                            .put("severity", lesson.impact()).put("kb_url", "/api/knowledge/lessons/" + id));
                });
    }

    private Skill updateDependencyInfo() {
        return new Skill("update_dependency_info", "Update dependency information",
                "Replaces what depends on a repository and what it needs (repository, dependency_info), or adds one "
                        + "relationship (source_repo, target_repo, relationship_type, metadata).",
                SkillCategory.ACTION, schema("""
                    {"type": "object",
                     "anyOf": [{"required": ["repository", "dependency_info"]},
                               {"required": ["source_repo", "target_repo", "relationship_type"]}],
                     "properties": {
                       "repository": {"type": "string", "description": "owner/name"},
                       "dependency_info": {"type": "object", "properties": {
                          "consumers": {"type": "array", "items": {"type": ["object", "string"]}},
                          "derivatives": {"type": "array", "items": {"type": ["object", "string"]}},
                          "external_dependencies": {"type": "array", "items": {"type": ["object", "string"]}}}},
                       "source_repo": {"type": "string"}, "target_repo": {"type": "string"},
                       "relationship_type": {"enum": ["consumer", "template", "derivative", "api_consumer",
                                                      "template_fork"]},
                       "metadata": {"type": ["object", "null"]}}}
                    """), answerSchema("message", "repository"), Map.of("repo", "repository"), true, false,
                input -> SkillResult.of(input.has("dependency_info") ? replaceSet(input) : mergeEdge(input)));
    }

    /** The whole set: what is not given is gone. */
    private ObjectNode replaceSet(ObjectNode input) {
        var repository = text(input, "repository");
        var info = input.path("dependency_info");
        var consumers = edges(repository, RelationshipType.API_CONSUMER, info.path("consumers"));
        var derivatives = edges(repository, RelationshipType.TEMPLATE_FORK, info.path("derivatives"));
        var external = new ArrayList<Dependency>();
        info.path("external_dependencies").forEach(entry -> external.add(EntryReader.dependency(entry)));
        database.useTransaction(tx -> {
            knowledge.repositories().put(tx, Repository.of(repository));
            var edges = new ArrayList<>(consumers);
            edges.addAll(derivatives);
            knowledge.dependencies().replaceEdges(tx, repository, edges);
            knowledge.dependencies().replace(tx, repository, external);
            knowledge.dependencies().refuseCircles(tx);
        });
        return SkillJson.success().put("message", "%d consumers, %d derivatives and %d external dependencies of %s are "
                .formatted(consumers.size(), derivatives.size(), external.size(), repository) + "stored")
                .put("repository", repository);
    }

    private static List<DependencyEdge> edges(String source, RelationshipType type, JsonNode entries) {
        return entries.valueStream().map(entry -> EntryReader.edge(source, type, entry)).toList();
    }

    private ObjectNode mergeEdge(ObjectNode input) {
        var source = text(input, "source_repo");
        var entry = input.path("metadata") instanceof ObjectNode metadata ? metadata.deepCopy() : SkillJson.object();
        entry.remove(List.of("repository", "repo"));
        var type = text(input, "relationship_type").contains("consumer")
                ? RelationshipType.API_CONSUMER
                : RelationshipType.TEMPLATE_FORK;
        var edge = EntryReader.edge(source, type, entry.put("target_repo", text(input, "target_repo")));
        database.useTransaction(tx -> {
            knowledge.dependencies().putEdges(tx, List.of(edge));
            knowledge.dependencies().refuseCircles(tx);
        });
        return SkillJson.success().put("message", "the relationship from " + source + " to " + edge.target()
                + " is stored").put("repository", source);
    }

    private Skill addDeploymentInfo() {
        return new Skill("add_deployment_info", "Add deployment information",
                "Adds to what is known of a repository's deployment.", SkillCategory.ACTION, schema("""
                    {"type": "object", "required": ["repository", "deployment_info"], "properties": {
                       "repository": {"type": "string", "description": "owner/name"},
                       "deployment_info": {"type": "object", "properties": {
                          "scripts": {"type": "array"}, "lessons_learned": {"type": "array"},
                          "reusable_components": {"type": "array"}, "ci_cd_platform": {"type": ["string", "null"]},
                          "infrastructure": {"type": ["object", "null"]}}}}}
                    """), answerSchema("message", "repository"), REPOSITORY_ALIASES, true, false, input -> {
                    var repository = text(input, "repository");
                    database.useTransaction(tx -> knowledge.putDeployment(tx, repository,
                            (ObjectNode) input.path("deployment_info")));
                    return SkillResult.of(SkillJson.success()
                            .put("message", "the deployment of " + repository + " is stored")
                            .put("repository", repository));
                });
    }

    static ObjectNode without(ObjectNode input, String field) {
        var rest = input.deepCopy();
        rest.remove(field);
        return rest;
    }
}
