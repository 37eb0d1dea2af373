package dev.howdah.agent.conformance;

import dev.howdah.agent.mcp.McpOutcome;
import dev.howdah.agent.mcp.McpPrompt;
import dev.howdah.agent.mcp.McpPrompt.Argument;
import dev.howdah.agent.mcp.McpTool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Prompts with every kind of content. */
final class ConformancePrompts {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> WORDS = List.of("paris", "park", "party");

    private ConformancePrompts() {}

    static List<McpPrompt> all() {
        return List.of(
                prompt("test_simple_prompt", List.of(),
                        call -> McpPrompt.message("This is a simple prompt for testing.")),
                prompt("test_prompt_with_arguments", List.of(new Argument("arg1", "First test argument", true),
                        new Argument("arg2", "Second test argument", true)),
                        call -> McpPrompt.message("Prompt with arguments: arg1='" + call.text("arg1") + "', arg2='"
                                + call.text("arg2") + "'")),
                prompt("test_prompt_with_embedded_resource",
                        List.of(new Argument("resourceUri", "URI of the resource to embed", true)),
                        call -> messages(ContentTools.resource(call.text("resourceUri"), "text/plain",
                                "Embedded resource content for testing."),
                                text("Please process the embedded resource above."))),
                prompt("test_prompt_with_image", List.of(),
                        call -> messages(ContentTools.image(), text("Please analyze the image above."))),
                prompt("test_input_required_result_prompt", List.of(), call -> call.inputs().containsKey("user_context")
                        ? McpPrompt.message("Use this context: " + InputRequiredTools.answer(call, "user_context",
                                "context"))
                        : new McpOutcome.InputRequired(Map.of("user_context", InputRequiredTools.question(
                                "What context should the prompt use?", "context", "string")), Optional.empty())));
    }

    private static McpPrompt prompt(String name, List<Argument> arguments, McpTool.Handler handler) {
        return new McpPrompt(name, name, "A prompt for testing.", arguments, (argument, prefix, limit) -> WORDS.stream()
                .filter(word -> word.startsWith(prefix)).limit(limit).toList(), handler);
    }

    private static McpOutcome messages(ObjectNode... contents) {
        var result = JSON.createObjectNode();
        var messages = result.putArray("messages");
        Stream.of(contents).forEach(content -> messages.addObject().put("role", "user").set("content", content));
        return new McpOutcome.Complete(result);
    }

    private static ObjectNode text(String text) {
        return JSON.createObjectNode().put("type", "text").put("text", text);
    }
}
