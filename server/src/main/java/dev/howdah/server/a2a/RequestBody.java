package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.postgres.InvalidInputException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads the body of a request. */
final class RequestBody {
    static final String JSON = "application/json";

    private static final Set<String> MEDIA_TYPES = Set.of(JSON, ProtoJson.MEDIA_TYPE);
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private RequestBody() {}

    /**
     * The body, whatever it is; missing if there is none.
     *
     * @throws A2aException if it is something else than JSON by its media type
     * @throws JacksonException if it is no JSON
     */
    static JsonNode read(HttpServletRequest request) throws IOException {
        var body = request.getInputStream().readAllBytes(); // bounded by the filter
        if (body.length == 0) {
            return MAPPER.missingNode();
        }
        var type = Optional.ofNullable(request.getContentType()).orElse("");
        if (!MEDIA_TYPES.contains(type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))) {
            throw new A2aException(A2aError.CONTENT_TYPE_NOT_SUPPORTED, "the body is of type \"" + type + "\"",
                    "send JSON, with Content-Type: " + JSON + " or " + ProtoJson.MEDIA_TYPE);
        }
        return MAPPER.readTree(body);
    }

    /**
     * The same where an object is expected; empty if there is no body.
     *
     * @throws InvalidInputException if it is none
     */
    static ObjectNode readObject(HttpServletRequest request) throws IOException {
        try {
            return switch (read(request)) {
                case ObjectNode object -> object;
                case JsonNode missing when missing.isMissingNode() -> MAPPER.createObjectNode();
                case JsonNode other -> throw new InvalidInputException("a2a-invalid", "", "the body is "
                        + other.getNodeType().name().toLowerCase(Locale.ROOT), "send a JSON object");
            };
        } catch (JacksonException e) {
            throw new InvalidInputException("a2a-invalid", "", "the body is no valid JSON" + where(e),
                    "correct the body");
        }
    }

    /** Line and column of a fault, and what it is; nothing of the body itself. */
    static String where(JacksonException e) {
        var at = e.getLocation();
        return (at == null || at.getLineNr() < 1
                ? ""
                : " at line " + at.getLineNr() + ", column " + at.getColumnNr()) + ": " + e.getOriginalMessage();
    }
}
