package dev.howdah.agent.mcp;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What a server offers. Tools and prompts are asked for anew each time, so that they may come and go.
 *
 * @param tools each with a name of its own
 * @param prompts each with a name of its own
 * @param resources kinds with addresses of their own
 */
public record McpFeatures(Supplier<List<McpTool>> tools, Supplier<List<McpPrompt>> prompts,
        List<McpResources> resources) {
    public McpFeatures {
        resources = List.copyOf(resources);
    }

    /** This and more. */
    public McpFeatures and(McpFeatures more) {
        return new McpFeatures(() -> join(tools, more.tools), () -> join(prompts, more.prompts),
                Stream.concat(resources.stream(), more.resources.stream()).toList());
    }

    /** In the order of their names, whatever order they came in. */
    List<McpTool> sortedTools() {
        return sorted(tools, McpTool::name);
    }

    List<McpPrompt> sortedPrompts() {
        return sorted(prompts, McpPrompt::name);
    }

    Optional<McpTool> tool(String name) {
        return tools.get().stream().filter(tool -> tool.name().equals(name)).findFirst();
    }

    Optional<McpPrompt> prompt(String name) {
        return prompts.get().stream().filter(prompt -> prompt.name().equals(name)).findFirst();
    }

    private static <T> List<T> join(Supplier<List<T>> first, Supplier<List<T>> second) {
        return Stream.concat(first.get().stream(), second.get().stream()).toList();
    }

    private static <T> List<T> sorted(Supplier<List<T>> all, Function<T, String> name) {
        return all.get().stream().sorted(Comparator.comparing(name)).toList();
    }
}
