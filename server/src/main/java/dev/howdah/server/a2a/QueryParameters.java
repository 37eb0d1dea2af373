package dev.howdah.server.a2a;

import dev.howdah.postgres.InvalidInputException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads a query as the fields of a request. Numbers may be texts in ProtoJSON; booleans may not. */
final class QueryParameters {
    private static final Set<String> FLAGS = Set.of("includeArtifacts", "include_artifacts");
    private static final Set<String> BOOLEANS = Set.of("true", "false");

    private QueryParameters() {}

    /**
     * The fields that have a value.
     *
     * @throws InvalidInputException if one is given more than once
     */
    static ObjectNode read(HttpServletRequest request) {
        var fields = JsonMapper.shared().createObjectNode();
        request.getParameterMap().forEach((name, values) -> {
            if (values.length > 1) {
                throw new InvalidInputException("a2a-invalid", name, "is given " + values.length + " times",
                        "give it once");
            }
            put(fields, name, values[0]);
        });
        return fields;
    }

    private static void put(ObjectNode fields, String name, String value) {
        if (FLAGS.contains(name) && BOOLEANS.contains(value)) {
            fields.put(name, Boolean.parseBoolean(value));
        } else if (!value.isEmpty()) { // an empty one is as if it were not there
            fields.put(name, value);
        }
    }
}
