package dev.howdah.workflow.definition;

import dev.howdah.postgres.InvalidInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/** A workflow's file as JSON, whether it was written so or in YAML. */
final class DefinitionText {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final ObjectMapper YAML = YAMLMapper.builder(tools.jackson.dataformat.yaml.YAMLFactory.builder()
            .loadSettings(org.snakeyaml.engine.v2.api.LoadSettings.builder()
                    .setCodePointLimit(Integer.MAX_VALUE).build())
            .build()).enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private DefinitionText() {}

    static JsonNode parse(String text, WorkflowLimits limits) {
        if (text.length() > limits.textMax()) {
            throw new InvalidInputException("workflow-invalid", "", "the definition has " + text.length()
                    + " characters, and the limit is " + limits.textMax(),
                    "put parts of it into workflows of their own (sub_workflow) and data into the input");
        }
        try {
            return text.stripLeading().startsWith("{") ? jsonOrYaml(text) : yaml(text);
        } catch (JacksonException e) {
            throw new InvalidInputException("workflow-invalid", "", "the definition is no valid "
                    + (text.stripLeading().startsWith("{\"") ? "JSON" : "YAML") + ": " + e.getOriginalMessage()
                    + place(e),
                    "correct it there");
        }
    }

    /** YAML may begin with a brace as well; of a text that is neither, the fault in the JSON is told. */
    private static JsonNode jsonOrYaml(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException notJson) {
            try {
                return yaml(text);
            } catch (JacksonException notYaml) {
                throw text.stripLeading().startsWith("{\"") ? notJson : notYaml;
            }
        }
    }

    private static JsonNode yaml(String text) {
        refuseAliases(text);
        return YAML.readTree(text);
    }

    /** The reader would take an alias for a text, and expanding them all lets a small file become a huge one. */
    private static void refuseAliases(String text) {
        if (!text.contains("*")) {
            return;
        }
        try (var parser = YAML.createParser(text)) {
            while (parser.nextToken() != null) {
                if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                    throw new InvalidInputException("workflow-invalid", "", "the definition uses the YAML alias *"
                            + parser.getString() + place(parser.currentTokenLocation().getLineNr()),
                            "write out what it stands for");
                }
            }
        }
    }

    private static String place(JacksonException e) {
        return e.getLocation() == null ? "" : place(e.getLocation().getLineNr());
    }

    private static String place(int line) {
        return line > 0 ? " (line " + line + ")" : "";
    }
}
