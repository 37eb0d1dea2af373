package dev.howdah.agent.conformance;

import dev.howdah.agent.mcp.McpCall;
import dev.howdah.agent.mcp.McpLogLevel;
import dev.howdah.agent.mcp.McpOutcome;
import dev.howdah.agent.mcp.McpTool;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.locks.LockSupport;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tools that answer with every kind of content, and tell something on the way. */
final class ContentTools {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NONE = "{\"type\": \"object\", \"properties\": {}}";
    private static final Duration STEP = Duration.ofMillis(50);
    private static final String LOGGER = "conformance";

    private ContentTools() {}

    static List<McpTool> all() {
        return List.of(
                McpTool.of("test_simple_text", "Answers with text.", NONE,
                        call -> McpOutcome.text("This is a simple text response for testing.")),
                McpTool.of("test_image_content", "Answers with an image.", NONE, call -> content(image())),
                McpTool.of("test_audio_content", "Answers with sound.", NONE, call -> content(JSON.createObjectNode()
                        .put("type", "audio").put("data", Samples.WAV).put("mimeType", "audio/wav"))),
                McpTool.of("test_embedded_resource", "Answers with a resource.", NONE,
                        call -> content(resource("test://embedded-resource", "text/plain",
                                "This is an embedded resource content."))),
                McpTool.of("test_multiple_content_types", "Answers with text, an image and a resource.", NONE,
                        call -> content(JSON.createObjectNode().put("type", "text")
                                .put("text", "Multiple content types test:"), image(),
                                resource("test://mixed-content-resource", "application/json",
                                        "{\"test\":\"data\",\"value\":123}"))),
                McpTool.of("test_error_handling", "Fails.", NONE,
                        call -> McpOutcome.error("This tool intentionally returns an error for testing")),
                McpTool.of("test_tool_with_logging", "Writes three log messages.", NONE, ContentTools::log),
                McpTool.of("test_logging_tool", "Writes three log messages.", NONE, ContentTools::log),
                McpTool.of("test_tool_with_progress", "Tells how far it has come.", NONE, ContentTools::progress),
                McpTool.of("test_missing_capability", "Needs the client's language model.", NONE, call -> {
                    call.client().require("sampling");
                    return McpOutcome.text("The client can be asked for messages.");
                }),
                McpTool.of("test_x_mcp_header", "Has a parameter that a header repeats.", """
                    {"type": "object", "properties": {"region": {"type": "string", "x-mcp-header": "Region"}}}
                    """, call -> McpOutcome.text("Region: " + call.text("region"))),
                McpTool.of("json_schema_2020_12_tool", "Tool with JSON Schema 2020-12 features", """
                    {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
                     "$defs": {"address": {"$anchor": "addressDef", "type": "object",
                       "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
                     "properties": {"name": {"type": "string"}, "address": {"$ref": "#/$defs/address"},
                       "contactMethod": {"type": "string", "enum": ["phone", "email"]},
                       "phone": {"type": "string"}, "email": {"type": "string"}},
                     "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
                     "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
                     "then": {"required": ["phone"]}, "else": {"required": ["email"]},
                     "additionalProperties": false}
                    """, call -> McpOutcome.text(call.arguments().toString())));
    }

    static ObjectNode image() {
        return JSON.createObjectNode().put("type", "image").put("data", Samples.PNG).put("mimeType", "image/png");
    }

    static ObjectNode resource(String uri, String type, String text) {
        var content = JSON.createObjectNode().put("type", "resource");
        content.putObject("resource").put("uri", uri).put("mimeType", type).put("text", text);
        return content;
    }

    private static McpOutcome content(ObjectNode... blocks) {
        var result = JSON.createObjectNode();
        ArrayNode content = result.putArray("content");
        List.of(blocks).forEach(content::add);
        return new McpOutcome.Complete(result);
    }

    private static McpOutcome log(McpCall call) {
        log(call, "Tool execution started");
        pause();
        log(call, "Tool processing data");
        pause();
        log(call, "Tool execution completed");
        return McpOutcome.text("Three messages were logged.");
    }

    private static void log(McpCall call, String text) {
        call.exchange().log(McpLogLevel.INFO, LOGGER, JSON.getNodeFactory().stringNode(text));
    }

    private static McpOutcome progress(McpCall call) {
        for (int percent : List.of(0, 50, 100)) {
            call.exchange().progress(percent, OptionalDouble.of(100), "Completed step " + percent + " of 100");
            pause();
        }
        return McpOutcome.text("Done.");
    }

    /** The suite wants to see that messages arrive one after the other. */
    private static void pause() {
        LockSupport.parkNanos(STEP.toNanos());
    }
}
