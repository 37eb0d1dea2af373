package dev.howdah.agent;

import tools.jackson.databind.node.ObjectNode;

/** Runs a skill. Long work is enqueued as a task, whose id is returned. */
@FunctionalInterface
public interface SkillHandler {
    /**
     * Runs on the caller's thread.
     *
     * @param input valid by the skill's input schema, with the documented names
     */
    SkillResult handle(ObjectNode input);
}
