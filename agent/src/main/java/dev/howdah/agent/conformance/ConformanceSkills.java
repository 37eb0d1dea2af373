package dev.howdah.agent.conformance;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillHandler;
import dev.howdah.agent.SkillResult;
import dev.howdah.agent.SkillResult.Question;
import dev.howdah.agent.SkillResult.Questions;
import dev.howdah.agent.SkillRun;
import dev.howdah.agent.mcp.McpTasks.Support;
import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The skills that MCP's suite runs as tasks. */
public final class ConformanceSkills {
    static final String GREET = "greet";
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NONE = "{\"type\": \"object\", \"properties\": {}}";
    private static final String YES_OR_NO = "{\"type\": \"object\", \"properties\": {\"confirm\": {\"type\": \"boolean\"}}}";
    private static final Set<String> MAY_BE_TASKS = Set.of("slow_compute", "protocol_error_job", "confirm_delete",
            "multi_input");
    private static final String MUST_BE_TASK = "failing_job";
    private static final int SECONDS_MAX = 3600;

    private ConformanceSkills() {}

    /** All of them, to be registered. */
    public static List<Skill> all() {
        return List.of(
                skill(GREET, "Greets.", "{\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\"}}}",
                        input -> text("Hello, " + input.path("name").asString("World") + "!")),
                skill("slow_compute", "Takes its time.", """
                    {"type": "object", "properties": {"seconds": {"type": "integer", "minimum": 0, "maximum": %d},
                       "label": {"type": "string"}}}
                    """.formatted(SECONDS_MAX), SkillHandler.running(ConformanceSkills::compute)),
                skill(MUST_BE_TASK, "Refuses.", NONE, input -> {
                    throw new InvalidInputException("conformance-failing", "", "this job always fails", "");
                }),
                skill("protocol_error_job", "Breaks.", NONE, input -> {
                    throw new IllegalStateException("this job always breaks");
                }),
                skill("confirm_delete", "Asks before it pretends to delete.", """
                    {"type": "object", "properties": {"filename": {"type": "string"}}}
                    """, SkillHandler.running((input, run) -> ask(run, "Deleted " + input.path("filename").asString(
                        ""), Map.of("confirm", "Delete it?")))),
                skill("multi_input", "Asks two things at once.", NONE,
                        SkillHandler
                                .running((input, run) -> ask(run, "Thank you", Map.of("first", "The first?", "second",
                                        "The second?")))));
    }

    /** Which of all skills become tasks. */
    public static Support support(Skill skill) {
        if (skill.name().equals(MUST_BE_TASK)) {
            return Support.REQUIRED;
        }
        return skill.async() || MAY_BE_TASKS.contains(skill.name()) ? Support.OPTIONAL : Support.NONE;
    }

    private static Skill skill(String name, String description, String schema, SkillHandler handler) {
        return new Skill(name, name, description, SkillCategory.QUERY, (ObjectNode) JSON.readTree(schema),
                JSON.createObjectNode(), Map.of(), false, false, handler);
    }

    private static SkillResult compute(ObjectNode input, SkillRun run) throws InterruptedException {
        int seconds = input.path("seconds").asInt(0);
        for (int done = 0; done < seconds; done++) {
            run.progress(100 * done / seconds, "second " + done);
            Thread.sleep(Duration.ofSeconds(1));
        }
        return text("Computed " + input.path("label").asString("") + " in " + seconds + " s");
    }

    private static SkillResult ask(SkillRun run, String text, Map<String, String> messages) {
        if (run.answers().isPresent()) {
            return text(text + " after " + run.answers().get().values());
        }
        var questions = new LinkedHashMap<String, Question>();
        messages.forEach((key, message) -> questions.put(key, new Question(message, (ObjectNode) JSON.readTree(
                YES_OR_NO))));
        return SkillResult.asking(new Questions(questions, JSON.createObjectNode()));
    }

    private static SkillResult text(String text) {
        return SkillResult.of(JSON.getNodeFactory().stringNode(text));
    }
}
