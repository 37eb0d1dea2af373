package dev.howdah.agent.mcp;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.SkillResult;
import dev.howdah.agent.SkillResult.Questions;
import dev.howdah.agent.mcp.McpTasks.Support;
import dev.howdah.postgres.HowdahException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Skills as tools. What a skill asks back is asked of the person at the client. */
public final class SkillTools {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String TASK_ID = "dev.howdah/taskId";

    private final SkillRegistry skills;
    private final boolean authRequired;
    private final Optional<McpTasks> tasks;
    private final Function<Skill, Support> support;

    /**
     * The tools of a registry.
     *
     * @param authRequired whether skills that change something need a caller who has shown the key
     * @param tasks where calls go on by themselves; absent if they cannot
     * @param support which of them do, if the client wants it
     */
    public SkillTools(SkillRegistry skills, boolean authRequired, Optional<McpTasks> tasks,
            Function<Skill, Support> support) {
        this.skills = skills;
        this.authRequired = authRequired;
        this.tasks = tasks;
        this.support = support;
    }

    /** Skills that put their work into the queue anyway become tasks. */
    public static Support support(Skill skill) {
        return skill.async() ? Support.OPTIONAL : Support.NONE;
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
        if (skill.requiresAuth() && authRequired && !call.client().caller().authenticated()) {
            return McpOutcome.error("The skill " + skill.name() + " needs the API key, and none was sent.");
        }
        if (tasks.isPresent() && isDeferred(skill, call.client())) {
            return tasks.get().defer(call.client(), skill.name(), call.arguments());
        }
        var run = new McpRun(call);
        if (run.isDeclined()) {
            return McpOutcome
                    .error("The person did not answer, so the skill " + skill.name() + " was not carried out.");
        }
        try {
            var answer = skills.execute(skill.name(), call.arguments(), run);
            return answer.questions().isPresent() ? ask(answer.questions().get()) : result(answer, run);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return McpOutcome.error("The call was cancelled.");
        } catch (McpException e) {
            throw e;
        } catch (HowdahException e) {
            return McpOutcome.error(String.valueOf(e.getMessage()));
        }
    }

    private boolean isDeferred(Skill skill, McpClient client) {
        return switch (support.apply(skill)) {
            case NONE -> false;
            case OPTIONAL -> client.canExtension(McpTasks.EXTENSION);
            case REQUIRED -> {
                client.requireExtension(McpTasks.EXTENSION);
                yield true;
            }
        };
    }

    private static McpOutcome ask(Questions questions) {
        var requests = new LinkedHashMap<String, InputRequest>();
        questions.byKey().forEach((key, question) -> requests.put(key, InputRequest.elicitation(question.message(),
                question.schema())));
        return new McpOutcome.InputRequired(requests, Optional.of(questions.state()));
    }

    private static McpOutcome result(SkillResult answer, McpRun run) {
        var result = McpOutcome.text(answer.data().isString() ? answer.data().asString() : answer.data().toString())
                .result();
        run.made().forEach(result.withArrayProperty("content")::add);
        if (answer.data() instanceof ObjectNode object) {
            result.set("structuredContent", object);
        }
        answer.taskId().ifPresent(id -> result.set("_meta", JSON.createObjectNode().put(TASK_ID, id.toString())));
        return new McpOutcome.Complete(result);
    }
}
