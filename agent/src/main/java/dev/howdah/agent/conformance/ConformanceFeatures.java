package dev.howdah.agent.conformance;

import dev.howdah.agent.mcp.McpFeatures;
import dev.howdah.agent.mcp.McpOutcome;
import dev.howdah.agent.mcp.McpPrompt;
import dev.howdah.agent.mcp.McpTool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** The tools, prompts and resources of MCP's conformance suite, put together. Thread-safe. */
public final class ConformanceFeatures {
    private static final String NONE = "{\"type\": \"object\", \"properties\": {}}";

    private final AtomicBoolean extraTool = new AtomicBoolean();
    private final AtomicBoolean extraPrompt = new AtomicBoolean();

    /** To be added to what the server offers. */
    public McpFeatures all() {
        return new McpFeatures(this::tools, this::prompts, List.of(new ConformanceResources()));
    }

    private List<McpTool> tools() {
        var tools = new ArrayList<>(ContentTools.all());
        tools.addAll(AskingTools.all());
        tools.addAll(InputRequiredTools.all());
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
