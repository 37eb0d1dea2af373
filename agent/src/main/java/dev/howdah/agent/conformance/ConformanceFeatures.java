package dev.howdah.agent.conformance;

import dev.howdah.agent.mcp.McpFeatures;
import dev.howdah.agent.mcp.McpOutcome;
import dev.howdah.agent.mcp.McpPrompt;
import dev.howdah.agent.mcp.McpTasks;
import dev.howdah.agent.mcp.McpTool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.json.JsonMapper;

/** The tools, prompts and resources of MCP's conformance suite, put together. Thread-safe. */
public final class ConformanceFeatures {
    private static final String NONE = "{\"type\": \"object\", \"properties\": {}}";

    private final Optional<McpTasks> tasks;
    private final AtomicBoolean extraTool = new AtomicBoolean();
    private final AtomicBoolean extraPrompt = new AtomicBoolean();

    /**
     * The fixtures.
     *
     * @param tasks where calls go on by themselves; absent if they cannot
     */
    public ConformanceFeatures(Optional<McpTasks> tasks) {
        this.tasks = tasks;
    }

    /** To be added to what the server offers. */
    public McpFeatures all() {
        return new McpFeatures(this::tools, this::prompts, List.of(new ConformanceResources()));
    }

    private List<McpTool> tools() {
        var tools = new ArrayList<>(ContentTools.all());
        tools.addAll(AskingTools.all());
        tools.addAll(InputRequiredTools.all());
        tasks.ifPresent(present -> tools.add(askingFirst(present)));
        tools.add(toggle("test_trigger_tool_change", "Adds a tool to the list, or takes it away again.", extraTool));
        tools.add(toggle("test_trigger_prompt_change", "Adds a prompt to the list, or takes it away again.",
                extraPrompt));
        if (extraTool.get()) {
            tools.add(McpTool.of("test_extra_tool", "Comes and goes.", NONE, call -> McpOutcome.text("Here.")));
        }
        return tools;
    }

    private List<McpPrompt> prompts() {
        var prompts = new ArrayList<>(ConformancePrompts.all());
        if (extraPrompt.get()) {
            prompts.add(new McpPrompt("test_extra_prompt", "test_extra_prompt", "Comes and goes.", List.of(),
                    McpPrompt.Completion.NONE, call -> McpPrompt.message("Here.")));
        }
        return prompts;
    }

    /** Asks within the call, and goes on as a task. */
    private static McpTool askingFirst(McpTasks tasks) {
        return McpTool.of("test_tool_with_task", "Asks for a name, and greets in a task.", NONE, call -> {
            call.client().requireExtension(McpTasks.EXTENSION);
            return call.inputs().containsKey("user_name")
                    ? tasks.defer(call.client(), ConformanceSkills.GREET, JsonMapper.shared().createObjectNode()
                            .put("name", InputRequiredTools.answer(call, "user_name", "name")))
                    : new McpOutcome.InputRequired(Map.of("user_name", InputRequiredTools.question("What is your name?",
                            "name", "string")), Optional.empty());
        });
    }

    private static McpTool toggle(String name, String description, AtomicBoolean extra) {
        var tool = McpTool.of(name, description, NONE, call -> {
            boolean before = extra.get();
            extra.compareAndSet(before, !before);
            return McpOutcome.text("Changed.");
        });
        return new McpTool(tool.name(), tool.title(), tool.description(), tool.inputSchema(), tool.outputSchema(),
                false,
                tool.handler());
    }
}
