package dev.howdah.agent.dependencies;

import dev.howdah.knowledge.RelationshipType;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillResult;
import dev.howdah.agent.source.ChangeEvent;
import dev.howdah.agent.triage.TriageJson;
import dev.howdah.agent.triage.TriageResult;
import dev.howdah.agent.triage.Urgency;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskQueue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The seven skills of the dependency orchestrator. */
final class DependencySkills {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final String EVENT = """
        {"type": "object", "required": ["source_repo", "commit_sha", "commit_message", "branch"],
         "properties": {
           "source_repo": {"type": "string", "description": "owner/name"},
           "commit_sha": {"type": "string"},
           "commit_message": {"type": "string"},
           "branch": {"type": "string"},
           "changed_files": {"type": "array", "items": {"type": "object", "required": ["path"], "properties": {
             "path": {"type": "string"}, "change_type": {"type": "string"}, "diff": {"type": "string"}}}},
           "pattern_summary": {"type": ["object", "null"]},
           "timestamp": {"type": ["string", "null"], "description": "ISO 8601"}}}
        """;
    private static final String RESULT = """
        {"type": "object", "properties": {
           "requires_action": {"type": "boolean"},
           "urgency": {"enum": ["none", "low", "medium", "high", "critical"]},
           "impact_summary": {"type": "string"},
           "affected_files": {"type": "array", "items": {"type": "string"}},
           "recommended_changes": {"type": "string"},
           "confidence": {"type": "number"},
           "reasoning": {"type": "string"}}}
        """;
    private static final String ENQUEUED = """
        {"type": "object", "properties": {"status": {"enum": ["enqueued", "error"]},
           "task_id": {"type": ["string", "null"]}, "message": {"type": "string"}}}
        """;
    private static final String RELATIONSHIP_TYPES = """
        {"enum": ["consumer", "template", "api_consumer", "template_fork"]}""";

    private final Relationships relationships;
    private final ChangeNotifications notifications;
    private final TaskQueue queue;

    DependencySkills(Relationships relationships, ChangeNotifications notifications, TaskQueue queue) {
        this.relationships = relationships;
        this.notifications = notifications;
        this.queue = queue;
    }

    List<Skill> all() {
        return List.of(receiveChangeNotification(), getImpactAnalysis(), getDependencies(), getOrchestrationStatus(),
                triggerConsumerTriage(), triggerTemplateTriage(), addDependencyRelationship());
    }

    private Skill receiveChangeNotification() {
        return new Skill("receive_change_notification", "Receive change notification",
                "Takes a commit of a repository and triages every repository that depends on it, each as a task.",
                SkillCategory.EVENT, schema(EVENT), schema("""
                    {"type": "object", "properties": {"status": {"enum": ["accepted", "no_relationships"]},
                       "source_repo": {"type": "string"},
                       "consumers_scheduled": {"type": "array"}, "derivatives_scheduled": {"type": "array"},
                       "total_dependents": {"type": "integer"}}}
                    """), Map.of("repo", "source_repo", "repository", "source_repo"), false, true, input -> {
                    var event = TriageJson.event(input);
                    return SkillResult.of(scheduled(event, notifications.receive(event)));
                });
    }

    private Skill getImpactAnalysis() {
        return new Skill("get_impact_analysis", "Get impact analysis",
                "Says at once what a change means for one dependent repository, and stores nothing.",
                SkillCategory.QUERY, schema("""
                    {"type": "object", "required": ["source_repo", "target_repo", "change_event", "relationship_type"],
                     "properties": {"source_repo": {"type": "string"}, "target_repo": {"type": "string"},
                       "relationship_type": %s, "change_event": %s}}
                    """.formatted(RELATIONSHIP_TYPES, EVENT)), schema(RESULT), Map.of(), false, false, input -> {
                    var source = text(input, "source_repo");
                    var target = text(input, "target_repo");
                    try {
                        return SkillResult.of(TriageJson.toJson(notifications.decide(source, target,
                                type(text(input, "relationship_type")), TriageJson.event(input.path("change_event")))));
                    } catch (NotFoundException e) {
                        return SkillResult.of(TriageJson.toJson(new TriageResult(false, Urgency.NONE,
                                e.problem(), List.of(), "", 0, "", "", "none")));
                    }
                });
    }

    private Skill getDependencies() {
        return new Skill("get_dependencies", "Get dependencies",
                "Lists what depends on a repository and what it depends on.", SkillCategory.QUERY, schema("""
                    {"type": "object", "required": ["repo"], "properties": {"repo": {"type": "string"},
                       "include_metadata": {"type": "boolean", "default": false}}}
                    """), schema("""
                    {"type": "object", "properties": {"repo": {"type": "string"}, "consumers": {"type": "array"},
                       "derivatives": {"type": "array"}, "upstream_dependencies": {"type": "array"}}}
                    """), Map.of("repository", "repo", "source_repo", "repo"), false, false, input -> {
                    var repo = text(input, "repo");
                    boolean metadata = input.path("include_metadata").asBoolean(false);
                    var answer = JSON.createObjectNode().put("repo", repo);
                    var consumers = answer.putArray("consumers");
                    var derivatives = answer.putArray("derivatives");
                    for (var edge : relationships.dependentsOf(repo)) {
                        (edge.type() == RelationshipType.API_CONSUMER ? consumers : derivatives).add(metadata
                                ? TriageJson.toJson(edge)
                                : JSON.createObjectNode().put("repo", edge.targetRepo()));
                    }
                    var upstream = answer.putArray("upstream_dependencies");
                    for (var edge : relationships.dependenciesOf(repo)) {
                        upstream.addObject().put("repo", edge.sourceRepo())
                                .put("relationship_type", TriageJson.label(edge.type()))
                                .set("metadata", metadata ? TriageJson.toJson(edge) : JSON.nullNode());
                    }
                    return SkillResult.of(answer);
                });
    }

    private Skill getOrchestrationStatus() {
        return new Skill("get_orchestration_status", "Get orchestration status",
                "Says how a task stands; an unknown one has the status not_found.", SkillCategory.QUERY, schema("""
                    {"type": "object", "required": ["task_id"], "properties": {"task_id": {"type": "string"}}}
                    """), schema("""
                    {"type": "object", "properties": {"task_id": {"type": "string"}, "status": {"enum":
                       ["queued", "started", "finished", "failed", "cancelled", "not_found"]},
                       "created_at": {"type": ["string", "null"]}, "started_at": {"type": ["string", "null"]},
                       "ended_at": {"type": ["string", "null"]}, "result": {}, "error": {"type": ["string", "null"]},
                       "skill_name": {"type": "string"}, "task_type": {"type": "string"},
                       "source_repo": {"type": ["string", "null"]}, "target_repo": {"type": ["string", "null"]},
                       "worker_id": {"type": ["string", "null"]}, "attempt_count": {"type": "integer"}}}
                    """), Map.of("id", "task_id"), false, false, input -> {
                    var id = text(input, "task_id");
                    return SkillResult.of(uuid(id).flatMap(queue::find).map(DependencySkills::status)
                            .orElseGet(() -> JSON.createObjectNode().put("task_id", id).put("status", "not_found")));
                });
    }

    private Skill triggerConsumerTriage() {
        return trigger("trigger_consumer_triage", "Trigger consumer triage",
                "Triages one consumer of a repository's API as a task.", RelationshipType.API_CONSUMER, "source_repo",
                "consumer_repo");
    }

    private Skill triggerTemplateTriage() {
        return trigger("trigger_template_triage", "Trigger template triage",
                "Triages one fork of a template as a task.", RelationshipType.TEMPLATE_FORK, "template_repo",
                "derivative_repo");
    }

    private Skill trigger(String name, String displayName, String description, RelationshipType type,
            String sourceField, String targetField) {
        return new Skill(name, displayName, description, SkillCategory.ACTION, schema("""
            {"type": "object", "required": ["%1$s", "%2$s", "change_event"], "properties": {
               "%1$s": {"type": "string"}, "%2$s": {"type": "string"}, "change_event": %3$s}}
            """.formatted(sourceField, targetField, EVENT)), schema(ENQUEUED),
                Map.of(sourceField.equals("source_repo") ? "repo" : "source_repo", sourceField, "target_repo",
                        targetField),
                true, true, input -> {
                    var source = text(input, sourceField);
                    var target = text(input, targetField);
                    var event = TriageJson.event(input.path("change_event"));
                    return relationships.find(source, target, type).map(edge -> {
                        var id = notifications.schedule(name, edge, event);
                        return SkillResult.enqueued(JSON.createObjectNode().put("status", "enqueued")
                                .put("task_id", id.toString())
                                .put("message", "triage of " + target + " is enqueued"), id);
                    }).orElseGet(() -> SkillResult.of(JSON.createObjectNode().put("status", "error").putNull("task_id")
                            .put("message", ChangeNotifications.missing(source, target).getMessage())));
                });
    }

    private Skill addDependencyRelationship() {
        return new Skill("add_dependency_relationship", "Add dependency relationship",
                "Adds the relationship of two repositories, or updates it.", SkillCategory.ACTION, schema("""
                    {"type": "object",
                     "required": ["source_repo", "target_repo", "relationship_type", "relationship_config"],
                     "properties": {"source_repo": {"type": "string"}, "target_repo": {"type": "string"},
                       "relationship_type": %s, "relationship_config": {"type": "object"}}}
                    """.formatted(RELATIONSHIP_TYPES)), schema("""
                    {"type": "object", "properties": {"status": {"type": "string"}, "message": {"type": "string"},
                       "relationship": {"type": "object"}}}
                    """), Map.of(), true, false, input -> {
                    var source = text(input, "source_repo");
                    var entry = ((ObjectNode) input.path("relationship_config")).deepCopy()
                            .put("repo", text(input, "target_repo"));
                    var edge = TriageJson.checkedRelationship(source, entry, type(text(input, "relationship_type")));
                    boolean added = relationships.put(List.of(edge), Map.of(), false).added() == 1;
                    var answer = JSON.createObjectNode().put("status", "success").put("message",
                            "relationship " + source + " → " + edge.targetRepo() + (added ? " added" : " updated"));
                    answer.set("relationship", TriageJson.toJson(edge).put("source_repo", source));
                    return SkillResult.of(answer);
                });
    }

    private static ObjectNode scheduled(ChangeEvent event, List<ChangeNotifications.Scheduled> all) {
        var answer = JSON.createObjectNode().put("status", all.isEmpty() ? "no_relationships" : "accepted")
                .put("source_repo", event.sourceRepo());
        var consumers = answer.putArray("consumers_scheduled");
        var derivatives = answer.putArray("derivatives_scheduled");
        all.forEach(one -> add(one.edge().type() == RelationshipType.API_CONSUMER ? consumers : derivatives, one));
        answer.put("total_dependents", all.size());
        return all.isEmpty() ? answer.put("message", "nothing depends on " + event.sourceRepo()) : answer;
    }

    private static void add(ArrayNode list, ChangeNotifications.Scheduled one) {
        list.addObject().put("repo", one.edge().targetRepo()).put("task_id", one.taskId().toString());
    }

    private static ObjectNode status(Task task) {
        var payload = task.payload();
        var answer = JSON.createObjectNode().put("task_id", task.id().toString())
                .put("status", TriageJson.label(task.state())).put("created_at", task.createdAt().toString())
                .put("started_at", string(task.startedAt())).put("ended_at", string(task.endedAt()));
        answer.set("result", task.result().orElse(JSON.nullNode()));
        return answer.put("error", task.error().orElse(null)).put("skill_name", payload.path("skill_name").asString(""))
                .put("task_type", task.type()).put("source_repo", payload.path("source_repo").asString(null))
                .put("target_repo", payload.path("target_repo").asString(null))
                .put("worker_id", task.worker().orElse(null)).put("attempt_count", task.attempt());
    }

    private static @Nullable String string(Optional<?> value) {
        return value.map(Object::toString).orElse(null);
    }

    private static RelationshipType type(String word) {
        return word.startsWith("template") ? RelationshipType.TEMPLATE_FORK : RelationshipType.API_CONSUMER;
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String text(JsonNode input, String field) {
        return input.path(field).asString("");
    }

    private static ObjectNode schema(String json) {
        return (ObjectNode) JSON.readTree(json);
    }
}
