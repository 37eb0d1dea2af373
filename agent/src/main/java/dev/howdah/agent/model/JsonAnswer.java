package dev.howdah.agent.model;

import dev.howdah.postgres.UnavailableException;
import dev.howdah.workflow.definition.Contracts;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON in the answers of language models, which like to put a fence around it. */
public final class JsonAnswer {
    private JsonAnswer() {}

    /**
     * The JSON of an answer, whatever it says; missing if the answer is blank.
     *
     * @throws JacksonException if it is none
     */
    public static JsonNode read(String answer) {
        var text = answer.strip();
        if (text.startsWith("```")) {
            text = text.replaceFirst("^```\\w*\\s*", "").replaceFirst("```\\s*$", "");
        }
        return JsonMapper.shared().readTree(text);
    }

    /** What asks for such an answer in words, for providers that take no schema. */
    static String instruction(JsonNode schema) {
        return "Answer with one JSON value and nothing else. It must be valid against this JSON Schema: " + schema;
    }

    /** Reads and checks an answer. */
    static JsonNode read(String model, String answer, JsonNode schema) {
        try {
            var json = read(answer);
            if (json.isMissingNode()) {
                throw invalid(model, "it is blank", null);
            }
            var violations = Contracts.violations(schema, json);
            if (!violations.isEmpty()) {
                throw invalid(model, String.join("; ", violations), null);
            }
            return json;
        } catch (JacksonException e) {
            throw invalid(model, "it is no JSON", e);
        }
    }

    private static UnavailableException invalid(String model, String why, @Nullable Throwable cause) {
        return new UnavailableException("model-answer-invalid", "the answer of " + model + " is not as asked for: "
                + why, "ask again; if it keeps failing, simplify the schema, allow more tokens or choose another model",
                cause);
    }
}
