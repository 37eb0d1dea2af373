package dev.howdah.agent.conformance;

import dev.howdah.agent.mcp.InputRequest;
import dev.howdah.agent.mcp.McpCall;
import dev.howdah.agent.mcp.McpOutcome;
import dev.howdah.agent.mcp.McpTool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tools that ask one thing, and answer with what they were told. */
final class AskingTools {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NONE = "{\"type\": \"object\", \"properties\": {}}";
    private static final String KEY = "answer";
    private static final int TOKENS_MAX = 100;

    private AskingTools() {}

    static List<McpTool> all() {
        return List.of(
                McpTool.of("test_sampling", "Asks the client's language model.", """
                    {"type": "object", "required": ["prompt"], "properties": {"prompt": {"type": "string"}}}
                    """, call -> ask(call, InputRequest.sampling(call.text("prompt"), TOKENS_MAX),
                        answer -> "LLM response: " + answer.at("/content/text").asString(""))),
                McpTool.of("test_elicitation", "Asks the person.", """
                    {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}
                    """, call -> ask(call, InputRequest.elicitation(call.text("message"), schema("""
                    {"type": "object", "required": ["username", "email"], "properties": {
                       "username": {"type": "string", "description": "User's response"},
                       "email": {"type": "string", "description": "User's email address"}}}
                    """)), answer -> "User response: " + told(answer))),
                form("test_elicitation_sep1034_defaults", """
                    {"type": "object", "required": [], "properties": {
                       "name": {"type": "string", "default": "John Doe"},
                       "age": {"type": "integer", "default": 30},
                       "score": {"type": "number", "default": 95.5},
                       "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
                       "verified": {"type": "boolean", "default": true}}}
                    """),
                form("test_elicitation_sep1330_enums", """
                    {"type": "object", "required": [], "properties": {
                       "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
                       "titledSingle": {"type": "string", "oneOf": [{"const": "value1", "title": "First Option"},
                         {"const": "value2", "title": "Second Option"}, {"const": "value3", "title": "Third Option"}]},
                       "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"],
                         "enumNames": ["Option One", "Option Two", "Option Three"]},
                       "untitledMulti": {"type": "array", "minItems": 1, "maxItems": 3,
                         "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
                       "titledMulti": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"anyOf": [
                         {"const": "value1", "title": "First Choice"}, {"const": "value2", "title": "Second Choice"},
                         {"const": "value3", "title": "Third Choice"}]}}}}
                    """),
                McpTool.of("test_streaming_elicitation", "Asks the person.", NONE,
                        call -> ask(call, InputRequest.elicitation("Go on?", schema("""
                            {"type": "object", "properties": {"ok": {"type": "boolean"}}}
                            """)), AskingTools::told)));
    }

    private static McpTool form(String name, String schema) {
        return McpTool.of(name, "Asks the person to fill in a form.", NONE,
                call -> ask(call, InputRequest.elicitation("Please fill in the form", schema(schema)),
                        answer -> "Elicitation completed: " + told(answer)));
    }

    private static McpOutcome ask(McpCall call, InputRequest request, Function<ObjectNode, String> text) {
        var answer = call.inputs().get(KEY);
        return answer == null
                ? new McpOutcome.InputRequired(Map.of(KEY, request), Optional.empty())
                : McpOutcome.text(text.apply(answer));
    }

    private static String told(ObjectNode answer) {
        return "action=" + answer.path("action").asString("") + ", content=" + answer.path("content");
    }

    static ObjectNode schema(String json) {
        return (ObjectNode) JSON.readTree(json);
    }
}
