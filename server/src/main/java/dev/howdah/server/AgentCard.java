package dev.howdah.server;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillRegistry;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The agent card. One document serves the readers of every shape that is in use: flat fields with {@code skills[{id}]},
 * the nested {@code agent} with {@code endpoints}, and {@code authentication}; each skill carries both {@code id} and
 * {@code name}, both {@code requires_auth} and {@code requires_authentication}.
 */
final class AgentCard {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NAME = "howdah";
    private static final String DISPLAY_NAME = "Howdah";
    private static final String DESCRIPTION = "Works out which repositories a change touches and triages each of them "
            + "as a durable task.";
    private static final List<String> CAPABILITIES = List.of("dependency_tracking", "impact_analysis",
            "consumer_triage", "template_sync", "async_orchestration");

    private AgentCard() {}

    static ObjectNode of(SkillRegistry skills, String version, String url, boolean authRequired) {
        var card = JSON.createObjectNode();
        card.put("name", NAME).put("description", DESCRIPTION).put("version", version).put("url", url);
        card.putObject("capabilities").put("streaming", false).put("multimodal", false).put("pushNotifications", false)
                .put("authentication", authRequired ? "required" : "optional");
        var agent = card.putObject("agent").put("name", NAME).put("display_name", DISPLAY_NAME)
                .put("description", DESCRIPTION).put("version", version).put("vendor", DISPLAY_NAME);
        CAPABILITIES.forEach(agent.putArray("capabilities")::add);
        var list = card.putArray("skills");
        for (var skill : skills.all()) {
            var entry = summary(skill);
            entry.set("input_schema", skill.inputSchema());
            entry.set("output_schema", skill.outputSchema());
            list.add(entry);
        }
        card.putObject("endpoints").put("execute_skill", "/a2a/execute").put("list_skills", "/a2a/skills")
                .put("health", "/a2a/health");
        card.putObject("authentication").put("required", authRequired).put("header", "X-API-Key")
                .putArray("methods").add("api_key");
        card.putObject("metadata").put("documentation", "/docs").put("architecture", "modular")
                .put("skill_count", skills.all().size());
        return card;
    }

    /** What a list of skills tells of one. */
    static ObjectNode summary(Skill skill) {
        var entry = JSON.createObjectNode().put("id", skill.name()).put("name", skill.name())
                .put("display_name", skill.displayName()).put("description", skill.description())
                .put("category", skill.category().label()).put("requires_auth", skill.requiresAuth())
                .put("requires_authentication", skill.requiresAuth()).put("is_async", skill.async());
        entry.putArray("tags").add(skill.category().label());
        return entry;
    }
}
