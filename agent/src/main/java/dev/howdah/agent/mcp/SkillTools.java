package dev.howdah.agent.mcp;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.SkillResult;
import dev.howdah.postgres.HowdahException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Skills as tools. */
public final class SkillTools {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String TASK_ID = "dev.howdah/taskId";

    private final SkillRegistry skills;
    private final boolean authRequired;

    /**
     * The tools of a registry.
     *
     * @param authRequired whether skills that change something need a caller who has shown the key
     */
    public SkillTools(SkillRegistry skills, boolean authRequired) {
        this.skills = skills;
        this.authRequired = authRequired;
    }

    /** One tool per skill. */
    public List<McpTool> all() {
        return skills.all().stream().map(this::tool).toList();
    }

    private McpTool tool(Skill skill) {
        var output = Optional.of(skill.outputSchema()).filter(schema -> schema.path("type").asString("")
                .equals("object"));
        return new McpTool(skill.name(), skill.displayName(), skill.description(), skill.inputSchema(), output,
                !skill.requiresAuth(), call -> call(skill, call));
    }

    private McpOutcome call(Skill skill, McpCall call) {
        if (skill.requiresAuth() && authRequired && !call.client().authenticated()) {
            return McpOutcome.error("The skill " + skill.name() + " needs the API key, and none was sent.");
        }
        try {
            return result(skills.execute(skill.name(), call.arguments()));
        } catch (McpException e) {
            throw e;
        } catch (HowdahException e) {
            return McpOutcome.error(e.getMessage());
        }
    }

    private static McpOutcome result(SkillResult answer) {
        var result = McpOutcome.text(answer.data().toString()).result();
        if (answer.data() instanceof ObjectNode object) {
            result.set("structuredContent", object);
        }
        answer.taskId().ifPresent(id -> result.set("_meta", JSON.createObjectNode().put(TASK_ID, id.toString())));
        return new McpOutcome.Complete(result);
    }
}
