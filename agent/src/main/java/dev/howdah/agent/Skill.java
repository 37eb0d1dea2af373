package dev.howdah.agent;

import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something an agent can do, defined once and served by every protocol from this definition.
 *
 * @param name in snake case, unique
 * @param displayName for people
 * @param description what it does and answers, for people and models
 * @param inputSchema JSON Schema (2020-12) of the input, an object
 * @param outputSchema JSON Schema of the data it answers
 * @param inputAliases other names of input fields that are understood, to the documented name
 * @param requiresAuth whether it changes something, so that a caller must be known where authentication is required
 * @param async whether it enqueues tasks and answers before they are done
 */
public record Skill(String name, String displayName, String description, SkillCategory category,
        ObjectNode inputSchema, ObjectNode outputSchema, Map<String, String> inputAliases, boolean requiresAuth,
        boolean async, SkillHandler handler) {
    public Skill {
        inputAliases = Map.copyOf(inputAliases);
    }
}
