package dev.howdah.agent.mcp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * The headers that repeat a request's body for intermediaries. One that is missing or says something else is refused, so
 * that nobody can route by one thing and have another done.
 */
final class McpHeaders {
    static final String VERSION = "MCP-Protocol-Version";
    static final String METHOD = "Mcp-Method";
    static final String NAME = "Mcp-Name";
    static final String PARAMETER = "Mcp-Param-";
    static final String ANNOTATION = "x-mcp-header";
    private static final String BASE64_START = "=?base64?";
    private static final String BASE64_END = "?=";
    /** Methods whose subject stands in a header, and the parameter that it repeats. */
    private static final Map<String, String> NAMES = Map.of("tools/call", "name", "prompts/get", "name",
            "resources/read", "uri", "tasks/get", "taskId", "tasks/update", "taskId", "tasks/cancel", "taskId");

    private final Function<String, Optional<String>> headers;

    /** Reads headers by name, whatever its case. */
    McpHeaders(Function<String, Optional<String>> headers) {
        this.headers = headers;
    }

    /** The revision, before it is asked whether it is known. */
    void checkVersion(McpRequest request) {
        same(VERSION, request.version());
    }

    /** What every request must repeat besides. */
    void check(McpRequest request) {
        same(METHOD, request.method());
        var subject = NAMES.get(request.method());
        if (subject != null && request.params().path(subject).isString()) {
            same(NAME, request.params().path(subject).asString());
        }
    }

    /** What the tool's schema wants repeated of its arguments. */
    void check(McpTool tool, JsonNode arguments) {
        tool.inputSchema().path("properties").propertyStream().forEach(property -> {
            var suffix = property.getValue().path(ANNOTATION).asString("");
            var value = arguments.path(property.getKey());
            if (!suffix.isEmpty() && value.isValueNode() && !value.isNull()) {
                same(PARAMETER + suffix, value.asString());
            }
        });
    }

    private void same(String header, String expected) {
        var given = headers.apply(header).map(String::strip);
        if (given.isEmpty()) {
            throw mismatch("the header " + header + " is missing", header);
        }
        if (!decoded(header, given.get()).equals(expected)) {
            throw mismatch("the header " + header + " says something else than the body", header);
        }
    }

    /** A value that a header cannot hold comes as Base64 between marks; without both marks it is meant as it is. */
    private static String decoded(String header, String value) {
        if (!value.startsWith(BASE64_START) || !value.endsWith(BASE64_END)) {
            return value;
        }
        var text = value.substring(BASE64_START.length(), value.length() - BASE64_END.length());
        if (text.length() % 4 != 0) {
            throw mismatch("the header " + header + " is no Base64 with its padding", header);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Base64.getDecoder().decode(text)))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw mismatch("the header " + header + " is no Base64 of UTF-8", header);
        }
    }

    private static McpException mismatch(String problem, String header) {
        return new McpException(McpErrorCode.HEADER_MISMATCH, problem, "send " + header
                + " with the value that the body has");
    }
}
