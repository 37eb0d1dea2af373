package dev.howdah.workflow.definition;

import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What makes a workflow callable as a skill, through every protocol: an execution begins with the skill's input and answers
 * with its output.
 *
 * @param name in snake case, unique among all skills
 * @param description what it does and answers, for people and models
 * @param inputSchema JSON Schema of the execution's input, an object
 * @param tags for those who look for skills
 */
public record PublishedSkill(String name, String description, ObjectNode inputSchema, List<String> tags) {
    /** Tags of one skill. */
    public static final int TAGS_MAX = 20;

    public PublishedSkill {
        tags = List.copyOf(tags);
    }

    ObjectNode toJson() {
        var json = JsonNodeFactory.instance.objectNode().put("name", name).put("description", description);
        json.set("input_schema", inputSchema);
        var list = json.putArray("tags");
        tags.forEach(list::add);
        return json;
    }
}
