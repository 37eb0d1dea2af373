package dev.howdah.agent.dependencies;

import dev.howdah.knowledge.RelationshipType;

import dev.howdah.agent.source.ChangeEvent;
import dev.howdah.agent.triage.Relationship;
import dev.howdah.agent.triage.TriageJson;
import dev.howdah.queue.NewTask;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The task that triages one dependent repository. It carries the relationship as it was when the change arrived.
 *
 * @param skill which skill enqueued it
 */
record TriageTask(String skill, Relationship edge, ChangeEvent event) {
    static final String CONSUMER = "consumer_triage";
    static final String TEMPLATE = "template_triage";

    /** At most one task per change and relationship waits or runs: the same notification twice is triaged once. */
    NewTask toTask() {
        return NewTask.of(type(edge.type()), payload()).withKey("triage:" + key());
    }

    /** What the task is about, in short. */
    String key() {
        return edge.sourceRepo() + ":" + edge.targetRepo() + ":" + event.commitSha() + ":"
                + TriageJson.label(edge.type());
    }

    static TriageTask of(JsonNode payload) {
        return new TriageTask(payload.path("skill_name").asString(""),
                TriageJson.relationship(payload.path("source_repo").asString(""), payload.path("relationship")),
                TriageJson.event(payload.path("change_event")));
    }

    static String type(RelationshipType type) {
        return switch (type) {
            case API_CONSUMER -> CONSUMER;
            case TEMPLATE_FORK -> TEMPLATE;
        };
    }

    private ObjectNode payload() {
        var payload = JsonMapper.shared().createObjectNode().put("skill_name", skill)
                .put("source_repo", edge.sourceRepo()).put("target_repo", edge.targetRepo())
                .put("relationship_type", TriageJson.label(edge.type()));
        payload.set("change_event", TriageJson.toJson(event));
        payload.set("relationship", TriageJson.toJson(edge));
        return payload;
    }
}
