package dev.howdah.agent.knowledge;

import static dev.howdah.agent.knowledge.SkillJson.REPOSITORY_ALIASES;
import static dev.howdah.agent.knowledge.SkillJson.answerSchema;
import static dev.howdah.agent.knowledge.SkillJson.array;
import static dev.howdah.agent.knowledge.SkillJson.schema;
import static dev.howdah.agent.knowledge.SkillJson.text;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillResult;
import dev.howdah.knowledge.DependencyEdge;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.knowledge.Page;
import dev.howdah.knowledge.RelationshipType;
import dev.howdah.knowledge.Repositories;
import dev.howdah.knowledge.Repository;
import dev.howdah.knowledge.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Which repositories there are, and what is known of one. */
final class RepositorySkills {
    private static final int REPOSITORIES_MAX = 10_000;
    private static final int KEYWORDS_SHOWN = 5;
    private static final int AVAILABLE_SHOWN = 100;
    private static final int HISTORY_SHOWN = 10;
    private static final int ENTRIES_MAX = Page.LIMIT_MAX;

    private final Knowledge knowledge;

    RepositorySkills(Knowledge knowledge) {
        this.knowledge = knowledge;
    }

    List<Skill> all() {
        return List.of(getRepositoryList(), getDeploymentInfo(), addRepository());
    }

    private Skill getRepositoryList() {
        return new Skill("get_repository_list", "Get repository list",
                "Lists the repositories that are known, by name; at most 10,000.", SkillCategory.QUERY, schema("""
                    {"type": "object", "properties": {"include_metadata": {"type": "boolean", "default": true}}}
                    """), answerSchema("repositories", "total_count", "timestamp"), Map.of(), false, false, input -> {
                    boolean metadata = input.path("include_metadata").asBoolean(true);
                    var answer = SkillJson.success();
                    var list = answer.putArray("repositories");
                    if (metadata) {
                        pages(cursor -> knowledge.repositories().list(cursor, Page.LIMIT_MAX))
                                .forEach(known -> list.add(summary(known)));
                    } else {
                        pages(cursor -> knowledge.repositories().names(cursor, Page.LIMIT_MAX)).forEach(list::add);
                    }
                    return SkillResult.of(answer.put("total_count", knowledge.repositories().count())
                            .put("timestamp", Instant.now().toString()));
                });
    }

    private static ObjectNode summary(Repositories.Known known) {
        var repository = known.repository();
        var entry = SkillJson.object().put("name", repository.name()).put("pattern_count", known.patterns())
                .put("last_updated", known.updatedAt().toString())
                .put("problem_domain", repository.problemDomain());
        entry.set("keywords", array(repository.keywords().stream().limit(KEYWORDS_SHOWN).toList()));
        return entry;
    }

    private static <T> List<T> pages(Function<Optional<String>, Page<T>> reading) {
        var all = new ArrayList<T>();
        Optional<String> cursor = Optional.empty();
        do {
            var page = reading.apply(cursor);
            all.addAll(page.items());
            cursor = page.next();
        } while (cursor.isPresent() && all.size() < REPOSITORIES_MAX);
        return all;
    }

    private Skill getDeploymentInfo() {
        return new Skill("get_deployment_info", "Get deployment information",
                "Tells what is known of a repository: deployment, dependencies, testing, security, patterns, lessons.",
                SkillCategory.QUERY, schema("""
                    {"type": "object", "required": ["repository"], "properties": {
                       "repository": {"type": "string", "description": "owner/name"},
                       "include_lessons": {"type": "boolean", "default": true},
                       "include_history": {"type": "boolean", "default": false}}}
                    """), answerSchema("repository", "deployment", "dependencies", "consumers", "derivatives",
                        "external_dependencies", "testing", "security", "latest_patterns", "lessons_learned", "history",
                        "error", "available_repositories"),
                REPOSITORY_ALIASES, false, false, input -> SkillResult.of(knowledge.repositories()
                        .find(text(input, "repository")).map(known -> deploymentInfo(known, input))
                        .orElseGet(() -> unknown(text(input, "repository")))));
    }

    private ObjectNode unknown(String name) {
        var answer = SkillJson.failure("there is no repository " + name);
        answer.set("available_repositories", array(knowledge.repositories()
                .names(Optional.empty(), AVAILABLE_SHOWN).items()));
        return answer;
    }

    private ObjectNode deploymentInfo(Repositories.Known known, ObjectNode input) {
        var repository = known.repository();
        var name = Optional.of(repository.name());
        var answer = SkillJson.success().put("repository", repository.name());
        var deployment = section(repository, "deployment");
        deployment.set("scripts", entries(knowledge.scripts().list(name, Optional.empty(), ENTRIES_MAX)));
        answer.set("deployment", deployment);
        putDependencies(answer, repository);
        var testing = section(repository, "testing");
        testing.set("test_frameworks", entries(knowledge.frameworks().list(name, Optional.empty(), ENTRIES_MAX)));
        answer.set("testing", testing);
        var security = section(repository, "security");
        security.set("security_patterns", entries(knowledge.security().list(name, Optional.empty(), ENTRIES_MAX)));
        answer.set("security", security);
        answer.set("latest_patterns", latestPatterns(repository));
        if (input.path("include_lessons").asBoolean(true)) {
            answer.set("lessons_learned", lessons(repository.name()));
        }
        if (input.path("include_history").asBoolean(false)) {
            answer.set("history", entries(knowledge.analyses().list(name, Optional.empty(), HISTORY_SHOWN)));
        }
        return answer;
    }

    /** Nested as one kind of caller expects them, and side by side as the other does. */
    private void putDependencies(ObjectNode answer, Repository repository) {
        var nested = section(repository, "dependencies");
        var edges = knowledge.dependencies().edges(Optional.of(repository.name()), Optional.empty());
        nested.set("consumers", edges(edges, RelationshipType.API_CONSUMER));
        nested.set("derivatives", edges(edges, RelationshipType.TEMPLATE_FORK));
        var external = entries(knowledge.dependencies().list(Optional.of(repository.name()), Optional.empty(),
                ENTRIES_MAX));
        external.forEach(entry -> ((ObjectNode) entry).put("name", text(entry, "dependency_name")).put("version",
                text(entry, "dependency_version")));
        nested.set("external_dependencies", external);
        answer.set("dependencies", nested);
        for (var field : List.of("consumers", "derivatives", "external_dependencies")) {
            answer.set(field, nested.path(field).deepCopy());
        }
    }

    private static ArrayNode edges(List<DependencyEdge> edges, RelationshipType type) {
        var list = array(List.of());
        edges.stream().filter(edge -> edge.type() == type).forEach(edge -> {
            var entry = edge.details().deepCopy();
            entry.put("repository", edge.target()).put("target_repo", edge.target()).put("repo", edge.target())
                    .put("description", edge.description()).put("sync_strategy", edge.syncStrategy())
                    .put("relationship_type", type.name().toLowerCase(Locale.ROOT));
            list.add(entry);
        });
        return list;
    }

    private JsonNode latestPatterns(Repository repository) {
        var latest = SkillJson.object();
        latest.set("patterns", array(knowledge.patterns().list(Optional.of(repository.name()), Optional.empty(),
                Optional.empty(), ENTRIES_MAX).items().stream().map(stored -> stored.value().name()).toList()));
        latest.put("problem_domain", repository.problemDomain());
        latest.set("keywords", array(repository.keywords()));
        return latest.put("analyzed_at", repository.lastAnalyzed().map(Instant::toString).orElse(null))
                .put("commit_sha", repository.lastCommitSha());
    }

    /** With the names that lessons have in knowledge bases beside ours. */
    private ArrayNode lessons(String name) {
        var list = entries(knowledge.lessons().list(Optional.of(name), Optional.empty(), Optional.empty(),
                ENTRIES_MAX));
        list.forEach(entry -> ((ObjectNode) entry).put("lesson_id", text(entry, "id"))
                .put("context", text(entry, "description")).put("severity", text(entry, "impact"))
                .put("timestamp", text(entry, "recorded_at")));
        return list;
    }

    private static ArrayNode entries(Page<? extends Stored<?>> page) {
        var list = array(List.of());
        page.items().forEach(stored -> list.add(stored.toJson()));
        return list;
    }

    private static ObjectNode section(Repository repository, String name) {
        return repository.details().path(name) instanceof ObjectNode object ? object.deepCopy() : SkillJson.object();
    }

    private Skill addRepository() {
        return new Skill("add_repository", "Add repository", "Adds a repository, or completes what is known of it.",
                SkillCategory.ACTION, schema("""
                    {"type": "object", "required": ["repository"], "properties": {
                       "repository": {"type": "string", "description": "owner/name"},
                       "problem_domain": {"type": "string"}, "url": {"type": "string"},
                       "primary_language": {"type": "string"},
                       "keywords": {"type": "array", "items": {"type": "string"}}}}
                    """), answerSchema("message", "repository", "added"), REPOSITORY_ALIASES, true, false, input -> {
                    var name = text(input, "repository");
                    boolean added = knowledge.repositories().put(new Repository(name, text(input, "problem_domain"),
                            text(input, "primary_language"), text(input, "url"), Optional.empty(), "",
                            SkillJson.texts(input, "keywords"), SkillJson.object()));
                    return SkillResult.of(SkillJson.success().put("message", name + (added ? " added" : " updated"))
                            .put("repository", name).put("added", added));
                });
    }
}
