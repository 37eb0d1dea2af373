package dev.howdah.agent.conformance;

import dev.howdah.agent.mcp.InputRequest;
import dev.howdah.agent.mcp.McpCall;
import dev.howdah.agent.mcp.McpOutcome;
import dev.howdah.agent.mcp.McpOutcome.InputRequired;
import dev.howdah.agent.mcp.McpTool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tools that are completed in several rounds. */
final class InputRequiredTools {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NONE = "{\"type\": \"object\", \"properties\": {}}";
    private static final String PREFIX = "test_input_required_result_";
    private static final int TOKENS_MAX = 100;

    private InputRequiredTools() {}

    static List<McpTool> all() {
        var confirm = Map.of("confirm", question("Please confirm", "ok", "boolean"));
        return List.of(
                asking("elicitation", Map.of("user_name", question("What is your name?", "name", "string")), false,
                        call -> "Hello, " + answer(call, "user_name", "name") + "!"),
                asking("sampling", Map.of("capital_question", InputRequest.sampling("What is the capital of France?",
                        TOKENS_MAX)), false,
                        call -> text(call, "capital_question", "/content/text")),
                asking("list_roots", Map.of("client_roots", InputRequest.roots()), false,
                        call -> "Roots: " + call.inputs().getOrDefault("client_roots", JSON.createObjectNode())
                                .path("roots").valueStream().map(root -> root.path("uri").asString(""))
                                .collect(Collectors.joining(", "))),
                asking("request_state", confirm, true, call -> "state-ok"),
                asking("tampered_state", confirm, true, call -> "state-ok"),
                asking("multiple_inputs", several(), true,
                        call -> "Got all: " + String.join(", ", call.inputs().keySet().stream().sorted().toList())),
                McpTool.of(PREFIX + "multi_round", "Asks twice.", NONE, InputRequiredTools::twice),
                McpTool.of(PREFIX + "capabilities", "Asks only what the client can answer.", NONE, call -> {
                    var possible = several();
                    possible.values().removeIf(request -> !call.client().can(request.kind().capability()));
                    return possible.isEmpty() || call.inputs().keySet().containsAll(possible.keySet())
                            ? McpOutcome.text("Done.")
                            : new InputRequired(possible, Optional.empty());
                }));
    }

    /** Asks for what is missing until nothing is. */
    private static McpTool asking(String name, Map<String, InputRequest> requests, boolean withState,
            Function<McpCall, String> text) {
        return McpTool.of(PREFIX + name, "Asks the client before it answers.", NONE, call -> {
            boolean isAnswered = call.inputs().keySet().containsAll(requests.keySet())
                    && (!withState || call.state().isPresent());
            return isAnswered
                    ? McpOutcome.text(text.apply(call))
                    : new InputRequired(requests, withState ? Optional.of(state(1)) : Optional.empty());
        });
    }

    private static McpOutcome twice(McpCall call) {
        int round = call.state().map(state -> state.path("round").asInt()).orElse(0);
        if (round == 1 && call.inputs().containsKey("step1")) {
            return new InputRequired(Map.of("step2", question("Step 2: What is your favorite color?", "color",
                    "string")), Optional.of(state(2)));
        }
        if (round == 2 && call.inputs().containsKey("step2")) {
            return McpOutcome.text("Your color is " + answer(call, "step2", "color") + ".");
        }
        return new InputRequired(Map.of("step1", question("Step 1: What is your name?", "name", "string")),
                Optional.of(state(1)));
    }

    private static Map<String, InputRequest> several() {
        var requests = new LinkedHashMap<String, InputRequest>();
        requests.put("user_name", question("What is your name?", "name", "string"));
        requests.put("greeting", InputRequest.sampling("Generate a greeting", TOKENS_MAX));
        requests.put("client_roots", InputRequest.roots());
        return requests;
    }

    static InputRequest question(String message, String field, String type) {
        var schema = JSON.createObjectNode().put("type", "object");
        schema.putObject("properties").putObject(field).put("type", type);
        schema.putArray("required").add(field);
        return InputRequest.elicitation(message, schema);
    }

    static String answer(McpCall call, String key, String field) {
        return text(call, key, "/content/" + field);
    }

    private static String text(McpCall call, String key, String pointer) {
        return call.inputs().getOrDefault(key, JSON.createObjectNode()).at(pointer).asString("");
    }

    private static JsonNode state(int round) {
        return JSON.createObjectNode().put("round", round);
    }
}
